//! Which characters can a reader not see, or be misled by?

/// Control, format and default-ignorable characters, line separators, and blanks that look empty.
///
/// The ranges are Unicode's categories Cc, Cf, Zl and Zp and its property
/// `Default_Ignorable_Code_Point`, which the standard library does not offer.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{0600}'..='\u{0605}'
                | '\u{061C}'
                | '\u{06DD}'
                | '\u{070F}'
                | '\u{0890}'..='\u{0891}'
                | '\u{08E2}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFC}'
                | '\u{110BD}'
                | '\u{110CD}'
                | '\u{13430}'..='\u{1343F}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Characters that break the line or turn the writing direction of what follows them.
pub(super) fn disturbs_layout(character: char) -> bool {
    matches!(
        character,
        '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_hidden() {
        for character in "\0\t\n\u{7F}\u{85}\u{AD}\u{200B}\u{200D}\u{200F}\u{202E}\u{2028}\u{2066}\
                          \u{3164}\u{FE0F}\u{FEFF}\u{E0001}\u{E0041}"
            .chars()
        {
            assert!(is_hidden(character), "{character:?}");
        }
    }

    #[test]
    fn what_shows_something_is_not() {
        for character in "a é ß ж 中 ا 🦊 \u{301}'-.".chars() {
            assert!(!is_hidden(character), "{character:?}");
        }
    }

    #[test]
    fn all_that_disturbs_the_layout_is_hidden() {
        let disturbing: Vec<char> = ('\0'..=char::MAX).filter(|c| disturbs_layout(*c)).collect();
        assert_eq!(disturbing.len(), 11);
        assert!(disturbing.into_iter().all(is_hidden));
    }

    #[test]
    fn no_letter_or_digit_is_hidden_but_the_fillers() {
        let hidden: Vec<char> = ('\0'..=char::MAX)
            .filter(|c| c.is_alphanumeric() && is_hidden(*c))
            .collect();
        assert_eq!(hidden, ['\u{115F}', '\u{1160}', '\u{3164}', '\u{FFA0}']);
    }
}
