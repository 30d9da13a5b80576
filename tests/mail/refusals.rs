//! A refusal of one mail is final; every other failure is tried again.

use std::time::Duration;

use mailer::Ses;
use serde_json::json;

use super::log_line;
use crate::harness::{FakeSes, Server, SesAnswer};

const SERVER_FAILS: SesAnswer = SesAnswer::Refused {
    status: 500,
    code: "InternalServerErrorException",
    message: "",
};
const THROTTLED: SesAnswer = SesAnswer::Refused {
    status: 429,
    code: "TooManyRequestsException",
    message: "Maximum sending rate exceeded.",
};

fn refused(status: u16, code: &'static str) -> SesAnswer {
    let message = "to somebody@example.com";
    SesAnswer::Refused {
        status,
        code,
        message,
    }
}

async fn only_mail_id(server: &Server) -> String {
    let mails = server.mail_items().await;
    assert_eq!(mails.len(), 1);
    mails[0]["id"].as_s().unwrap().clone()
}

#[tokio::test]
async fn a_mail_that_ses_rejects_is_marked_and_never_tried_again() {
    for (code, stored) in [
        ("MessageRejected", "message-rejected"),
        ("BadRequestException", "bad-request"),
    ] {
        let ses = FakeSes::start().await;
        let server = Server::with_mailer(&ses).await;
        let user = server.sign_up("rejected@example.com").await;
        ses.plan(&[refused(400, code)]);
        assert_eq!(server.send_all_mails().await, None);
        assert_eq!(ses.take_requests().len(), 1);
        let mails = server.mail_items().await;
        assert_eq!(mails[0]["refused"].as_s().unwrap(), stored);
        assert!(!mails[0].contains_key("sent_at"));
        let id = only_mail_id(&server).await;
        let expected = json!({
            "level": "WARN", "message": "mail_refused", "user_id": user.id, "mail_id": id,
            "kind": "verify-email", "outcome": "refused", "code": stored,
        });
        assert_eq!(log_line(&id), expected);
        assert_eq!(server.send_all_mails().await, None);
        assert!(ses.take_requests().is_empty());
    }
}

#[tokio::test]
async fn a_reader_that_an_account_in_the_sandbox_may_not_write_to_holds_up_nobody() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    server.sign_up("sandbox@example.com").await;
    ses.plan(&[SesAnswer::Refused {
        status: 400,
        code: "MessageRejected",
        message: "Email address is not verified. The following identities failed the check in \
                  region EU-CENTRAL-1: sandbox@example.com",
    }]);
    assert_eq!(server.send_all_mails().await, None);
    let mails = server.mail_items().await;
    assert_eq!(mails[0]["refused"].as_s().unwrap(), "message-rejected");
}

#[tokio::test]
async fn every_other_refusal_is_tried_again() {
    let unverified = SesAnswer::Refused {
        status: 400,
        code: "MessageRejected",
        message: "Email address is not verified. The following identities failed the check in \
                  region EU-CENTRAL-1: \"Latchkey\" <no-reply@example.com>",
    };
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    server.sign_up("again@example.com").await;
    let id = only_mail_id(&server).await;
    for (answer, attempts, cause) in [
        (
            unverified,
            1,
            "SES has not verified the address that mails come from",
        ),
        (
            refused(400, "AccountSuspendedException"),
            1,
            "SES has suspended the account",
        ),
        (
            refused(400, "SendingPausedException"),
            1,
            "sending is paused for the account or the configuration set",
        ),
        (
            refused(400, "MailFromDomainNotVerifiedException"),
            1,
            "SES has not verified the MAIL FROM domain",
        ),
        (
            refused(404, "NotFoundException"),
            1,
            "SES does not know the configuration set: check MAIL_CONFIGURATION_SET",
        ),
        (
            refused(403, "AccessDeniedException"),
            1,
            "SES refused our rights or credentials",
        ),
        (refused(418, "Unheard"), 1, "SES failed"),
        (THROTTLED, 4, "SES is throttling"),
        (
            refused(400, "LimitExceededException"),
            4,
            "SES is throttling",
        ),
        (refused(400, "ThrottlingException"), 4, "SES is throttling"),
        (SERVER_FAILS, 4, "SES failed"),
        (refused(503, "ServiceUnavailable"), 4, "SES failed"),
    ] {
        ses.plan(&[answer; 4]);
        assert_eq!(server.send_all_mails().await, Some(1), "{answer:?}");
        assert_eq!(ses.take_requests().len(), attempts, "{answer:?}");
        let line = log_line(&id);
        let found = (&line["message"], &line["outcome"], &line["cause"]);
        let expected = (json!("mail_failed"), json!("failed"), json!(cause));
        assert_eq!(found, (&expected.0, &expected.1, &expected.2));
    }
    ses.plan(&[]);
    assert_eq!(server.send_all_mails().await, None);
    assert_eq!(ses.take_requests().len(), 1);
    assert_eq!(log_line(&id)["outcome"], "sent");
}

