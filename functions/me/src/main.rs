fn main() -> std::process::ExitCode {
    shared::http::serve(me::router())
}
