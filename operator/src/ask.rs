//! Asks before what cannot be taken back.

use std::io::{self, IsTerminal, Write};

use shared::account::Account;
use tokio::task::spawn_blocking;

use crate::{
    failure::Failure,
    interruption,
    output::{tell, visible},
};

/// The question of a command, and whether `--yes` has answered it.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Such as "Delete", with what it does to the account as `consequence`.
    pub verb: &'static str,
    pub consequence: &'static str,
    pub answered: bool,
}

impl Question {
    pub async fn ask(self, account: &Account) -> Result<(), Failure> {
        if self.answered {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Failure::new(
                "this command asks first, and there is no terminal to answer at: add --yes; nothing was changed",
            ));
        }
        let mut stderr = io::stderr();
        let _ = write!(
            stderr,
            "{} {} (username {}, id {})? {} [y/N] ",
            self.verb,
            visible(&account.email),
            visible(&account.username),
            account.id,
            self.consequence,
        );
        let _ = stderr.flush();
        interruption::question_begins();
        let answer = spawn_blocking(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|_| line)
        });
        let answer = answer.await;
        interruption::question_ends();
        // Ctrl-D ends the answer, and no line.
        if !matches!(&answer, Ok(Ok(line)) if line.ends_with('\n')) {
            tell("");
        }
        match answer {
            Ok(Ok(line)) if is_yes(&line) => Ok(()),
            _ => Err(Failure::Declined),
        }
    }
}

fn is_yes(line: &str) -> bool {
    let answer = line.trim();
    answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_y_and_yes_are_a_yes() {
        for yes in ["y\n", "Y\r\n", " yes ", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "yess", "ja", "y y", "1"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
