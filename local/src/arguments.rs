//! The command line of `cargo dev`.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, Value};

use crate::start_error::StartError;

pub const HELP: &str = "\
Runs Latchkey on this machine: the HTTP API, its functions and an embedded DynamoDB.

Usage: cargo dev [-- [database] [--port N] [--database-port N] [--mail-port N] [--memory]]

  database            start only the database and the mailbox, for `cargo lambda watch` or `sam local`
  --port N            port of the HTTP API (default 9000; 0 picks a free one); not with `database`
  --database-port N   port of the database (default 8000; 0 picks a free one)
  --mail-port N       port of the mailbox, with `database` alone (default 8025; 0 picks a free one)
  --memory            keep data and secret in memory; both are lost when the server stops
  --help              print this text

Mails are delivered to a mailbox: /__mail of the HTTP API shows it.

Settings are environment variables, with the same names as in a deployment. Data and a generated
BETTER_AUTH_SECRET are kept in target/latchkey. Delete that folder to start over.
LATCHKEY_DATA_DIR selects another folder.";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arguments {
    pub gateway_port: u16,
    pub database_port: u16,
    pub mail_port: u16,
    pub in_memory: bool,
    pub database_only: bool,
    pub help: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            gateway_port: 9000,
            database_port: 8000,
            mail_port: 8025,
            in_memory: false,
            database_only: false,
            help: false,
        }
    }
}

impl Arguments {
    /// # Errors
    /// When an argument is not one that `--help` lists.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, StartError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut parsed = Self::default();
        while let Some(argument) = parser.next().map_err(|error| usage_error(&error))? {
            match argument {
                Long("port") => parsed.gateway_port = port("--port", &mut parser)?,
                Long("database-port") => {
                    parsed.database_port = port("--database-port", &mut parser)?;
                }
                Long("mail-port") => parsed.mail_port = port("--mail-port", &mut parser)?,
                Long("memory") => parsed.in_memory = true,
                Long("help") | Short('h') => parsed.help = true,
                Value(word) if word == "database" => parsed.database_only = true,
                other => return Err(usage_error(&other.unexpected())),
            }
        }
        Ok(parsed)
    }
}

fn port(option: &str, parser: &mut lexopt::Parser) -> Result<u16, StartError> {
    let value = parser.value().map_err(|error| usage_error(&error))?;
    value
        .to_str()
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            let value = value.to_string_lossy();
            StartError::new(format!(
                "{option} takes a number from 0 to 65535, not {value:?}"
            ))
        })
}

fn usage_error(error: &lexopt::Error) -> StartError {
    StartError::new(format!("{error}: see `cargo dev -- --help`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_arguments_both_servers_run_on_default_ports_and_keep_data() {
        let defaults = Arguments {
            gateway_port: 9000,
            database_port: 8000,
            mail_port: 8025,
            in_memory: false,
            database_only: false,
            help: false,
        };
        assert_eq!(parse(""), Ok(defaults));
    }

    #[test]
    fn options_are_accepted_in_any_order() {
        let all = Arguments {
            gateway_port: 0,
            database_port: 8001,
            mail_port: 8026,
            in_memory: true,
            database_only: true,
            help: false,
        };
        assert_eq!(
            parse("--memory --port 0 database --mail-port 8026 --database-port=8001"),
            Ok(all)
        );
        assert!(parse("-h").unwrap().help);
        assert!(parse("database --help").unwrap().help);
    }

    #[test]
    fn invalid_arguments_are_one_line_errors() {
        for (line, message) in [
            (
                "--ports 1",
                "invalid option '--ports': see `cargo dev -- --help`.",
            ),
            (
                "databases",
                "unexpected argument \"databases\": see `cargo dev -- --help`.",
            ),
            (
                "--port",
                "missing argument for option '--port': see `cargo dev -- --help`.",
            ),
            (
                "--port x",
                "--port takes a number from 0 to 65535, not \"x\".",
            ),
            (
                "--database-port -1",
                "--database-port takes a number from 0 to 65535, not \"-1\".",
            ),
            (
                "--mail-port mail",
                "--mail-port takes a number from 0 to 65535, not \"mail\".",
            ),
            (
                "--port 65536",
                "--port takes a number from 0 to 65535, not \"65536\".",
            ),
        ] {
            assert_eq!(parse(line), Err(message.to_owned()));
        }
        assert!(parse("--memory=yes").is_err());
    }
}
