//! Why a new password is refused, and what to do instead.

/// The rule that a new password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    TooShort {
        min: usize,
    },
    TooLong {
        max: usize,
    },
    Common,
    /// Common words, names, years and runs with too little beside them.
    Guessable,
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
            Self::TooLong { .. } => "too_long",
            Self::Common => "common",
            Self::Guessable => "guessable",
            Self::Personal => "personal",
            Self::ServiceName => "service_name",
            Self::Repeated => "repeated",
            Self::Run => "run",
        }
    }

    /// A sentence for the person: the problem, and how to do better.
    #[must_use]
    pub fn advice(self) -> String {
        let advice = match self {
            Self::TooShort { min } => {
                return format!(
                    "The password is too short. Use at least {min} characters; several unrelated \
                     words are easy to remember."
                );
            }
            Self::TooLong { max } => {
                return format!("The password is too long. Use at most {max} characters.");
            }
            Self::Common => {
                "This password is among those that attackers try first. Use several unrelated \
                 words instead."
            }
            Self::Guessable => {
                "The password is a common word or name with little added, such as digits, a year \
                 or signs. Use several unrelated words instead."
            }
            Self::Personal => {
                "The password is your own e-mail address, username or name, with little or nothing \
                 added. Use words that have nothing to do with you."
            }
            Self::ServiceName => {
                "The password is the name of this service, with little or nothing added. Use several unrelated words instead."
            }
            Self::Repeated => {
                "The password repeats one character or a short part. Use several unrelated words \
                 instead."
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
    use super::Weakness::{
        Common, Guessable, Personal, Repeated, Run, ServiceName, TooLong, TooShort,
    };

    #[test]
    fn every_rule_has_its_name_and_its_advice() {
        let all = [
            TooShort { min: 8 },
            TooLong { max: 100 },
            Common,
            Guessable,
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
