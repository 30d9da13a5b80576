//! Which letters may a character stand for?

use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

/// Expects a character of a caseless form. Yields the character itself last.
///
/// Signs and digits stand for the letters that they look like ("p@ssw0rd"), letters of other scripts
/// and marked letters for the plain ones: their skeleton, as UTS 39 calls it
/// (<https://www.unicode.org/reports/tr39/#Confusable_Detection>).
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

/// The one ASCII letter or digit that a character without its marks looks like.
fn plain_letter(character: char) -> Option<char> {
    let mut utf8 = [0; 4];
    let mut bare = skeleton(character.encode_utf8(&mut utf8)).filter(|c| !is_combining_mark(*c));
    match (bare.next(), bare.next()) {
        (Some(plain), None) if plain.is_ascii_alphanumeric() => Some(plain.to_ascii_lowercase()),
        _ => None,
    }
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
