//! The product with all that runs by itself: the stream, the mailer, the sweeper, and a mailbox.

use std::{future::pending, ops::Deref, sync::Arc, time::Duration};

use local::{
    database,
    gateway::Gateway,
    listen,
    mailbox::{Mailbox, ReceivedMail},
    stream::{Poller, Polling, Stream},
};
use shared::CookieNaming;

use super::{MAIL, Server, TABLE, TEMPLATE, secrets, without_timeouts};

/// Far longer than any mail takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Whole {
    server: Server,
    mailbox: Arc<Mailbox>,
    polling: Polling,
}

impl Deref for Whole {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Server {
    pub async fn with_stream() -> Whole {
        let mailbox = Arc::new(Mailbox::default());
        let listener = listen::on_loopback(0, "--mail-port").await.unwrap();
        let ses = format!("http://{}", listener.local_addr().unwrap());
        let serving = Gateway::default().with_mailbox(Arc::clone(&mailbox));
        tokio::spawn(serving.serve_until(listener, pending()));

        let data = database::open_memory(&TEMPLATE.table, TABLE).unwrap();
        let stream = Stream::of(&data, TABLE).unwrap();
        let listener = listen::on_loopback(0, "--database-port").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(database::serve(listener, data));

        let server = Self::start_on(
            address,
            &MAIL,
            CookieNaming::Host,
            |functions, app_of| functions.add_mailer(app_of("mailer"), &ses),
            |app_of| {
                let mut app = app_of(without_timeouts(address));
                app.call_timeout = Duration::from_mins(10);
                app
            },
        )
        .await;
        let polling = Poller::new(stream).start(&server.functions, &TEMPLATE.functions);
        Whole {
            server,
            mailbox,
            polling,
        }
    }
}

impl Whole {
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    pub async fn until_mail(&self, kind: &str, to: &str) -> ReceivedMail {
        self.polling.wake().wake();
        let mail = self.mailbox.until_mail(kind, to);
        let mail = tokio::time::timeout(PATIENCE, mail).await.unwrap();
        if let Some(token) = &mail.token {
            secrets::register(token);
        }
        mail
    }
}
