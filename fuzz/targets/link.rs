//! The token of a mailed link opens for its own purpose alone, unchanged, and only if we sealed it.

#![no_main]

use std::sync::LazyLock;

use latchkey_fuzz::{NOW, settings, signer};
use libfuzzer_sys::fuzz_target;
use shared::{
    Seal, Timestamp,
    mail::{LinkPurpose, LinkToken},
};
use uuid::Uuid;

/// Purpose, place, flip, and two ids.
const FIELDS: usize = 3 + 2 * size_of::<Uuid>();

static SEAL: LazyLock<Seal> = LazyLock::new(|| Seal::new(&settings()));

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = str::from_utf8(input) {
        // Without the secret no token is good.
        assert_eq!(opened(text), [None; 3]);
        open_any_text(text);
    }
    let Some(fields) = input.first_chunk::<FIELDS>() else {
        return;
    };
    let id = |at: usize| Uuid::from_slice(&fields[at..][..size_of::<Uuid>()]).unwrap();
    let link = LinkToken {
        purpose: LinkPurpose::ALL[usize::from(fields[0]) % LinkPurpose::ALL.len()],
        user_id: id(3),
        mail_id: id(3 + size_of::<Uuid>()),
    };
    let token = link.seal(&SEAL).unwrap();
    let own = LinkPurpose::ALL.map(|purpose| (purpose == link.purpose).then_some(link));
    assert_eq!(opened(&token), own);
    let session = signer().verify(&token, Timestamp::from_seconds(NOW));
    assert!(session.is_err());

    let (place, flip) = (usize::from(fields[1]) % token.len(), fields[2]);
    let mut bytes = token.into_bytes();
    bytes[place] ^= flip;
    if let Ok(changed) = str::from_utf8(&bytes) {
        let expected = if flip == 0 { own } else { [None; 3] };
        assert_eq!(opened(changed), expected);
    }
});

/// For each purpose, the link that the token is.
fn opened(token: &str) -> [Option<LinkToken>; 3] {
    LinkPurpose::ALL.map(|purpose| LinkToken::open(&SEAL, purpose, token).ok())
}

/// A good seal makes no link of another text than two ids, nor one for another purpose.
fn open_any_text(text: &str) {
    let sealed = SEAL.seal("link reset-password", text).unwrap();
    for (purpose, link) in LinkPurpose::ALL.into_iter().zip(opened(&sealed)) {
        let Some(link) = link else { continue };
        assert_eq!(purpose, LinkPurpose::ResetPassword);
        let (user_id, mail_id) = text.split_at(32);
        assert_eq!(Uuid::try_parse(user_id), Ok(link.user_id));
        assert_eq!(Uuid::try_parse(mail_id), Ok(link.mail_id));
    }
    let sealed = SEAL.seal("device", text).unwrap();
    assert_eq!(opened(&sealed), [None; 3]);
}
