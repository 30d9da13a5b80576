fn main() -> std::process::ExitCode {
    shared::http::serve(tasks::router())
}
