fn main() -> std::process::ExitCode {
    shared::runtime::run(|app| Ok(sweeper::handler(app)))
}
