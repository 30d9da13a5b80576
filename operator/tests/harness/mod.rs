//! The surroundings of the tests: a running product, the command, and a fake of AWS.

mod command;
mod dev;
mod fake_aws;
mod watched;

pub use command::{Ran, operator};
pub use dev::{Dev, PASSWORD, User};
pub use fake_aws::{ARN, FakeAws};
pub use watched::Watched;
