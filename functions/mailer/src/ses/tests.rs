use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use shared::Settings;
use uuid::Uuid;

use super::*;

fn env_config(variables: &[(&str, &str)]) -> EnvConfig {
    EnvConfig::read(|name| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    })
}

/// As from the environment, but for the credentials.
fn ses(variables: &[(&str, &str)]) -> Ses {
    let known = Credentials::new("id", "secret", None, None, "test");
    let builder = builder(env_config(variables)).credentials_provider(known);
    Ses::connect(builder, Https::new(false, CONNECT_TIMEOUT).into_client())
}

fn send(ses: &Ses) -> Result<String, Refusal> {
    let settings = Settings::read(|name| {
        let value = match name {
            "BETTER_AUTH_SECRET" => "the secret that the tests sign with",
            "MAIL_FROM" => "no-reply@example.com",
            "APP_URL" => "https://app.example.com",
            _ => return None,
        };
        Some(value.to_owned())
    });
    let envelope = Envelope {
        to: "ada@example.com",
        kind: MailKind::VerifyEmail,
        key: MailKey {
            user_id: Uuid::from_u128(1),
            id: Uuid::from_u128(2),
            is_farewell: false,
        },
    };
    let mail = RenderedMail {
        subject: "A subject".to_owned(),
        text: "A text".to_owned(),
        html: "<p>A text".to_owned(),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(ses.send(&settings.unwrap().mail.unwrap(), &envelope, mail))
}

#[test]
fn without_a_region_the_cause_names_it() {
    let cause = "no request to SES could be made: check region and credentials";
    assert_eq!(send(&ses(&[])), Err(Refusal::ForNow(cause)));
}

/// Answers one request with a refusal.
fn refusing_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut caller, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        // The body is one JSON object.
        while !request.ends_with(b"}") {
            let mut part = [0; 1024];
            let length = caller.read(&mut part).unwrap();
            request.extend_from_slice(&part[..length]);
        }
        let answer = "HTTP/1.1 400 Bad Request\r\nx-amzn-errortype: MessageRejected\r\n\
                      content-length: 2\r\n\r\n{}";
        caller.write_all(answer.as_bytes()).unwrap();
    });
    endpoint
}

#[test]
fn the_endpoint_is_that_of_the_environment() {
    let ses = ses(&[
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL_SESV2", &refusing_server()),
    ]);
    assert_eq!(send(&ses), Err(Refusal::Final("message-rejected")));
}

/// The function has 60 seconds. A mail that takes all of its time leaves enough to say so.
#[test]
fn a_mail_has_four_attempts_with_growing_pauses_and_ends_in_time() {
    let ses = ses(&[("AWS_REGION", "eu-central-1")]);
    let config = ses.0.config();
    let retries = config.retry_config().unwrap();
    assert_eq!(retries.max_attempts(), 4);
    assert_eq!(retries.initial_backoff(), Duration::from_secs(1));
    let timeouts = config.timeout_config().unwrap();
    assert_eq!(timeouts.connect_timeout(), Some(Duration::from_secs(2)));
    let attempt = timeouts.operation_attempt_timeout();
    assert_eq!(attempt, Some(Duration::from_secs(10)));
    assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(45)));
}
