//! Functions that the table's stream calls: they finish what a call has begun. The stream has keys
//! alone, since images of items would show password hashes.

mod event;

pub use event::{BatchResponse, NewItem, StreamEvent};
