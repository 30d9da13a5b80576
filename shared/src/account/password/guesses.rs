//! How many guesses does a password withstand, and which of its parts make it weak?
//!
//! A password is divided into patterns that attackers know, and single characters between them. The
//! cheapest division counts, as in zxcvbn
//! (<https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler>).

use std::cell::OnceCell;

use super::{
    patterns::{Kind, Pattern, patterns_at},
    personal_words::PersonalWords,
};

/// A password has to withstand more. Throttled guessing over the network does not get this far, and as many hashes of
/// 20 ms, which a thief of the table needs for each account, take two days of a core.
const TOO_FEW: u64 = 10_000_000;
/// That a part is repeated at all has to be guessed as well.
const REPETITION_GUESSES: u64 = 6;
/// Longer blocks are no short ones that are repeated to reach a length.
const MAX_BLOCK: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Character,
    Repeated,
    Pattern(Kind),
}

/// The parts of the cheapest division, or `None` if the password withstands enough guesses.
/// Expects a caseless form.
pub(super) fn weak_parts(text: &[char], personal: &PersonalWords) -> Option<Vec<Part>> {
    let patterns = Patterns {
        text,
        personal,
        found: vec![OnceCell::new(); text.len()],
    };
    alphabets(text)
        .filter_map(|alphabet| divide(&patterns, 0, text.len(), alphabet, true))
        .min_by_key(|(guesses, _)| *guesses)
        .map(|(_, parts)| parts)
}

/// The patterns by the place where they begin, each looked for once.
struct Patterns<'a> {
    text: &'a [char],
    personal: &'a PersonalWords,
    found: Vec<OnceCell<Vec<Pattern>>>,
}

impl Patterns<'_> {
    fn at(&self, place: usize) -> &[Pattern] {
        let Some(found) = self.found.get(place) else {
            return &[];
        };
        found.get_or_init(|| {
            let rest = self.text.get(place..).unwrap_or_default();
            patterns_at(rest, self.personal)
        })
    }
}

/// The cheapest way to a place in the text.
#[derive(Clone, Copy)]
struct Step {
    guesses: u64,
    from: usize,
    part: Part,
}

/// Divides a stretch of the text. `None` if every division needs enough guesses.
fn divide(
    patterns: &Patterns,
    begin: usize,
    end: usize,
    alphabet: Alphabet,
    with_blocks: bool,
) -> Option<(u64, Vec<Part>)> {
    let mut best: Vec<Option<Step>> = vec![None; end - begin + 1];
    let reach = |from: usize, to: usize, guesses: u64, part: Part, best: &mut Vec<Option<Step>>| {
        if let Some(step) = best.get_mut(to - begin)
            && step.map_or(guesses <= TOO_FEW, |step| guesses < step.guesses)
        {
            *step = Some(Step {
                guesses,
                from,
                part,
            });
        }
    };
    for place in begin..end {
        let so_far = match best.get(place - begin).copied().flatten() {
            _ if place == begin => 1,
            Some(step) => step.guesses,
            None => continue,
        };
        if let Some(size) = patterns
            .text
            .get(place)
            .and_then(|character| alphabet.size_for(*character))
        {
            let guesses = so_far.saturating_mul(size);
            reach(place, place + 1, guesses, Part::Character, &mut best);
        }
        for pattern in patterns.at(place) {
            let guesses = so_far.saturating_mul(pattern.guesses);
            let to = place + pattern.length;
            if to <= end {
                reach(place, to, guesses, Part::Pattern(pattern.kind), &mut best);
            }
        }
        if with_blocks {
            for (length, extent) in blocks_at(&patterns.text[place..end]) {
                let block = divide(patterns, place, place + length, alphabet, false);
                let Some((block, parts)) = block else {
                    continue;
                };
                // A word remains a word when it is repeated.
                let part = match *parts {
                    [Part::Pattern(kind)] => Part::Pattern(kind),
                    _ => Part::Repeated,
                };
                for extent in 2 * length..=extent {
                    let times = REPETITION_GUESSES * extent.div_ceil(length) as u64;
                    let guesses = so_far.saturating_mul(block).saturating_mul(times);
                    let to = place + extent;
                    reach(place, to, guesses, part, &mut best);
                }
            }
        }
    }
    let last = best.last().copied().flatten()?;
    let mut parts = Vec::new();
    let mut place = end;
    while place > begin {
        let step = best.get(place - begin).copied().flatten()?;
        parts.push(step.part);
        place = step.from;
    }
    Some((last.guesses, parts))
}

/// Short blocks that the text begins with more than once: their length, and how far they repeat, the
/// last time perhaps in part.
fn blocks_at(text: &[char]) -> impl Iterator<Item = (usize, usize)> + '_ {
    (1..=MAX_BLOCK.min(text.len() / 2)).filter_map(|length| {
        let first = text.get(..length)?;
        let repeated = text.iter().zip(text.iter().skip(length));
        let extent = length + repeated.take_while(|(one, other)| one == other).count();
        // Two equal letters or digits are no pattern: they stand in many words and random strings.
        let is_pair = extent == 2 && first.iter().all(|c| c.is_alphanumeric());
        let is_block = extent >= 2 * length && !is_pair && !is_repetition(first);
        is_block.then_some((length, extent))
    })
}

fn is_repetition(block: &[char]) -> bool {
    (1..=block.len() / 2).any(|length| {
        block.len().is_multiple_of(length)
            && block
                .chunks_exact(length)
                .all(|part| part == &block[..length])
    })
}

/// The classes of characters that an attacker tries between the patterns.
#[derive(Clone, Copy)]
struct Alphabet(u8);

const CLASSES: u8 = 4;
const SIZES: [u64; CLASSES as usize] = [10, 10, 26, 50];
const LETTERS: u8 = 0b1100;

impl Alphabet {
    /// How many characters there are to try, if the alphabet holds this one.
    ///
    /// Digits and signs are tried apart, for they decorate words in known ways ("99!"). Once letters are
    /// among them it is a random string, of which each character can be any.
    fn size_for(self, character: char) -> Option<u64> {
        let class = class(character);
        let holds = |class: u8| self.0 & (1 << class) != 0;
        let is_tried = |other: u8| holds(other) && (other == class || self.0 & LETTERS != 0);
        holds(class).then(|| {
            (0..CLASSES)
                .zip(SIZES)
                .filter(|(other, _)| is_tried(*other))
                .map(|(_, size)| size)
                .sum()
        })
    }
}

/// Signs have few favourites. Case adds nothing, since the text is caseless.
fn class(character: char) -> u8 {
    match character {
        '0'..='9' => 0,
        'a'..='z' => 2,
        character if character.is_ascii() => 1,
        _ => 3,
    }
}

/// All unions of the classes that stand in the text, the empty one as well: all may be patterns.
fn alphabets(text: &[char]) -> impl Iterator<Item = Alphabet> {
    let all = text
        .iter()
        .fold(0, |classes, character| classes | 1 << class(*character));
    (0..1 << CLASSES)
        .filter(move |classes| classes & !all == 0)
        .map(Alphabet)
}
