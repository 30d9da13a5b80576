//! The time, as a value that tests can replace.

use std::{fmt, ops::RangeInclusive, sync::Arc, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The years 0000 to 9999 in UTC. A time with an offset can be read that lies outside of them.
const WRITABLE_MILLIS: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// A point in time, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// Zero if the other time has passed.
    #[must_use]
    pub fn duration_until(self, other: Self) -> Duration {
        let millis = other.0.saturating_sub(self.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    }

    /// Whole seconds since 1970, as tokens and DynamoDB's TTL count them.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// RFC 3339 in UTC with exactly three fraction digits: the Better Auth client misreads any other
/// precision.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_text().ok_or(fmt::Error)?;
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl Timestamp {
    /// Digit by digit: a page of tasks has two hundred timestamps, and `write!` with seven numbers
    /// takes twenty times as long.
    fn to_text(self) -> Option<[u8; 24]> {
        let moment = OffsetDateTime::from_unix_timestamp(self.seconds()).ok()?;
        let millis = self.0.rem_euclid(1000);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (places, mut number) in [
            (0..4, u16::try_from(moment.year()).ok()?),
            (5..7, u8::from(moment.month()).into()),
            (8..10, moment.day().into()),
            (11..13, moment.hour().into()),
            (14..16, moment.minute().into()),
            (17..19, moment.second().into()),
            (20..23, u16::try_from(millis).ok()?),
        ] {
            for place in places.rev() {
                text[place] += u8::try_from(number % 10).ok()?;
                number /= 10;
            }
        }
        Some(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = OffsetDateTime::parse(&text, &Rfc3339)
            .map_err(|_| de::Error::custom("not an RFC 3339 time"))?;
        let millis = moment.unix_timestamp() * 1000 + i64::from(moment.millisecond());
        if WRITABLE_MILLIS.contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(de::Error::custom("a time out of range"))
        }
    }
}

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that asks the operating system"
            )]
            let now = OffsetDateTime::now_utc();
            let millis = now.unix_timestamp() * 1000 + i64::from(now.millisecond());
            Timestamp::from_millis(millis)
        })
    }

    #[must_use]
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<Timestamp> {
        serde_json::from_value(text.into()).ok()
    }

    #[test]
    fn a_timestamp_has_exactly_three_fraction_digits_and_a_z() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_175_999_120, "2026-11-20T11:59:59.120Z"),
        ] {
            assert_eq!(Timestamp::from_millis(millis).to_string(), text);
        }
    }

    #[test]
    fn a_timestamp_is_read_back_as_it_was_written() {
        let written = Timestamp::from_millis(1_795_175_999_120);
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), written);
    }

    #[test]
    fn seconds_before_1970_round_down() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }

    proptest! {
        #[test]
        fn a_written_timestamp_has_one_format_and_is_read_back(millis in WRITABLE_MILLIS) {
            let text = Timestamp::from_millis(millis).to_string();
            for (place, byte) in text.bytes().enumerate() {
                match place {
                    4 | 7 => prop_assert_eq!(byte, b'-'),
                    10 => prop_assert_eq!(byte, b'T'),
                    13 | 16 => prop_assert_eq!(byte, b':'),
                    19 => prop_assert_eq!(byte, b'.'),
                    23 => prop_assert_eq!(byte, b'Z'),
                    _ => prop_assert!(byte.is_ascii_digit()),
                }
            }
            prop_assert_eq!(text.len(), 24);
            prop_assert_eq!(read(&text), Some(Timestamp::from_millis(millis)));
        }

        #[test]
        fn texts_sort_as_timestamps_do(one in WRITABLE_MILLIS, other in WRITABLE_MILLIS) {
            let [one, other] = [one, other].map(Timestamp::from_millis);
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn seconds_round_down(millis in any::<i64>()) {
            let seconds = Timestamp::from_millis(millis).seconds();
            let rest = i128::from(millis) - i128::from(seconds) * 1000;
            prop_assert!((0..1000).contains(&rest));
        }

        #[test]
        fn every_timestamp_that_is_read_can_be_written(
            text in "(0000|9999|[0-9]{4})-(01-01|12-31)T(00|23):(00|59):(00|59)(\\.[0-9]{1,9})?(Z|[+-](00|23):(00|59))",
        ) {
            if let Some(moment) = read(&text) {
                prop_assert_eq!(read(&moment.to_string()), Some(moment));
            }
        }
    }
}
