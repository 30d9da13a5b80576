fn main() -> std::process::ExitCode {
    shared::http::serve(login::router())
}
