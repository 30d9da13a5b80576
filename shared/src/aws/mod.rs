//! The parts that every client of an AWS service needs: the SDK's environment variables, and HTTPS.

mod env_config;
mod https;

pub use env_config::EnvConfig;
pub use https::Https;
