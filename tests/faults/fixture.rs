//! The state of the table before a call. It is made once and copied into the table of every cell.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::mail::LinkPurpose;

use super::state::State;
use crate::harness::{Item, MAIL, PASSWORD, Proxy, Server, User, weak_hash};

pub const NEW_PASSWORD: &str = "a much better password";
pub const EMAIL: &str = "ada@example.com";
pub const NEW_EMAIL: &str = "countess@example.com";
const TEN_MINUTES: i64 = 600;
const A_DAY_AND_A_SECOND: i64 = 24 * 60 * 60 + 1;
const ONE_SECOND_AFTER_GRACE: i64 = 31;

#[derive(Clone, Copy, Debug)]
pub enum Setup {
    Empty,
    Account,
    TwoFailures,
    FailuresADayAgo,
    WeakHash,
    /// The token was rotated by a refresh, and its grace period is over.
    RotatedToken,
    /// A login besides the sign-up.
    TwoSessions,
    /// One task with a due date and one without.
    WithTasks,
    /// A link to a new password has been mailed.
    Forgotten,
    Suspended,
    /// A link to a new e-mail has been mailed.
    NewEmailAskedFor,
    /// Somebody else has the new e-mail.
    NewEmailTaken,
    /// E-mails must be verified, and nobody has an account.
    StrictEmpty,
    /// The same with an account that was made just now.
    StrictNew,
    /// The same with an account whose last link is ten minutes old.
    StrictOld,
}

impl Setup {
    /// The settings of the server of a cell.
    fn settings(self) -> Vec<(&'static str, &'static str)> {
        let mut settings = MAIL.to_vec();
        if matches!(self, Self::StrictEmpty | Self::StrictNew | Self::StrictOld) {
            settings.push(("REQUIRE_VERIFIED_EMAIL", "true"));
        }
        settings
    }
}

pub struct Fixture {
    pub user: User,
    pub task: String,
    /// The id of the session that is not the user's token's.
    pub other_session: String,
    /// The token of the link that was mailed last.
    pub link: String,
    pub state: State,
    settings: Vec<(&'static str, &'static str)>,
    items: Vec<Item>,
    seconds_later: i64,
}

impl Fixture {
    pub async fn make(setup: Setup) -> Self {
        // Without the settings of the cell: the account is to be made first.
        let server = Server::with_mail().await;
        let mut link = LinkPurpose::VerifyEmail;
        let mut user = no_account();
        let mut task = String::new();
        let mut other_session = String::new();
        let mut seconds_later = 0;
        if !matches!(setup, Setup::Empty | Setup::StrictEmpty) {
            user = server.sign_up_with(EMAIL, json!({"username": "ada"})).await;
        }
        match setup {
            Setup::Empty | Setup::Account | Setup::StrictEmpty | Setup::StrictNew => {}
            Setup::StrictOld => seconds_later = TEN_MINUTES,
            Setup::Suspended => {
                let inactive = AttributeValue::Bool(false);
                server
                    .set_account_attribute(&user.id, "is_active", inactive)
                    .await;
            }
            Setup::Forgotten => {
                let body = json!({"email": EMAIL});
                let forgotten = server.post("/api/auth/password/forgot").json(&body);
                assert_eq!(forgotten.send().await.status, 202);
                link = LinkPurpose::ResetPassword;
            }
            Setup::NewEmailAskedFor => {
                let body = json!({"new_email": NEW_EMAIL, "password": PASSWORD});
                let change = server.post("/api/auth/me/email").bearer(&user.token);
                assert_eq!(change.json(&body).send().await.status, 202);
                link = LinkPurpose::ChangeEmail;
            }
            Setup::NewEmailTaken => drop(server.sign_up(NEW_EMAIL).await),
            Setup::TwoFailures => fail_twice(&server).await,
            Setup::FailuresADayAgo => {
                fail_twice(&server).await;
                seconds_later = A_DAY_AND_A_SECOND;
            }
            Setup::WeakHash => {
                let weak = AttributeValue::S(weak_hash(PASSWORD));
                server
                    .set_account_attribute(&user.id, "password_hash", weak)
                    .await;
            }
            Setup::RotatedToken => {
                let refresh = server.post("/api/auth/refresh").bearer(&user.token);
                assert_eq!(refresh.send().await.status, 200);
                seconds_later = ONE_SECOND_AFTER_GRACE;
            }
            Setup::TwoSessions => {
                let login = server.log_in(EMAIL, PASSWORD).await;
                let id = login.body["session"]["id"].as_str();
                id.unwrap().clone_into(&mut other_session);
            }
            Setup::WithTasks => {
                let due = json!({"title": "Milk", "due_date": "2026-12-01"});
                task = server.create_task(&user, &due).await.task_id();
                server.create_task(&user, &json!({"title": "Eggs"})).await;
            }
        }
        let link = server.link_token(&user.id, link).await.unwrap_or_default();
        let mut items = server.items().await;
        // The calls of the set-up must not count towards the rate limits of the call.
        items.retain(|item| {
            let pk = item["pk"].as_s().unwrap();
            !pk.starts_with("LIMIT#") || pk.contains("_FAILURES#")
        });
        Self {
            user,
            task,
            other_session,
            link,
            state: State::of(&items),
            settings: setup.settings(),
            items,
            seconds_later,
        }
    }

    /// A new product with this state in its table.
    pub async fn server(&self) -> (Server, Proxy) {
        let (server, proxy) = Server::with_timeouts(&self.settings).await;
        server.advance_seconds(self.seconds_later);
        server.put_all(&self.items).await;
        (server, proxy)
    }
}

fn no_account() -> User {
    User {
        id: String::new(),
        token: String::new(),
        email: EMAIL.to_owned(),
        session_id: String::new(),
    }
}

async fn fail_twice(server: &Server) {
    for _ in 0..2 {
        let reply = server.log_in(EMAIL, "not the right one").await;
        reply.assert_refused(401, "InvalidCredentials");
    }
}
