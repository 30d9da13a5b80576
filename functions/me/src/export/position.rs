//! Where an export goes on: behind a key, in one of its sections.

use serde::{Deserialize, Serialize};
use shared::{App, Error};
use uuid::Uuid;

/// The parts behind the account, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Section {
    Sessions,
    Log,
    Tasks,
}

impl Section {
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::Sessions => Some(Self::Log),
            Self::Log => Some(Self::Tasks),
            Self::Tasks => None,
        }
    }
}

/// The item that it names may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub(super) section: Section,
    /// The id of the last item of the section that was seen.
    pub(super) after: Option<String>,
}

impl Position {
    pub(super) fn start_of(section: Section) -> Self {
        Self {
            section,
            after: None,
        }
    }

    /// The cursor of this position, for this user alone.
    pub(crate) fn seal(&self, app: &App, user_id: Uuid) -> Result<String, Error> {
        app.seal.seal(&purpose(user_id), &self.to_text())
    }

    pub(crate) fn open(cursor: &str, app: &App, user_id: Uuid) -> Result<Self, Error> {
        let text = app.seal.open(&purpose(user_id), cursor);
        Self::parse(&text.ok_or(Error::InvalidCursor)?)
    }

    fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|_| Error::InvalidCursor)
    }

    fn to_text(&self) -> String {
        // Serializing a name and a string cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn purpose(user_id: Uuid) -> String {
    format!("export {user_id}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position() -> impl Strategy<Value = Position> {
        let section =
            proptest::sample::select(vec![Section::Sessions, Section::Log, Section::Tasks]);
        (section, proptest::option::of(any::<String>()))
            .prop_map(|(section, after)| Position { section, after })
    }

    proptest! {
        #[test]
        fn a_position_survives_a_round_trip(position in position()) {
            prop_assert_eq!(Position::parse(&position.to_text()).unwrap(), position);
        }

        #[test]
        fn any_other_text_is_an_invalid_cursor(text in any::<String>()) {
            prop_assert!(matches!(Position::parse(&text), Err(Error::InvalidCursor)));
        }

        #[test]
        fn a_changed_position_is_one_or_an_invalid_cursor(
            position in position(),
            at in any::<proptest::sample::Index>(),
            other in any::<char>(),
        ) {
            let mut text: Vec<char> = position.to_text().chars().collect();
            let at = at.index(text.len());
            text[at] = other;
            let text: String = text.into_iter().collect();
            match Position::parse(&text) {
                Ok(read) => prop_assert_eq!(Position::parse(&read.to_text()).unwrap(), read),
                Err(error) => prop_assert!(matches!(error, Error::InvalidCursor)),
            }
        }
    }
}
