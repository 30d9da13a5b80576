//! Values that the tests and the harness share.

pub const SECRET: &str = "the secret that the tests sign with";
pub const PREVIOUS_SECRET: &str = "the secret that was in use before it";
pub const PASSWORD: &str = "correct horse battery";
pub const TABLE: &str = "latchkey";
