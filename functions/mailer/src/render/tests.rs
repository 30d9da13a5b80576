use std::{collections::BTreeMap, fs, path::Path};

use shared::{Settings, account::Email};
use uuid::Uuid;

use super::*;

const APP_NAME: &str = "Otter's & Sons, Inc.";

fn settings() -> Settings {
    let settings = Settings::read(|name| {
        let value = match name {
            "BETTER_AUTH_SECRET" => "the secret that the tests sign with",
            "MAIL_FROM" => "no-reply@example.com",
            "APP_URL" => "https://app.example.com",
            "APP_NAME" => APP_NAME,
            _ => return None,
        };
        Some(value.to_owned())
    });
    settings.unwrap()
}

fn mail(kind: MailKind, to: &str) -> Mail {
    Mail {
        id: Uuid::from_u128(2),
        user_id: Uuid::from_u128(1),
        kind,
        to: to.to_owned(),
        new_email: (kind == MailKind::EmailChanged).then(|| "new@example.com".to_owned()),
        is_pending: false,
        callback_url: None,
        created_at: Timestamp::from_millis(1_794_996_000_123),
        expires_at: 1_795_000_000,
        sent_at: None,
        refused: None,
    }
}

/// Every kind, and both forms of the notice of a new address.
fn mails(to: &str) -> BTreeMap<&'static str, Mail> {
    let all = MailKind::ALL.map(|kind| (kind.as_str(), mail(kind, to)));
    let mut mails = BTreeMap::from(all);
    let pending = Mail {
        is_pending: true,
        ..mail(MailKind::EmailChanged, to)
    };
    mails.insert("email-changed-pending", pending);
    mails
}

fn rendered(mail: &Mail) -> RenderedMail {
    let settings = settings();
    let seal = Seal::new(&settings);
    render(mail, &settings.mail.unwrap(), &seal).unwrap()
}

fn link(mail: &Mail) -> Option<String> {
    let settings = settings();
    let seal = Seal::new(&settings);
    let purpose = mail.kind.link()?;
    Some(link_url(mail, purpose, &settings.mail.unwrap(), &seal).unwrap())
}

