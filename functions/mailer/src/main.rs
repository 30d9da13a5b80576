use std::sync::Arc;

use mailer::{Mailer, Ses, handler};

fn main() -> std::process::ExitCode {
    shared::runtime::run(|app| {
        let ses = Ses::from_environment();
        Ok(handler(Arc::new(Mailer { app, ses })))
    })
}
