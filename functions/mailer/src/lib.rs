//! Sends the mails that the product owes. The table's stream calls it.

use std::{convert::Infallible, sync::Arc};

use lambda_runtime::LambdaEvent;
use shared::{
    App,
    http::BoxFuture,
    stream::{BatchResponse, StreamEvent},
};

pub fn handler(
    app: Arc<App>,
) -> impl Fn(LambdaEvent<StreamEvent>) -> BoxFuture<'static, Result<BatchResponse, Infallible>>
+ Clone
+ Send
+ Sync
+ 'static {
    move |_event| {
        let _app = Arc::clone(&app);
        Box::pin(async { Ok(BatchResponse::default()) })
    }
}