/// As a reader sees it.
fn unescaped(html: &str) -> String {
    html.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

/// The longest addresses, with every sign that an address may have, and one in another script.
fn hostile_addresses() -> [String; 4] {
    let labels = format!("{}.", "b".repeat(61)).repeat(3);
    [
        format!("{}@{labels}com", "a".repeat(64)),
        "!#$%&'*+-/=?^_`{|}~@example.com".to_owned(),
        "a&lt;b&#60;'onclick='x@example.com"
            .to_owned()
            .replace([';'], "!"),
        "ada@bücher.example".to_owned(),
    ]
}

#[test]
fn every_mail_reads_as_written_here() {
    let mails = mails("ada@example.com");
    for (name, subject, start, end) in [
        (
            "verify-email",
            "Confirm your e-mail address for Otter's & Sons, Inc.",
            "Hello,\n\nplease confirm that this e-mail address is yours:\n\n    ada@example.com\n\n\
             Open this link within 24 hours. It works once:\n\n",
            "If you did not make this account yourself, do not open the link: somebody else\n\
             may know its password. Ignore this mail. If you want the account, ask for a new\n\
             password first. That makes it yours alone.\n\n",
        ),
        (
            "reset-password",
            "Choose a new password for Otter's & Sons, Inc.",
            "Hello,\n\nsomebody asked for a new password for your account with Otter's & Sons, Inc.:\n\n    \
             ada@example.com\n\nOpen this link within one hour to choose one. It works once:\n\n",
            "If you did not ask for it, ignore this mail. Your password stays as it is.\n\n",
        ),
        (
            "change-email",
            "Confirm your new e-mail address for Otter's & Sons, Inc.",
            "Hello,\n\nplease confirm the new e-mail address of your account with \
             Otter's & Sons, Inc.:\n\n    ada@example.com\n\n\
             Open this link within 24 hours. It works once:\n\n",
            "If you did not ask for it, ignore this mail. Without the link, nothing changes.\n\n",
        ),
        (
            "email-taken",
            "You already have an account with Otter's & Sons, Inc.",
            "Hello,\n\nsomebody wanted to use your e-mail address for Otter's & Sons, Inc., for a new account\n\
             or for one of theirs:\n\n    ada@example.com\n\n\
             You have an account with this address, so nothing came of it. If it was you,\n\
             log in:\n\nhttps://app.example.com\n\n\
             If you do not know your password any more, ask for a new one there.\n\n",
            "If it was not you, ignore this mail. Your account is as it was.\n\n",
        ),
        (
            "password-changed",
            "Your password for Otter's & Sons, Inc. was changed",
            "Hello,\n\nthe password of your account with Otter's & Sons, Inc. was changed at\n\
             2026-11-18 10:00 UTC:\n\n    ada@example.com\n\nIf it was you, there is nothing to do.\n\n",
            "If it was not you, ask for a new password at once. That ends every session of\n\
             your account:\n\nhttps://app.example.com\n\n",
        ),
        (
            "email-changed",
            "Your e-mail address for Otter's & Sons, Inc. was changed",
            "Hello,\n\nthe e-mail address of your account with Otter's & Sons, Inc. was changed at\n\
             2026-11-18 10:00 UTC. It had this one:\n\n    ada@example.com\n\n\
             Now it has this one:\n\n    new@example.com\n\n\
             If it was you, there is nothing to do. No more mails come to the old address.\n\n",
            "If it was not you, ask the people who run Otter's & Sons, Inc. for help at once:\n\n\
             https://app.example.com\n\n",
        ),
        (
            "email-changed-pending",
            "A new e-mail address was asked for at Otter's & Sons, Inc.",
            "Hello,\n\nanother e-mail address was asked for at 2026-11-18 10:00 UTC. Your account with\n\
             Otter's & Sons, Inc. has this one:\n\n    ada@example.com\n\n\
             It will have this one instead:\n\n    new@example.com\n\n\
             The change takes effect when the link is opened that was mailed to the new\n\
             address. If it was you, open that link.\n\n",
            "If it was not you, log in and change your password at once. That makes the link\n\
             void as well:\n\nhttps://app.example.com\n\n",
        ),
        (
            "account-deleted",
            "Your account with Otter's & Sons, Inc. was deleted",
            "Hello,\n\nyour account with Otter's & Sons, Inc. was deleted at 2026-11-18 10:00 UTC:\n\n    \
             ada@example.com\n\nNothing of it is left, and it cannot be brought back. This is the \
             last mail\nabout it.\n\n",
            "If it was not you, ask the people who run Otter's & Sons, Inc. for help.\n\n",
        ),
    ] {
        let mail = &mails[name];
        let link = link(mail).map(|link| format!("{link}\n\n"));
        let expected = format!(
            "{start}{}{end}Otter's & Sons, Inc.\nhttps://app.example.com\n",
            link.unwrap_or_default()
        );
        let rendered = rendered(mail);
        assert_eq!(rendered.text, expected, "{name}");
        assert_eq!(rendered.subject, subject);
    }
}

#[test]
fn a_subject_is_one_line_of_ascii() {
    for to in hostile_addresses() {
        for mail in mails(&to).values() {
            let subject = rendered(mail).subject;
            assert!(subject.contains(APP_NAME));
            assert!(subject.chars().all(|c| c == ' ' || c.is_ascii_graphic()));
            assert!(subject.len() < 100, "{subject}");
        }
    }
}

#[test]
fn hostile_text_adds_no_markup_and_no_line() {
    let lines = |text: &str| text.lines().count();
    for to in hostile_addresses() {
        assert!(Email::parse(&to).is_ok(), "{to}");
        let plain = mails("ada@example.com");
        for (name, mail) in mails(&to) {
            let mail = Mail {
                new_email: mail.new_email.as_ref().map(|_| to.clone()),
                ..mail
            };
            let (rendered, plain) = (rendered(&mail), rendered(&plain[name]));
            assert!(
                rendered.text.contains(&format!("\n    {to}\n")),
                "{name}: {to}"
            );
            assert_eq!(lines(&rendered.text), lines(&plain.text), "{name}: {to}");
            assert!(unescaped(&rendered.html).contains(&to), "{name}: {to}");
            for sign in ['<', '>', '"', '\n'] {
                let count = |html: &str| html.matches(sign).count();
                assert_eq!(count(&rendered.html), count(&plain.html), "{name}: {to}");
            }
            assert!(!rendered.html.contains('\''), "{name}");
            assert!(!rendered.text.contains('\r') && !rendered.html.contains('\r'));
        }
    }
}

/// An address of the table alone: the parser takes none like it.
#[test]
fn markup_is_escaped_even_where_no_address_can_hold_it() {
    for mail in mails("\"<script>alert(1)</script>\"@example.com").values() {
        let html = rendered(mail).html;
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&#34;&#60;script&#62;"), "{html}");
    }
}

#[test]
fn both_forms_have_the_same_link_and_lead_nowhere_else() {
    let callback = Some("/a?b=c&d='\"<e>#f".to_owned());
    for (name, mail) in mails("ada@example.com") {
        let mail = Mail {
            callback_url: callback.clone(),
            ..mail
        };
        let (rendered, link) = (rendered(&mail), link(&mail));
        let html = unescaped(&rendered.html);
        if let Some(link) = &link {
            assert!(link.contains("&callback_url=%2Fa%3Fb%3Dc%26d%3D%27%22%3Ce%3E%23f"));
            assert_eq!(
                rendered.text.matches(&format!("\n{link}\n")).count(),
                1,
                "{name}"
            );
            assert!(html.contains(&format!("href=\"{link}\"")), "{name}");
            assert!(html.contains(&format!(">{link}<")), "{name}");
        }
        let known = [
            link.unwrap_or_default(),
            "https://app.example.com".to_owned(),
        ];
        for text in [&rendered.text, &html] {
            for (at, _) in text.match_indices("http") {
                let found = text[at..].split(['\n', '"', '<']).next().unwrap();
                assert!(known.iter().any(|known| known == found), "{name}: {found}");
            }
        }
        for remote in [
            "<img", "src=", "<link", "url(", "@import", "<script", "//cdn",
        ] {
            assert!(!rendered.html.contains(remote), "{name}: {remote}");
        }
    }
}

#[test]
fn a_mail_without_a_link_has_no_token() {
    for (name, mail) in mails("ada@example.com") {
        let rendered = rendered(&mail);
        let has_token = rendered.text.contains("token=") || rendered.html.contains("token=");
        assert_eq!(has_token, mail.kind.link().is_some(), "{name}");
    }
}

#[test]
fn no_debug_output_shows_a_link() {
    let rendered = rendered(&mail(MailKind::ResetPassword, "ada@example.com"));
    assert_eq!(format!("{rendered:?}"), "RenderedMail { .. }");
}

/// `LATCHKEY_WRITE_MAILS=1 cargo test -p mailer` writes every mail to `target/mails`, to be looked at.
#[test]
fn every_mail_can_be_looked_at() {
    #[expect(clippy::disallowed_methods, reason = "no setting of the product")]
    if std::env::var("LATCHKEY_WRITE_MAILS").is_err() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/mails");
    fs::create_dir_all(&folder).unwrap();
    for (name, mail) in mails("ada.lovelace@bücher.example") {
        let rendered = rendered(&mail);
        fs::write(folder.join(format!("{name}.html")), rendered.html).unwrap();
        let text = format!("Subject: {}\n\n{}", rendered.subject, rendered.text);
        fs::write(folder.join(format!("{name}.txt")), text).unwrap();
    }
}
