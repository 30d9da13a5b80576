//! The lock-out: after some failures, each further attempt has to wait.

use crate::Timestamp;

/// The waits are 1, 2, 4 … 512 seconds, and then always this one.
const LONGEST_WAIT_SECONDS: i64 = 900;
const DOUBLINGS: i64 = 10;

/// Failures are forgotten so long after the last attempt.
pub const FORGOTTEN_AFTER_SECONDS: i64 = 24 * 60 * 60;

/// Allows an attempt after at most so many failures, the last of them not after `last_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// None allows any number.
    pub failures: Option<i64>,
    /// None allows any time.
    pub last_by: Option<Timestamp>,
}

/// The wait after so many failures. The first of `free` failures have none.
#[must_use]
pub fn seconds_to_wait(failures: i64, free: i64) -> i64 {
    match failures - free {
        ..0 => 0,
        beyond @ 0..DOUBLINGS => 1 << beyond,
        _ => LONGEST_WAIT_SECONDS,
    }
}

/// The rule as alternatives, one of which must hold. The store can check them in one condition
/// without reading the count first.
#[must_use]
pub fn thresholds(free: i64, now: Timestamp) -> Vec<Threshold> {
    let ago = |seconds: i64| Some(Timestamp::from_millis(now.millis() - seconds * 1000));
    let without_wait = Threshold {
        failures: Some(free - 1),
        last_by: None,
    };
    let doubling = (free..free + DOUBLINGS).map(|failures| Threshold {
        failures: Some(failures),
        last_by: ago(seconds_to_wait(failures, free)),
    });
    let longest = Threshold {
        failures: None,
        last_by: ago(LONGEST_WAIT_SECONDS),
    };
    std::iter::once(without_wait)
        .chain(doubling)
        .chain([longest])
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_wait_doubles_from_one_second_to_fifteen_minutes() {
        let waits: Vec<i64> = (3..18)
            .map(|failures| seconds_to_wait(failures, 5))
            .collect();
        let expected = [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900];
        assert_eq!(waits, expected);
    }

    fn allows(free: i64, failures: i64, seconds_since: i64) -> bool {
        let now = Timestamp::from_seconds(1_800_000_000);
        let last = Timestamp::from_seconds(now.seconds() - seconds_since);
        thresholds(free, now).iter().any(|threshold| {
            threshold.failures.is_none_or(|most| failures <= most)
                && threshold.last_by.is_none_or(|by| last <= by)
        })
    }

    proptest! {
        #[test]
        fn the_alternatives_agree_with_the_wait(
            free in 1_i64..40, failures in 0_i64..60, since in 0_i64..1_000
        ) {
            let waited = since >= seconds_to_wait(failures, free);
            prop_assert_eq!(allows(free, failures, since), waited);
        }

        #[test]
        fn an_attempt_is_allowed_exactly_at_the_end_of_the_wait(free in 1_i64..1_000_000, beyond in 0_i64..30) {
            let wait = seconds_to_wait(free + beyond, free);
            prop_assert!(allows(free, free + beyond, wait));
            prop_assert!(!allows(free, free + beyond, wait - 1));
        }
    }
}
