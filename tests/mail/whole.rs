//! From a call to the mailbox, with nothing in between made by hand.

use shared::{
    Seal, Settings,
    mail::{LinkPurpose, LinkToken},
};

use crate::harness::{SECRET, Server};

#[tokio::test]
async fn a_sign_up_mails_a_link_with_a_token_of_its_user() {
    let server = Server::with_stream().await;
    let user = server.sign_up("ada@example.com").await;
    let mail = server.until_mail("verify-email", &user.email).await;

    let token = mail.token.unwrap();
    let link = format!("https://app.example.com/verify-email?token={token}");
    assert_eq!(mail.link, Some(link));
    let settings = Settings::read(|name| (name == "BETTER_AUTH_SECRET").then(|| SECRET.to_owned()));
    let seal = Seal::new(&settings.unwrap());
    let token = LinkToken::open(&seal, LinkPurpose::VerifyEmail, &token).unwrap();
    assert_eq!(token.user_id.to_string(), user.id);
    assert_eq!(server.mailbox().mails(None).len(), 1);
}
