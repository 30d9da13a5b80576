//! Sends the mails that the product owes. The table's stream calls it for each new one, and
//! `EventBridge` for each that came back.

mod bounce;
mod deliver;
mod event;
mod mailer;
mod render;
mod ses;

use std::{convert::Infallible, sync::Arc};

use lambda_runtime::LambdaEvent;
use shared::{http::BoxFuture, store::keys::MAIL_PREFIX, stream::NewItem};

use deliver::deliver;
pub use event::{Event, Response};
pub use mailer::Mailer;
pub use render::RenderedMail;
pub use ses::{Refusal, Ses};

pub fn handler(
    mailer: Arc<Mailer>,
) -> impl Fn(LambdaEvent<Event>) -> BoxFuture<'static, Result<Response, Infallible>>
+ Clone
+ Send
+ Sync
+ 'static {
    move |event| {
        let mailer = Arc::clone(&mailer);
        Box::pin(async move { Ok(answer(mailer, event.payload).await) })
    }
}

async fn answer(mailer: Arc<Mailer>, event: Event) -> Response {
    match event {
        Event::Stream(items) => {
            if let Some(settings) = mailer.app.settings.mail.clone() {
                let (mailer, settings) = (&mailer, &settings);
                let deliver = |item: NewItem| async move {
                    deliver(mailer, settings, &item.pk, &item.sk).await
                };
                Response::Batch(items.each_new_item(MAIL_PREFIX, deliver).await)
            } else {
                tracing::warn!("mail is off: what is owed is left unsent");
                Response::default()
            }
        }
        Event::Feedback(feedback) => {
            bounce::note(&mailer, &feedback).await;
            Response::default()
        }
    }
}
