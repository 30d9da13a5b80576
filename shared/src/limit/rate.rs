//! A rate: a number of calls in each window of time.

use crate::Timestamp;

/// Windows are fixed and the same for everybody. So one request can count without reading first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Part of the counter's key.
    pub what: &'static str,
    pub most: i64,
    pub seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub number: i64,
    pub ends_at: Timestamp,
}

impl Rate {
    #[must_use]
    pub fn tenfold(&self) -> Self {
        Self {
            most: self.most.saturating_mul(10),
            ..*self
        }
    }

    #[must_use]
    pub fn window(&self, now: Timestamp) -> Window {
        let number = now.seconds().div_euclid(self.seconds);
        Window {
            number,
            ends_at: Timestamp::from_seconds((number + 1) * self.seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PER_MINUTE: Rate = Rate {
        what: "TEST",
        most: 10,
        seconds: 60,
    };

    #[test]
    fn a_window_ends_when_the_next_one_begins() {
        let window = PER_MINUTE.window(Timestamp::from_millis(119_999));
        assert_eq!(window.number, 1);
        assert_eq!(window.ends_at, Timestamp::from_seconds(120));
        assert_eq!(PER_MINUTE.window(window.ends_at).number, 2);
    }

    proptest! {
        #[test]
        fn a_moment_lies_within_its_window(millis in 0_i64..4_000_000_000_000, seconds in 1_i64..4_000) {
            let rate = Rate { seconds, ..PER_MINUTE };
            let now = Timestamp::from_millis(millis);
            let left = rate.window(now).ends_at.millis() - millis;
            prop_assert!((1..=seconds * 1000).contains(&left));
        }
    }
}
