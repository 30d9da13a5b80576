fn main() -> std::process::ExitCode {
    shared::http::serve(sessions::router())
}
