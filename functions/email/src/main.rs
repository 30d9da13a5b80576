fn main() -> std::process::ExitCode {
    shared::http::serve(email::router())
}
