//! The commands. Each is an act of the product, or one that an operator alone has.

mod find;

use crate::{arguments::Command, failure::Failure, output::Output, place::Connected};

pub async fn run(connected: &Connected, output: Output, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Find(user) => find::find(connected, output, user).await,
        _ => Err(Failure::new("not built yet")),
    }
}
