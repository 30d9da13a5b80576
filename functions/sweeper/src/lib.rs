//! Finishes the deletion of accounts. The table's stream calls it.

mod finish_deletion;

use std::{convert::Infallible, sync::Arc, time::Duration};

use lambda_runtime::LambdaEvent;
use shared::{
    App, Context,
    audit::Trace,
    http::BoxFuture,
    store::keys::SWEEP_PREFIX,
    stream::{BatchResponse, StreamEvent},
};

use finish_deletion::finish_deletion;

/// For one event. The rest of the function's time-out is for a request that has begun.
pub const TIME_TO_SWEEP: Duration = Duration::from_secs(45);

pub fn handler(
    app: Arc<App>,
) -> impl Fn(LambdaEvent<StreamEvent>) -> BoxFuture<'static, Result<BatchResponse, Infallible>>
+ Clone
+ Send
+ Sync
+ 'static {
    move |event| {
        let app = Arc::clone(&app);
        Box::pin(async move {
            let trace = Trace::new(event.context.request_id, None, None);
            let context = Context {
                app: &app,
                trace: &trace,
            };
            let until = context.now().plus(TIME_TO_SWEEP);
            let finish = |item| finish_deletion(context, item, until);
            Ok(event.payload.each_new_item(SWEEP_PREFIX, finish).await)
        })
    }
}
