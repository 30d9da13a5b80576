//! Mails that are owed to somebody, and the links in them. `store/mails.rs` keeps them, and the
//! function `mailer` sends them.

mod kind;
mod link;
mod owed;
mod ticket;

pub use kind::{LinkPurpose, MailKind};
pub use link::{LinkToken, link_url};
pub use owed::{Mail, NewLink};
pub use ticket::LinkTicket;
