fn main() -> std::process::ExitCode {
    shared::http::serve(signup::router())
}
