//! Rules that hold for every call.

mod edge;
mod headers;
mod hostile;
mod interruptions;
mod methods;
mod origins;
mod raw_events;
mod rights;
mod round_trips;
