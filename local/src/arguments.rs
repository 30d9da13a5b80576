//! What follows `cargo dev --`.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, Value};

use crate::start_error::StartError;

pub const HELP: &str = "\
Runs Latchkey on this machine: the HTTP API, its functions and an embedded DynamoDB.

Usage: cargo dev [-- [database] [--port N] [--database-port N] [--memory]]

  database            only the database, its table created, for `cargo lambda watch` or `sam local`
  --port N            port of the HTTP API (9000); 0 picks a free one; no use with `database`
  --database-port N   port of the database (8000); 0 picks a free one
  --memory            keep nothing: neither data nor secret outlives this run
  --help              this text

Settings come from the environment, under the names they have when deployed. Data and a made-up
BETTER_AUTH_SECRET are kept in target/latchkey; delete that folder to begin anew.
LATCHKEY_DATA_DIR names another folder (the tests use it).";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arguments {
    pub gateway_port: u16,
    pub database_port: u16,
    pub in_memory: bool,
    pub database_alone: bool,
    pub help: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            gateway_port: 9000,
            database_port: 8000,
            in_memory: false,
            database_alone: false,
            help: false,
        }
    }
}

impl Arguments {
    /// # Errors
    /// When something is not among what `--help` lists.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, StartError> {
        let mut parser = lexopt::Parser::from_args(words);
        let mut arguments = Self::default();
        while let Some(argument) = parser.next().map_err(|error| misread(&error))? {
            match argument {
                Long("port") => arguments.gateway_port = port("--port", &mut parser)?,
                Long("database-port") => {
                    arguments.database_port = port("--database-port", &mut parser)?;
                }
                Long("memory") => arguments.in_memory = true,
                Long("help") | Short('h') => arguments.help = true,
                Value(word) if word == "database" => arguments.database_alone = true,
                other => return Err(misread(&other.unexpected())),
            }
        }
        Ok(arguments)
    }
}

fn port(option: &str, parser: &mut lexopt::Parser) -> Result<u16, StartError> {
    let value = parser.value().map_err(|error| misread(&error))?;
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

fn misread(error: &lexopt::Error) -> StartError {
    StartError::new(format!("{error}: see `cargo dev -- --help`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn without_arguments_everything_runs_on_its_usual_port_and_is_kept() {
        let usual = Arguments {
            gateway_port: 9000,
            database_port: 8000,
            in_memory: false,
            database_alone: false,
            help: false,
        };
        assert_eq!(parse(""), Ok(usual));
    }

    #[test]
    fn every_option_is_understood_in_any_order() {
        let all = Arguments {
            gateway_port: 0,
            database_port: 8001,
            in_memory: true,
            database_alone: true,
            help: false,
        };
        assert_eq!(
            parse("--memory --port 0 database --database-port=8001"),
            Ok(all)
        );
        assert!(parse("-h").unwrap().help);
        assert!(parse("database --help").unwrap().help);
    }

    #[test]
    fn anything_else_is_refused_in_one_sentence() {
        for (line, sentence) in [
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
                "--port 65536",
                "--port takes a number from 0 to 65535, not \"65536\".",
            ),
        ] {
            assert_eq!(parse(line), Err(sentence.to_owned()));
        }
        assert!(parse("--memory=yes").is_err());
    }
}
