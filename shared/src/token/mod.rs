//! Session tokens: claims and signature, without I/O.

mod claims;
mod hs256;
mod id;
mod signer;

pub use claims::{Claims, LEEWAY_SECONDS, SignedWith, last_expiry};
pub use id::{SessionId, TokenId};
pub use signer::{IssuedToken, TokenSigner};
