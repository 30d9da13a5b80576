//! The request that SES gets.

use mailer::Ses;
use serde_json::json;
use shared::mail::LinkPurpose;

use crate::harness::{FakeSes, Server};

#[tokio::test]
async fn ses_gets_one_whole_mail() {
    let ses = FakeSes::start().await;
    let settings = [
        ("MAIL_CONFIGURATION_SET", "mail-events"),
        ("APP_NAME", "Otter's & Sons, Inc."),
    ];
    let to_ses = Ses::to_local(&ses.endpoint());
    let server = Server::with_mailer_to(to_ses, &settings).await;
    let user = server.sign_up("Ada.Lovelace@Bücher.example").await;
    assert_eq!(server.send_all_mails().await, None);

    let token = server.link_token(&user.id, LinkPurpose::VerifyEmail).await;
    let link = format!(
        "https://app.example.com/verify-email?token={}",
        token.unwrap()
    );
    let mail_id = server.owed_mails(&user.id).await.remove(0).id;
    let [mut request] = <[_; 1]>::try_from(ses.take_requests()).unwrap();
    let body = request["Content"]["Simple"]["Body"].take();
    for form in ["Text", "Html"] {
        assert!(
            body[form]["Data"].as_str().unwrap().contains(&link),
            "{form}"
        );
        assert_eq!(body[form]["Charset"], "UTF-8");
    }
    let tag = |name: &str, value: &str| json!({"Name": name, "Value": value});
    assert_eq!(
        request,
        json!({
            "FromEmailAddress": "\"Otter's & Sons, Inc.\" <no-reply@example.com>",
            "Destination": {"ToAddresses": ["Ada.Lovelace@xn--bcher-kva.example"]},
            "Content": {
                "Simple": {
                    "Subject": {
                        "Data": "Confirm your e-mail address for Otter's & Sons, Inc.",
                        "Charset": "UTF-8",
                    },
                    "Body": null,
                    "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                },
            },
            "EmailTags": [
                tag("kind", "verify-email"),
                tag("user_id", &user.id),
                tag("mail_id", &mail_id),
            ],
            "ConfigurationSetName": "mail-events",
        })
    );
}

#[tokio::test]
async fn without_a_configuration_set_none_is_named() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    server.sign_up("unset@example.com").await;
    assert_eq!(server.send_all_mails().await, None);
    let requests = ses.take_requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].get("ConfigurationSetName").is_none());
}
