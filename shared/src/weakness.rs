//! The rules that a weak password breaks, with advice for the person who chose it.

/// The reason why a password would be guessed soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    TooShort { min: usize },
    TooLong,
    Common,
    Personal,
    ServiceName,
    Repeated,
    Run,
}

impl Weakness {
    /// A stable name for clients.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "common",
            Self::Personal => "personal",
            Self::ServiceName => "service_name",
            Self::Repeated => "repeated",
            Self::Run => "run",
        }
    }

    /// What is wrong, and how to do better.
    #[must_use]
    pub fn advice(self) -> String {
        let advice = match self {
            Self::TooShort { min } => {
                return format!(
                    "The password is too short. Use at least {min} characters; several unrelated \
                     words are easy to remember."
                );
            }
            Self::TooLong => "The password is too long. Use at most 100 characters.",
            Self::Common => {
                "This password is among those that attackers try first. Use several unrelated \
                 words instead."
            }
            Self::Personal => {
                "The password is your own e-mail address, username or name. Use words that have \
                 nothing to do with you."
            }
            Self::ServiceName => {
                "The password is the name of this service. Use several unrelated words instead."
            }
            Self::Repeated => {
                "The password is one character repeated. Use several unrelated words instead."
            }
            Self::Run => {
                "The password is a run of neighbouring letters, digits or keys. Use several \
                 unrelated words instead."
            }
        };
        advice.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Weakness::{Common, Personal, Repeated, Run, ServiceName, TooShort};

    #[test]
    fn every_rule_has_its_name_and_its_advice() {
        let all = [
            TooShort { min: 8 },
            Common,
            Personal,
            ServiceName,
            Repeated,
            Run,
        ];
        for (at, weakness) in all.iter().enumerate() {
            assert!(weakness.advice().ends_with('.') && weakness.advice().contains(" Use "));
            for other in &all[..at] {
                assert_ne!(weakness.rule(), other.rule());
                assert_ne!(weakness.advice(), other.advice());
            }
        }
    }
}
