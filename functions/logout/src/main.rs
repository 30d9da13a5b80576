fn main() -> std::process::ExitCode {
    shared::http::serve(logout::router())
}
