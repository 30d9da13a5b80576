//! The table's stream: it calls functions, as Lambda's event source mappings do.

pub mod checkpoint;
pub mod consumer;
pub mod index;
pub mod pattern;
pub mod poller;
pub mod records;
pub mod rounds;
pub mod trimmer;

pub use poller::{Poller, Polling, Wake};
pub use records::Stream;
pub use trimmer::Trimmer;
