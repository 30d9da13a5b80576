//! Text that users chose, for a terminal.

use shared::account::is_hidden;

/// Control characters would act on the terminal, and direction marks turn what follows them.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|character| {
            if is_hidden(character) {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(
            visible("a\x1b[31m\u{202E}é\u{7F}"),
            "a\u{FFFD}[31m\u{FFFD}é\u{FFFD}"
        );
    }
}
