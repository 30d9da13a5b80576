fn main() -> std::process::ExitCode {
    shared::http::serve(refresh::router())
}
