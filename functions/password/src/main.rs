fn main() -> std::process::ExitCode {
    shared::http::serve(password::router())
}
