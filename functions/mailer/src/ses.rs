//! The connection to Amazon SES: credentials, time-outs, retries, and the meaning of its errors.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sesv2::{
    Client,
    config::{Builder, Credentials, HttpClient, retry::RetryConfig, timeout::TimeoutConfig},
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag},
};
use shared::{
    MailSettings,
    aws::{EnvConfig, Https},
    mail::MailKind,
    store::MailKey,
};

use crate::render::RenderedMail;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Long: an attempt that ran out of time may have been sent, and the next one sends it again.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(45);
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct Ses(Client);

/// The reader of a mail, and the tags that its bounce comes back with.
#[derive(Debug)]
pub struct Envelope<'a> {
    pub to: &'a str,
    pub kind: MailKind,
    pub key: MailKey,
}

/// In our own words: those of SES name addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This mail will never be sent. The code is stored with it.
    Final(&'static str),
    /// The next try may succeed, by itself or once an operator has mended something.
    ForNow(&'static str),
}

impl Ses {
    /// To the endpoint that the environment names.
    #[must_use]
    pub fn from_environment() -> Self {
        let config = EnvConfig::from_process();
        let https = Https::new(config.uses_system_certificates, CONNECT_TIMEOUT);
        Self::connect(builder(config), https.into_client())
    }

    /// To a mailbox on this machine that speaks the API of SES.
    #[must_use]
    pub fn to_local(endpoint: &str) -> Self {
        let builder = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(endpoint);
        Self::connect(builder, aws_smithy_http_client::Builder::new().build_http())
    }

    /// Tries again at once, for tests.
    #[must_use]
    pub fn without_pauses(self) -> Self {
        self.reconfigure(|builder| {
            builder.retry_config(retries().with_initial_backoff(Duration::ZERO))
        })
    }

    /// For tests of a server that does not answer.
    #[must_use]
    pub fn with_attempt_timeout(self, timeout: Duration) -> Self {
        self.reconfigure(|builder| builder.timeout_config(timeouts(timeout)))
    }

    fn connect(builder: Builder, http_client: impl HttpClient + 'static) -> Self {
        let builder = builder
            .timeout_config(timeouts(ATTEMPT_TIMEOUT))
            .retry_config(retries())
            .http_client(http_client);
        Self(Client::from_conf(builder.build()))
    }

    fn reconfigure(self, change: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = change(self.0.config().to_builder());
        Self(Client::from_conf(builder.build()))
    }

    /// Returns the id that SES gives the mail.
    pub async fn send(
        &self,
        settings: &MailSettings,
        envelope: &Envelope<'_>,
        mail: RenderedMail,
    ) -> Result<String, Refusal> {
        let incomplete = |_: BuildError| Refusal::ForNow("a request to SES lacks a part");
        let tag = |name: &str, value: &dyn ToString| {
            let tag = MessageTag::builder().name(name).value(value.to_string());
            tag.build().map_err(incomplete)
        };
        let sent = self
            .0
            .send_email()
            // No character of the name has a meaning between the quotes: the settings see to it.
            .from_email_address(format!("\"{}\" <{}>", settings.app_name, settings.from))
            .destination(Destination::builder().to_addresses(envelope.to).build())
            .content(content(mail).map_err(incomplete)?)
            .email_tags(tag("kind", &envelope.kind.as_str())?)
            .email_tags(tag("user_id", &envelope.key.user_id)?)
            .email_tags(tag("mail_id", &envelope.key.id)?)
            .set_configuration_set_name(settings.configuration_set.clone())
            .send()
            .await
            .map_err(|error| refusal(&error, &settings.from))?;
        Ok(sent.message_id.unwrap_or_default())
    }
}

fn builder(config: EnvConfig) -> Builder {
    let mut builder = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(EnvConfig::credentials())
        .use_fips(config.fips)
        .use_dual_stack(config.dual_stack)
        .region(Region::new(config.region.unwrap_or_default()));
    builder.set_endpoint_url(config.sesv2_endpoint);
    builder
}

fn timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// Each pause is random, up to twice the bound of the one before it.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_PAUSE)
}

/// SES makes the MIME message.
fn content(mail: RenderedMail) -> Result<EmailContent, BuildError> {
    let utf8 = |data: String| Content::builder().data(data).charset("UTF-8").build();
    // Programs that answer mails, such as vacation notices, leave this one alone (RFC 3834).
    let header = MessageHeader::builder()
        .name("Auto-Submitted")
        .value("auto-generated")
        .build()?;
    let body = Body::builder()
        .text(utf8(mail.text)?)
        .html(utf8(mail.html)?)
        .build();
    let message = Message::builder()
        .subject(utf8(mail.subject)?)
        .body(body)
        .headers(header)
        .build();
    Ok(EmailContent::builder().simple(message).build())
}

fn refusal<R>(error: &SdkError<SendEmailError, R>, from: &str) -> Refusal {
    match error {
        SdkError::ConstructionFailure(_) => {
            Refusal::ForNow("no request to SES could be made: check region and credentials")
        }
        SdkError::TimeoutError(_) => Refusal::ForNow("SES did not answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            Refusal::ForNow("SES did not answer in time")
        }
        SdkError::DispatchFailure(_) => {
            Refusal::ForNow("SES could not be reached: check endpoint and region")
        }
        SdkError::ResponseError(_) => Refusal::ForNow("the answer of SES could not be read"),
        SdkError::ServiceError(refused) => by_code(refused.err(), from),
        _ => Refusal::ForNow("SES failed"),
    }
}

/// A refusal that speaks of the account, the identity or the configuration set would meet every mail.
/// None of them is given up for it: an operator can mend that.
fn by_code(error: &SendEmailError, from: &str) -> Refusal {
    match error {
        // SES has no code of its own for a sender that it has not verified. It names the addresses: an
        // account in its sandbox may be refused for the reader's alone, and that holds up nobody else.
        SendEmailError::MessageRejected(rejected)
            if rejected.message().is_some_and(|message| {
                message.contains("not verified") && message.contains(from)
            }) =>
        {
            Refusal::ForNow("SES has not verified the address that mails come from")
        }
        SendEmailError::MessageRejected(_) => Refusal::Final("message-rejected"),
        SendEmailError::BadRequestException(_) => Refusal::Final("bad-request"),
        SendEmailError::AccountSuspendedException(_) => {
            Refusal::ForNow("SES has suspended the account")
        }
        SendEmailError::SendingPausedException(_) => {
            Refusal::ForNow("sending is paused for the account or the configuration set")
        }
        SendEmailError::MailFromDomainNotVerifiedException(_) => {
            Refusal::ForNow("SES has not verified the MAIL FROM domain")
        }
        SendEmailError::NotFoundException(_) => {
            Refusal::ForNow("SES does not know the configuration set: check MAIL_CONFIGURATION_SET")
        }
        SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_) => {
            Refusal::ForNow("SES is throttling")
        }
        other => Refusal::ForNow(match other.code() {
            Some("ThrottlingException" | "Throttling") => "SES is throttling",
            Some(
                "AccessDeniedException"
                | "AccessDenied"
                | "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "ExpiredTokenException"
                | "InvalidSignatureException"
                | "SignatureDoesNotMatch",
            ) => "SES refused our rights or credentials",
            _ => "SES failed",
        }),
    }
}

#[cfg(test)]
mod tests;
