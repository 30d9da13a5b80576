//! The commands. Each is an act of the product, or one that an operator alone has.

mod change;
mod delete;
mod end_sessions;
mod export;
mod export_file;
mod find;
mod progress;
mod reinstate;
mod send_reset;
mod show;
mod suspend;
mod unlock;
mod verify_email;

use crate::{
    arguments::Command, ask::Question, failure::Failure, output::Output, place::Connected,
};
use change::{change, never};

pub async fn run(connected: &Connected, output: Output, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Find(user) => find::find(connected, output, user).await,
        Command::Show { user, log } => show::show(connected, output, user, *log).await,
        Command::Suspend(asked) => {
            let question = Question {
                verb: "Suspend",
                consequence: "All sessions end for good.",
                answered: asked.yes,
            };
            let (already, act) = (suspend::already, suspend::suspend);
            change(connected, output, &asked.user, Some(question), already, act).await
        }
        Command::Reinstate(user) => {
            let (already, act) = (reinstate::already, reinstate::reinstate);
            change(connected, output, user, None, already, act).await
        }
        Command::EndSessions(asked) => {
            let question = Question {
                verb: "End all sessions of",
                consequence: "They cannot be brought back.",
                answered: asked.yes,
            };
            let act = end_sessions::end_sessions;
            change(connected, output, &asked.user, Some(question), never, act).await
        }
        Command::Unlock(user) => {
            unlock::require_secret(connected)?;
            change(connected, output, user, None, never, unlock::unlock).await
        }
        Command::VerifyEmail(user) => {
            let (already, act) = (verify_email::already, verify_email::verify_email);
            change(connected, output, user, None, already, act).await
        }
        Command::SendReset(user) => {
            change(connected, output, user, None, never, send_reset::send_reset).await
        }
        Command::Export { user, output: file } => {
            export::export(connected, output, user, file.as_deref()).await
        }
        Command::Delete(asked) => delete::delete(connected, output, asked).await,
        // Needs no place and has been answered.
        Command::Completions { .. } => Ok(()),
    }
}
