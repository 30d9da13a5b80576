//! The kinds of mails, and what the links in some of them are for.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailKind {
    VerifyEmail,
    ResetPassword,
    /// To the new address, which is not yet that of the account.
    ChangeEmail,
    /// Somebody else wanted to use the address.
    EmailTaken,
    PasswordChanged,
    /// To the old address: when the change is asked for, and when it is made.
    EmailChanged,
    AccountDeleted,
}

impl MailKind {
    pub const ALL: [Self; 7] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::ChangeEmail,
        Self::EmailTaken,
        Self::PasswordChanged,
        Self::EmailChanged,
        Self::AccountDeleted,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::EmailTaken => "email-taken",
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
            Self::AccountDeleted => "account-deleted",
        }
    }

    /// None for a mail without a link that acts on the account.
    #[must_use]
    pub fn link(self) -> Option<LinkPurpose> {
        match self {
            Self::VerifyEmail => Some(LinkPurpose::VerifyEmail),
            Self::ResetPassword => Some(LinkPurpose::ResetPassword),
            Self::ChangeEmail => Some(LinkPurpose::ChangeEmail),
            Self::EmailTaken
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::AccountDeleted => None,
        }
    }
}

/// The one thing that the token of a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkPurpose {
    VerifyEmail,
    ResetPassword,
    ChangeEmail,
}

impl LinkPurpose {
    pub const ALL: [Self; 3] = [Self::VerifyEmail, Self::ResetPassword, Self::ChangeEmail];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.kind().as_str()
    }

    /// The mail that carries such a link.
    #[must_use]
    pub fn kind(self) -> MailKind {
        match self {
            Self::VerifyEmail => MailKind::VerifyEmail,
            Self::ResetPassword => MailKind::ResetPassword,
            Self::ChangeEmail => MailKind::ChangeEmail,
        }
    }

    #[must_use]
    pub fn lifetime_seconds(self) -> i64 {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => 24 * 60 * 60,
            Self::ResetPassword => 60 * 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_the_same_name_in_the_table_and_in_the_code() {
        for kind in MailKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn a_link_and_its_mail_name_each_other() {
        for purpose in LinkPurpose::ALL {
            assert_eq!(purpose.kind().link(), Some(purpose));
        }
        let with_link = MailKind::ALL.iter().filter(|kind| kind.link().is_some());
        assert_eq!(with_link.count(), LinkPurpose::ALL.len());
    }
}
