//! The template, the events and the documents agree with the code.

pub mod deployment;
mod documentation;
mod events;
mod watching;
