fn main() -> std::process::ExitCode {
    shared::runtime::run(|app| Ok(mailer::handler(app)))
}
