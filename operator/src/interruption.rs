//! How far is a command, and which sentence is true if a signal ends it there?

use std::sync::atomic::{AtomicU8, Ordering};

use crate::arguments::Command;

/// How far the command is.
static STAGE: AtomicU8 = AtomicU8::new(READS);
const READS: u8 = 0;
const ASKS: u8 = 1;
const ACTS: u8 = 2;
const IS_DONE: u8 = 3;

/// A question is open, at the end of an unfinished line.
pub fn question_begins() {
    STAGE.store(ASKS, Ordering::Relaxed);
}

pub fn question_ends() {
    STAGE.store(READS, Ordering::Relaxed);
}

/// From now on something may have been changed or handed out.
pub fn act_begins() {
    STAGE.store(ACTS, Ordering::Relaxed);
}

/// Only the answer is still to be written.
pub fn act_ends() {
    STAGE.store(IS_DONE, Ordering::Relaxed);
}

/// The lines for the person at the terminal. An empty one ends that of an open question.
pub fn lines(command: &Command) -> Vec<&'static str> {
    let stage = STAGE.load(Ordering::Relaxed);
    let end_of_question = (stage == ASKS).then_some("");
    let sentence = match stage {
        _ if command.only_reads() => None,
        ACTS => Some(command.when_interrupted()),
        IS_DONE => {
            Some("interrupted: the command is done, and its answer may not be written whole")
        }
        _ if command.exports() => Some("Nothing was written."),
        _ => Some("Nothing was changed."),
    };
    end_of_question.into_iter().chain(sentence).collect()
}
