//! Which parts of a password can be guessed as a whole?

use super::{
    look_alikes::readings,
    personal_words::PersonalWords,
    runs::{Run, run_at},
    words::{Frequency, Prefix},
};

const SERVICE_NAME: &str = "latchkey";
const MIN_LENGTH: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Personal,
    ServiceName,
    Word,
    Run,
    Year,
}

/// A part of a password that begins at a given place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    pub kind: Kind,
    /// In characters.
    pub length: usize,
    /// How many guesses it takes on average, if the attacker knows its kind.
    pub guesses: u64,
}

/// A few dozen words belong to one user.
const PERSONAL_GUESSES: u64 = 10;
/// A little less than half of the frequent entries of the list.
const FREQUENT_GUESSES: u64 = 2_000;
/// Far less than half of all entries, since attackers try them in the order of their frequency.
const LISTED_GUESSES: u64 = 10_000;
/// A character may be replaced by its look-alike or not.
const GUESSES_PER_LOOK_ALIKE: u64 = 2;
/// "123", "987": a few places to start from, and a few lengths.
const COUNT_GUESSES: u64 = 20;
/// Any key to start from, and a few layouts and directions.
const RUN_GUESSES: u64 = 200;
/// Most years in passwords are recent ones.
const YEAR_GUESSES: u64 = 50;

/// All patterns that begin where `rest` begins. Expects a caseless form.
pub(super) fn patterns_at(rest: &[char], personal: &PersonalWords) -> Vec<Pattern> {
    let mut found = Vec::new();
    for word in personal.parts() {
        add_own_word(rest, word, Kind::Personal, &mut found);
    }
    add_own_word(rest, SERVICE_NAME, Kind::ServiceName, &mut found);
    add_listed_words(rest, Prefix::EMPTY, 0, 0, &mut found);
    add_runs(rest, &mut found);
    found.extend(year(rest));
    found
}

fn add_own_word(rest: &[char], word: &str, kind: Kind, found: &mut Vec<Pattern>) {
    let mut length = 0;
    let mut guesses = PERSONAL_GUESSES;
    for letter in word.chars() {
        match rest.get(length) {
            Some(character) if *character == letter => {}
            Some(character) if readings(*character).contains(&letter) => {
                guesses *= GUESSES_PER_LOOK_ALIKE;
            }
            _ => return,
        }
        length += 1;
    }
    found.push(Pattern {
        kind,
        length,
        guesses,
    });
}

/// Follows every reading of each character for as long as an entry of the list begins like it.
fn add_listed_words(
    rest: &[char],
    prefix: Prefix,
    length: usize,
    replaced: usize,
    found: &mut Vec<Pattern>,
) {
    // With more look-alikes than letters it is no longer the word that is remembered.
    if length >= MIN_LENGTH
        && replaced * 2 <= length
        && let Some(frequency) = prefix.entry()
    {
        let guesses = match frequency {
            Frequency::High => FREQUENT_GUESSES,
            Frequency::Low => LISTED_GUESSES,
        };
        found.push(Pattern {
            kind: Kind::Word,
            length,
            guesses: guesses.saturating_mul(replacements(replaced)),
        });
    }
    let Some(character) = rest.get(length) else {
        return;
    };
    for reading in readings(*character) {
        let replaced = replaced + usize::from(reading != *character);
        if replaced > MAX_REPLACED {
            continue;
        }
        if let Some(longer) = prefix.then(reading) {
            add_listed_words(rest, longer, length + 1, replaced, found);
        }
    }
}

/// Keeps the number of readings small; "p455w0rd" has four.
const MAX_REPLACED: usize = 5;

fn replacements(replaced: usize) -> u64 {
    (0..replaced).fold(1, |guesses: u64, _| {
        guesses.saturating_mul(GUESSES_PER_LOOK_ALIKE)
    })
}

fn add_runs(rest: &[char], found: &mut Vec<Pattern>) {
    let Run { length, counts } = run_at(rest);
    let guesses = if counts { COUNT_GUESSES } else { RUN_GUESSES };
    found.extend((MIN_LENGTH..=length).map(|length| Pattern {
        kind: Kind::Run,
        length,
        guesses,
    }));
}

fn year(rest: &[char]) -> Option<Pattern> {
    let is_year = match rest {
        ['1', '9', decade, year, ..] => decade.is_ascii_digit() && year.is_ascii_digit(),
        ['2', '0', '0'..='4', year, ..] => year.is_ascii_digit(),
        _ => false,
    };
    is_year.then_some(Pattern {
        kind: Kind::Year,
        length: 4,
        guesses: YEAR_GUESSES,
    })
}
