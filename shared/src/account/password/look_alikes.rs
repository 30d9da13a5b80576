//! The letters that a character may stand for.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Letters of other scripts that look like a Latin one, from the table of confusable characters of UTS 39
/// (<https://www.unicode.org/reports/tr39/#Confusable_Detection>). The crate with the whole table would add
/// 300 KiB to a binary, with a relocation for each entry at every start.
const CONFUSABLES: [(char, &str); 24] = [
    ('a', "аαɑ"),
    ('b', "ьƅ"),
    ('c', "сϲ"),
    ('d', "ԁđ"),
    ('e', "еҽ"),
    ('f', "ք"),
    ('g', "ɡց"),
    ('h', "һհħ"),
    ('i', "іιı"),
    ('j', "јϳ"),
    ('k', "кκ"),
    ('l', "ӏłǀ"),
    ('n', "ոпη"),
    ('o', "оοσօø"),
    ('p', "рρ"),
    ('q', "ԛզ"),
    ('r', "г"),
    ('s', "ѕ"),
    ('t', "тτŧ"),
    ('u', "υս"),
    ('v', "ѵν"),
    ('w', "ԝшω"),
    ('x', "хχ"),
    ('y', "уγ"),
];

/// Expects a character of a caseless form. Yields the character itself last.
///
/// Signs and digits stand for the letters that they look like ("p@ssw0rd"), marked letters and letters
/// of other scripts for the plain ones.
pub(super) fn readings(character: char) -> Vec<char> {
    let mut readings: Vec<char> = match character {
        '@' | '4' => vec!['a'],
        '8' => vec!['b'],
        '(' => vec!['c'],
        '3' => vec!['e'],
        '6' | '9' => vec!['g'],
        '!' | '1' | '|' => vec!['i', 'l'],
        '0' => vec!['o'],
        '$' | '5' => vec!['s'],
        '+' | '7' => vec!['t'],
        '2' => vec!['z'],
        character if character.is_ascii() => vec![],
        character => plain_letter(character).into_iter().collect(),
    };
    readings.push(character);
    readings
}

/// The one ASCII letter that a character without its marks looks like.
fn plain_letter(character: char) -> Option<char> {
    let mut bare = character.nfd().filter(|c| !is_combining_mark(*c));
    let (Some(letter), None) = (bare.next(), bare.next()) else {
        return None;
    };
    if letter.is_ascii_alphanumeric() {
        return Some(letter);
    }
    let mut confusables = CONFUSABLES.iter();
    confusables
        .find(|(_, others)| others.contains(letter))
        .map(|(plain, _)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_read_as_letters_and_as_themselves() {
        for (character, expected) in [
            ('a', "a"),
            ('@', "a@"),
            ('1', "il1"),
            ('а', "aа"),
            ('ѕ', "sѕ"),
            ('ä', "aä"),
            ('ο', "oο"),
            ('ж', "ж"),
            ('山', "山"),
            ('🦊', "🦊"),
            ('-', "-"),
        ] {
            assert_eq!(readings(character), expected.chars().collect::<Vec<_>>());
        }
    }
}
