//! Sessions: the credentials of a request, and the caller that they authenticate.

mod authenticate;
mod confirm_password;
mod cookie;
mod credentials;
mod device;
mod verify_password;

pub use authenticate::{Caller, GRACE_SECONDS, Identity};
pub use confirm_password::confirm_password;
pub use cookie::{clearing_cookie, session_cookie};
pub use credentials::{Transport, session_token};
pub use device::Device;
pub use verify_password::verify_password;