#[tokio::test]
async fn a_failure_that_passes_is_not_even_noticed() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    server.sign_up("passes@example.com").await;
    ses.plan(&[THROTTLED, SERVER_FAILS, THROTTLED]);
    assert_eq!(server.send_all_mails().await, None);
    assert_eq!(ses.take_requests().len(), 4);
}

#[tokio::test]
async fn the_first_failure_ends_the_batch_and_the_next_event_goes_on_there() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    for name in ["first", "second", "third"] {
        server.sign_up(&format!("{name}-mail@example.com")).await;
        server.advance_seconds(1);
    }
    let taken = SesAnswer::Taken;
    ses.plan(&[taken, THROTTLED, THROTTLED, THROTTLED, THROTTLED]);
    assert_eq!(server.send_all_mails().await, Some(2));
    assert_eq!(ses.take_requests().len(), 5);

    let keys = server.mail_keys().await;
    assert_eq!(server.send_mails(&keys[1..]).await, None);
    let to = |request: &serde_json::Value| request["Destination"]["ToAddresses"][0].clone();
    let sent: Vec<_> = ses.take_requests().iter().map(to).collect();
    assert_eq!(sent, ["second-mail@example.com", "third-mail@example.com"]);
}

#[tokio::test]
async fn a_silent_ses_is_given_up_in_time() {
    let ses = FakeSes::start().await;
    let timeout = Duration::from_millis(100);
    let client = Ses::to_local(&ses.endpoint()).without_pauses();
    let server = Server::with_mailer_to(client.with_attempt_timeout(timeout), &[]).await;
    server.sign_up("silence@example.com").await;
    ses.plan(&[SesAnswer::None; 4]);
    assert_eq!(server.send_all_mails().await, Some(1));
    assert_eq!(ses.take_requests().len(), 4);
    let line = log_line(&only_mail_id(&server).await);
    assert_eq!(line["cause"], "SES did not answer in time");
}

#[tokio::test]
async fn an_ses_that_cannot_be_reached_fails_the_record() {
    // Nothing listens on a port that was just given back.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = Ses::to_local(&endpoint).without_pauses();
    let server = Server::with_mailer_to(client, &[]).await;
    server.sign_up("unreachable@example.com").await;
    assert_eq!(server.send_all_mails().await, Some(1));
    let line = log_line(&only_mail_id(&server).await);
    assert_eq!(
        line["cause"],
        "SES could not be reached: check endpoint and region"
    );
}

#[tokio::test]
async fn mail_that_is_off_is_left_unsent() {
    let ses = FakeSes::start().await;
    let client = Ses::to_local(&ses.endpoint());
    let off = [("MAIL_FROM", ""), ("APP_URL", "")];
    let server = Server::with_mailer_to(client, &off).await;
    let keys = [(
        "USER#00000000-0000-0000-0000-000000000001".to_owned(),
        "MAIL#00000000-0000-0000-0000-000000000002".to_owned(),
    )];
    server.traffic.reset();
    assert_eq!(server.send_mails(&keys).await, None);
    assert!(server.traffic.operations().is_empty());
    assert!(ses.take_requests().is_empty());
}
