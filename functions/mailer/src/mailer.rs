//! Everything that sending a mail needs, built once in the init phase.

use std::sync::Arc;

use shared::App;

use crate::ses::Ses;

#[derive(Debug)]
pub struct Mailer {
    pub app: Arc<App>,
    pub ses: Ses,
}
