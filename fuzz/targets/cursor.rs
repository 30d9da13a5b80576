//! A cursor opens to its position in its own list, and nothing else opens.

#![no_main]

use latchkey_fuzz::settings;
use libfuzzer_sys::fuzz_target;
use shared::Seal;
use std::sync::LazyLock;

static SEAL: LazyLock<Seal> = LazyLock::new(|| Seal::new(&settings()));

fuzz_target!(|input: (&str, &str, u16, u8)| {
    let (list, place, at, flip) = input;
    let cursor = SEAL.seal(list, place).unwrap();
    assert_eq!(SEAL.open(list, &cursor).unwrap(), place);
    assert!(SEAL.open(&format!("{list} "), &cursor).is_none());

    // The boundary between list and place is sealed as well.
    if let Some(first) = place.chars().next() {
        let (longer, rest) = (format!("{list}{first}"), &place[first.len_utf8()..]);
        let moved = SEAL.seal(&longer, rest).unwrap();
        assert!(SEAL.open(list, &moved).is_none());
    }

    // Nothing that a caller writes opens.
    assert!(SEAL.open(list, place).is_none());
    let mut spoilt = cursor.into_bytes();
    let at = usize::from(at) % spoilt.len();
    spoilt[at] ^= flip;
    if let Ok(spoilt) = str::from_utf8(&spoilt) {
        assert_eq!(SEAL.open(list, spoilt).is_some(), flip == 0);
    }
});
