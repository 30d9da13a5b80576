//! The token in a link: a seal over purpose, user and mail. It stands in the mail alone, so a copy of
//! the table makes no link.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::{LinkPurpose, Mail};
use crate::{Error, MailSettings, Seal};

/// The link that a token belongs to, once its seal has been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkToken {
    pub purpose: LinkPurpose,
    pub user_id: Uuid,
    pub mail_id: Uuid,
}

impl LinkToken {
    pub fn seal(&self, seal: &Seal) -> Result<String, Error> {
        let text = format!("{}{}", self.user_id.simple(), self.mail_id.simple());
        seal.seal(&seal_purpose(self.purpose), &text)
    }

    /// Makes no request: a token that is not ours never reaches the store.
    pub fn open(seal: &Seal, purpose: LinkPurpose, token: &str) -> Result<Self, Error> {
        let text = seal.open(&seal_purpose(purpose), token);
        text.as_deref()
            .and_then(|text| text.split_at_checked(uuid::fmt::Simple::LENGTH))
            .and_then(|(user_id, mail_id)| {
                Some(Self {
                    purpose,
                    user_id: Uuid::try_parse(user_id).ok()?,
                    mail_id: Uuid::try_parse(mail_id).ok()?,
                })
            })
            .ok_or(Error::LinkInvalid)
    }
}

/// Device cookies and cursors are sealed for other purposes.
fn seal_purpose(purpose: LinkPurpose) -> String {
    format!("link {}", purpose.as_str())
}

/// The address of the page that the link in a mail leads to.
pub fn link_url(
    mail: &Mail,
    purpose: LinkPurpose,
    settings: &MailSettings,
    seal: &Seal,
) -> Result<String, Error> {
    let token = LinkToken {
        purpose,
        user_id: mail.user_id,
        mail_id: mail.id,
    };
    let token = token.seal(seal)?;
    let page = match purpose {
        LinkPurpose::VerifyEmail | LinkPurpose::ChangeEmail => settings.verify_email_url(),
        LinkPurpose::ResetPassword => settings.reset_password_url(),
    };
    Ok(match &mail.callback_url {
        None => format!("{page}?token={token}"),
        Some(callback) => {
            let callback = utf8_percent_encode(callback, NON_ALPHANUMERIC);
            format!("{page}?token={token}&callback_url={callback}")
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Settings, Timestamp, mail::MailKind};

    fn settings(secret: &str, previous: &str) -> Settings {
        let settings = Settings::read(|name| match name {
            "BETTER_AUTH_SECRET" => Some(secret.to_owned()),
            "BETTER_AUTH_SECRET_PREVIOUS" => Some(previous.to_owned()),
            "MAIL_FROM" => Some("no-reply@example.com".to_owned()),
            "APP_URL" => Some("https://app.example.com".to_owned()),
            _ => None,
        });
        settings.unwrap()
    }

    fn seal(secret: &str, previous: &str) -> Seal {
        Seal::new(&settings(secret, previous))
    }

    const OLD: &str = "the secret that was in use before it";
    const NEW: &str = "the secret that the tests sign with";

    fn token(purpose: LinkPurpose) -> LinkToken {
        LinkToken {
            purpose,
            user_id: Uuid::from_u128(1),
            mail_id: Uuid::from_u128(2),
        }
    }

    #[test]
    fn a_token_is_good_for_its_own_purpose_alone() {
        let seal = seal(NEW, OLD);
        for purpose in LinkPurpose::ALL {
            let text = token(purpose).seal(&seal).unwrap();
            for other in LinkPurpose::ALL {
                let opened = LinkToken::open(&seal, other, &text).ok();
                assert_eq!(opened, (other == purpose).then_some(token(purpose)));
            }
        }
    }

    #[test]
    fn a_token_survives_one_change_of_the_secret() {
        let purpose = LinkPurpose::ResetPassword;
        let text = token(purpose).seal(&seal(OLD, "")).unwrap();
        assert!(LinkToken::open(&seal(NEW, OLD), purpose, &text).is_ok());
        assert!(LinkToken::open(&seal(NEW, ""), purpose, &text).is_err());
    }

    #[test]
    fn a_link_leads_to_the_page_of_its_purpose_and_carries_the_callback() {
        let settings = settings(NEW, OLD);
        let (seal, mail_settings) = (Seal::new(&settings), settings.mail.unwrap());
        let mut mail = Mail {
            id: Uuid::from_u128(2),
            user_id: Uuid::from_u128(1),
            kind: MailKind::ResetPassword,
            to: "ada@example.com".to_owned(),
            new_email: None,
            is_pending: false,
            callback_url: None,
            created_at: Timestamp::from_seconds(0),
            expires_at: 0,
            sent_at: None,
            refused: None,
        };
        for (purpose, page) in [
            (LinkPurpose::VerifyEmail, "verify-email"),
            (LinkPurpose::ChangeEmail, "verify-email"),
            (LinkPurpose::ResetPassword, "reset-password"),
        ] {
            let url = link_url(&mail, purpose, &mail_settings, &seal).unwrap();
            let expected = token(purpose).seal(&seal).unwrap();
            assert_eq!(
                url,
                format!("https://app.example.com/{page}?token={expected}")
            );
        }
        mail.callback_url = Some("/a?b=c&d".to_owned());
        let url = link_url(&mail, LinkPurpose::ResetPassword, &mail_settings, &seal).unwrap();
        assert!(url.ends_with("&callback_url=%2Fa%3Fb%3Dc%26d"), "{url}");
    }

    proptest! {
        #[test]
        fn a_token_with_any_change_is_refused(
            at in any::<proptest::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let seal = seal(NEW, OLD);
            let purpose = LinkPurpose::ResetPassword;
            let text = token(purpose).seal(&seal).unwrap();
            let mut bytes = text.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                let opened = LinkToken::open(&seal, purpose, &changed);
                prop_assert_eq!(opened.is_ok(), changed == text);
            }
        }

        #[test]
        fn a_made_up_token_is_refused(text in "\\PC*|[A-Za-z0-9_=-]{0,120}") {
            for purpose in LinkPurpose::ALL {
                prop_assert!(LinkToken::open(&seal(NEW, OLD), purpose, &text).is_err());
            }
        }
    }
}
