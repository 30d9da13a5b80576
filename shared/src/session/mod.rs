//! Sessions: tokens, how they travel, and who is calling.

mod claims;
mod cookie;
mod delivery;
mod hs256;
mod password_proof;
mod presented;
mod secret;
mod standing;
mod token;
mod view;

pub use claims::Claims;
pub use cookie::{clearing_cookie, session_cookie};
pub use delivery::Delivery;
pub use password_proof::prove_password;
pub use presented::{Transport, presented_token};
pub use secret::SigningSecret;
pub use standing::{Caller, Identity};
pub use token::{IssuedToken, TokenSigner};
pub use view::SessionView;
