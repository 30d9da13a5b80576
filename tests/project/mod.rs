//! The template, the events and the documents agree with the code.

mod architecture;
pub mod deployment;
mod documentation;
mod edge;
mod events;
mod stream;
mod watching;
