//! A function that answers HTTP requests.

use std::process::ExitCode;

use super::{Router, answer_events, service};
use crate::runtime;

#[must_use]
pub fn serve(router: Router) -> ExitCode {
    runtime::run(|app| {
        router.prepare(&app);
        Ok(answer_events(service(router, app)))
    })
}
