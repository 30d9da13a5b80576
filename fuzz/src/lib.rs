//! Parts that several fuzz targets share: the product, with a fixed time and secret.

mod call;
mod session;
mod store;

pub use call::{Reply, block_on, call, call_with_query, post, send_event};
pub use session::{NOW, account, forge, good_token, settings, signer, signer_for_foreign, user_id};
pub use store::{app, app_without_store};
