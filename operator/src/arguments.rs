//! The command line: commands, options, and their help.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

const RULES_AND_EXAMPLES: &str = "\
Every command runs the product's own acts under its own rules. Each that changes something, and
`export`, leaves an entry in the log of the account that names the operator; a deletion takes the
log along.

Examples:
  cargo operator --local find ada@example.com
  cargo operator --stack latchkey-prod show ada
  cargo operator --stack latchkey-prod suspend ada@example.com
  cargo operator --table latchkey --region eu-central-1 --json find ada

Exit codes: 0 done, or nothing to do; 1 not done, with one sentence on standard error; 2 wrong
usage; 130 ended by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP. docs/operations.md describes rights and
JSON.";

/// As the file of an export.
pub const STDOUT: &str = "-";

/// Finds accounts of Latchkey and acts on them, on a deployed stack or on `cargo dev`'s database.
#[derive(Debug, Parser)]
#[command(name = "operator", bin_name = "cargo operator", version, after_help = RULES_AND_EXAMPLES)]
#[command(group(ArgGroup::new("place").args(["stack", "table", "local"])))]
pub struct Arguments {
    #[command(flatten)]
    pub place: Place,

    /// Prints one JSON document for programs in place of text
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

const STACK_HELP: &str = "A deployed stack, whose own settings hold [default: $LATCHKEY_STACK]";

/// The accounts to act on.
#[derive(Args, Debug)]
#[command(next_help_heading = "Where (one of --stack, --table and --local)")]
pub struct Place {
    #[arg(long, value_name = "STACK", global = true, help = STACK_HELP)]
    pub stack: Option<String>,

    /// A table, with the settings of this environment
    #[arg(long, value_name = "TABLE", global = true)]
    pub table: Option<String>,

    /// The database of a running `cargo dev`
    #[arg(long, global = true)]
    pub local: bool,

    /// The port of that database
    #[arg(long, value_name = "PORT", default_value_t = 8000, global = true)]
    pub local_port: u16,

    /// The AWS region, if not that of environment or profile
    #[arg(long, value_name = "REGION", global = true)]
    pub region: Option<String>,

    /// The AWS profile that has the credentials
    #[arg(long, value_name = "PROFILE", global = true)]
    pub profile: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists the accounts that an e-mail, a username or an id names
    #[command(after_help = "\
Example:
  cargo operator --local find ada@example.com")]
    Find(User),

    /// Shows an account: state, sessions, tasks, failed logins and the last log entries
    #[command(after_help = "\
Example:
  cargo operator --local show ada@example.com --log 50")]
    Show {
        #[command(flatten)]
        user: User,
        /// How many entries of the log, the newest first
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=1000))]
        log: u16,
    },

    /// Locks an account and ends all its sessions, until it is reinstated
    #[command(after_help = "\
From the next call on its tokens are refused, and a login is answered like a wrong password.
Nothing is deleted. The sessions stay ended after `reinstate`.

Example:
  cargo operator --local suspend ada@example.com")]
    Suspend(AskedFor),

    /// Lets a suspended account log in again
    #[command(after_help = "\
Example:
  cargo operator --local reinstate ada@example.com")]
    Reinstate(User),

    /// Ends all sessions of an account, as logging out everywhere does
    #[command(after_help = "\
Example:
  cargo operator --local end-sessions ada@example.com")]
    EndSessions(AskedFor),

    /// Forgets the failed logins of an account, so that the next one need not wait
    #[command(after_help = "\
Browsers that the owner has logged in with count anew as well: their next attempt counts like that
of any other. No wait is longer than 15 minutes: make sure first that an attack is over.

Example:
  cargo operator --local unlock ada@example.com")]
    Unlock(User),

    /// Counts the e-mail as verified, as the link in a mail does
    #[command(after_help = "\
Do so once you know that the mailbox is the user's, and works: if mails came back from it, they are
sent to it again.

Example:
  cargo operator --local verify-email ada@example.com")]
    VerifyEmail(User),

    /// Mails a link for a new password
    #[command(after_help = "\
The link takes the place of an earlier one. Mail must be on, the account active, and its address
one that mails do not come back from. The users' own limits do not count it.

Example:
  cargo operator --local send-reset ada@example.com")]
    SendReset(User),

    /// Writes everything of an account into one JSON file
    #[command(after_help = "\
The file has what GET me/export gives: account, sessions, log and tasks, no hash and no token. It
is readable by its owner alone, and is there whole or not at all.

Examples:
  cargo operator --local export ada@example.com
  cargo operator --local export ada@example.com --output - | jq .account")]
    Export {
        #[command(flatten)]
        user: User,
        /// The new file; `-` is standard output [default: latchkey-<id>.json]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },

    /// Deletes an account with everything of it, or goes on with a deletion
    #[command(after_help = "\
From the first step on nobody can log in. Ctrl-C interrupts it; the same command goes on, and so
does the function `sweeper` by itself. Where mail is on, the owner is told at the end.

Example:
  cargo operator --local delete ada@example.com")]
    Delete(AskedFor),

    /// Prints the completions of a shell, for the program `operator`
    #[command(after_help = "\
Example:
  cargo operator completions bash > ~/.local/share/bash-completion/completions/operator")]
    Completions { shell: Shell },
}

#[derive(Args, Debug)]
pub struct User {
    /// E-mail, username or id of the account, in any spelling that logs in
    #[arg(value_name = "USER")]
    pub user: String,

    /// USER's kind, if it names two accounts
    #[arg(long, value_name = "KIND", value_enum)]
    pub by: Option<By>,
}

/// A command that asks first.
#[derive(Args, Debug)]
pub struct AskedFor {
    #[command(flatten)]
    pub user: User,

    /// Does not ask
    #[arg(long, short)]
    pub yes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    Email,
    Username,
    Id,
}

impl Command {
    /// Nothing comes of it but its answer.
    pub fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::Find(_) | Self::Show { .. } | Self::Completions { .. }
        )
    }

    pub fn exports(&self) -> bool {
        matches!(self, Self::Export { .. })
    }

    /// The sentence for a person who ended it once its act had begun.
    pub fn when_interrupted(&self) -> &'static str {
        match self {
            Self::Delete(_) => {
                "interrupted: if the deletion has begun, the account is locked, and the same command goes on with it"
            }
            Self::Export { output, .. } if output.as_deref() == Some(Path::new(STDOUT)) => {
                "interrupted: the export is not written whole"
            }
            Self::Export { .. } => "interrupted: no file was written",
            _ => "interrupted: the command is done whole or not at all; `show` tells which",
        }
    }
}
