//! Sends the mails that the product owes. The table's stream calls it for each new one, and
//! `EventBridge` for each that came back.

mod bounce;
mod deliver;
mod event;
mod mailer;
mod render;
mod retry;
mod ses;

use std::{convert::Infallible, sync::Arc, time::Duration};

use lambda_runtime::LambdaEvent;
use shared::{
    http::BoxFuture,
    store::keys::MAIL_PREFIX,
    stream::{BatchResponse, NewItem},
};

use deliver::{Failed, deliver};
pub use event::Event;
pub use mailer::Mailer;
pub use render::RenderedMail;
pub use ses::{Refusal, Ses};

/// No mail begins later than this after the event. The rest of the function's time-out is for a slow
/// SES and a slow table: a function that ends between sending and marking sends twice.
pub const TIME_TO_BEGIN: Duration = Duration::from_mins(1);
/// SES's time-out, the tries at the mark with their pauses, and the read before.
pub const TIME_FOR_A_MAIL: Duration = Duration::from_secs(58);

pub fn handler(
    mailer: Arc<Mailer>,
) -> impl Fn(LambdaEvent<Event>) -> BoxFuture<'static, Result<BatchResponse, Infallible>>
+ Clone
+ Send
+ Sync
+ 'static {
    move |event| {
        let mailer = Arc::clone(&mailer);
        Box::pin(async move { Ok(answer(mailer, event.payload).await) })
    }
}

/// `EventBridge` does not look at the answer.
async fn answer(mailer: Arc<Mailer>, event: Event) -> BatchResponse {
    match event {
        Event::Stream(items) => {
            if let Some(settings) = &mailer.app.settings.mail {
                let mailer = &mailer;
                let until = mailer.app.clock.now().plus(TIME_TO_BEGIN);
                let deliver = |item: NewItem| async move {
                    if mailer.app.clock.now() > until {
                        return Err(Failed);
                    }
                    deliver(mailer, settings, &item.pk, &item.sk).await
                };
                items.each_new_item(MAIL_PREFIX, deliver).await
            } else {
                tracing::warn!("mail is off: what is owed is left unsent");
                BatchResponse::default()
            }
        }
        Event::Feedback(feedback) => {
            bounce::note(&mailer, &feedback).await;
            BatchResponse::default()
        }
    }
}
