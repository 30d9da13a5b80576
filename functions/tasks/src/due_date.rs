//! Due dates: kept as given, compared as instants.

use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time, format_description::well_known::Rfc3339,
};

/// Of a date-time with as many digits of a second as anybody has: what is kept as given is bounded.
const MOST_BYTES: usize = 64;

const WRONG: &str =
    "Give an RFC 3339 date, such as 2026-12-31, or date-time, such as 2026-12-31T18:00:00+01:00.";
/// Before all instants that can be written, so that every key is a positive number of one length.
const BEFORE_ALL: i128 = -100_000_000_000_000_000_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DueDate {
    given: String,
    instant: Instant,
}

/// Nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(i128);

impl DueDate {
    /// A bare date is the start of that day in UTC.
    pub(crate) fn parse(given: &str) -> Result<Self, &'static str> {
        // The parser takes anything at all between date and time.
        let is_joined = matches!(given.as_bytes().get(10), None | Some(b'T' | b't' | b' '));
        if given.len() > MOST_BYTES || !is_joined {
            return Err(WRONG);
        }
        let instant = match date(given) {
            Some(date) => PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc(),
            None => OffsetDateTime::parse(given, &Rfc3339).map_err(|_| WRONG)?,
        };
        Ok(Self {
            given: given.to_owned(),
            instant: Instant(instant.unix_timestamp_nanos()),
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.given
    }

    pub(crate) fn instant(&self) -> Instant {
        self.instant
    }
}

impl Instant {
    /// Digits that sort as instants do.
    pub(crate) fn sortable(self) -> String {
        format!("{:022}", self.0 - BEFORE_ALL)
    }
}

/// `YYYY-MM-DD` and nothing else.
fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_shaped {
        return None;
    }
    let year = text.get(..4)?.parse().ok()?;
    let month = text.get(5..7)?.parse::<u8>().ok()?.try_into().ok()?;
    Date::from_calendar_date(year, month, text.get(8..)?.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_kept_as_given_and_compared_as_instants() {
        let mut last = None;
        for given in [
            "0000-01-01",
            "0000-01-01T00:00:00.000000001Z",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01",
            "2024-02-29",
            "2026-06-30T23:59:59Z",
            "2026-07-01T00:30:00.5+00:00",
            "2026-07-01T00:00:00-01:00",
            "9999-12-31",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            let due = DueDate::parse(given).unwrap();
            assert_eq!(due.as_str(), given);
            assert_eq!(due.instant().sortable().len(), 22, "{given}");
            let now = Some((due.instant(), due.instant().sortable()));
            assert!(now > last, "{given}");
            last = now;
        }
        let leap = DueDate::parse("2016-12-31T23:59:60Z").unwrap();
        assert!(leap.instant() > DueDate::parse("2016-12-31T23:59:59Z").unwrap().instant());
        assert!(leap.instant() < DueDate::parse("2017-01-01").unwrap().instant());
        let same = [
            "2026-07-01",
            "2026-07-01T00:00:00Z",
            "2026-07-01T05:30:00+05:30",
        ];
        let keys = same.map(|given| DueDate::parse(given).unwrap().instant().sortable());
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for given in [
            "",
            "tomorrow",
            "2026",
            "2026-13-01",
            "2026-00-10",
            "2026-02-29",
            "2026-02-30",
            "2026-1-1",
            "26-01-01",
            "2026/01/01",
            "2026-01-01T",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T12:00:60Z",
            "2026-01-01T00:00:00+25:00",
            "10000-01-01",
            "-001-01-01",
            " 2026-01-01",
            "2026-01-01 ",
            "2026-01-01T00:00:00Z\n",
            "２０２６-01-01",
        ] {
            assert!(DueDate::parse(given).is_err(), "{given:?}");
        }
    }

    /// The grammar of section 5.6, said once more.
    fn is_rfc_3339(text: &str) -> bool {
        let digits = |text: &str, count| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_date = |text: &str| {
            let parts: Vec<&str> = text.split('-').collect();
            matches!(*parts, [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2))
        };
        let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
            return is_date(text);
        };
        let Some(clock_end) = time.find(['Z', 'z', '+', '-']) else {
            return false;
        };
        let (clock, offset) = time.split_at(clock_end);
        let is_offset = match offset
            .strip_prefix(['+', '-'])
            .map(|zone| zone.split_once(':'))
        {
            Some(Some((h, m))) => digits(h, 2) && digits(m, 2) && h < "24" && m < "60",
            Some(None) => false,
            None => matches!(offset, "Z" | "z"),
        };
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let parts: Vec<&str> = clock.split(':').collect();
        let is_clock = matches!(*parts, [h, m, s] if [h, m, s].iter().all(|part| digits(part, 2))
            && h < "24" && m < "60" && s <= "60");
        is_date(date) && is_clock && is_offset && digits(fraction, fraction.len().max(1))
    }

    proptest! {
        #[test]
        fn any_text_is_answered(given in any::<String>()) {
            let _ = DueDate::parse(&given);
        }

        #[test]
        fn anything_like_a_date_is_answered(
            given in "[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,12})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?",
        ) {
            if let Ok(due) = DueDate::parse(&given) {
                prop_assert_eq!(due.instant().sortable().len(), 22);
            }
        }

        #[test]
        fn what_is_accepted_is_written_as_rfc_3339_says(
            given in "[0-9]{4}[-/]?[01][0-9]-?[0-3][0-9]([Tt _x][0-2][0-9]:?[0-5][0-9](:[0-6][0-9])?([.,][0-9]{0,40})?([Zz]|[+-][0-2][0-9]:?[0-5][0-9])?)?",
        ) {
            if DueDate::parse(&given).is_ok() {
                prop_assert!(is_rfc_3339(&given), "{}", given);
                prop_assert!(given.len() <= 64);
            }
        }

        #[test]
        fn every_day_is_accepted_and_is_its_first_moment(
            (year, month, day) in (0..=9999_i32, 1..=12_u8, 1..=28_u8),
        ) {
            let date = format!("{year:04}-{month:02}-{day:02}");
            let day = DueDate::parse(&date).unwrap();
            let moment = DueDate::parse(&format!("{date}T00:00:00Z")).unwrap();
            prop_assert_eq!(day.instant(), moment.instant());
            prop_assert_eq!(day.as_str(), date);
        }

        #[test]
        fn an_offset_moves_the_instant_and_nothing_else(
            day in 1..=28_u8,
            (hour, minute, second) in (0..=23_u8, 0..=59_u8, 0..=59_u8),
            nanos in 0..1_000_000_000_u32,
            (ahead, hours, minutes) in (any::<bool>(), 0..=23_u8, 0..=59_u8),
        ) {
            let clock = format!("2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}");
            let sign = if ahead { '+' } else { '-' };
            let there = DueDate::parse(&format!("{clock}{sign}{hours:02}:{minutes:02}")).unwrap();
            let here = DueDate::parse(&format!("{clock}Z")).unwrap();
            let seconds = (i128::from(hours) * 60 + i128::from(minutes)) * 60;
            let moved = here.instant().0 - there.instant().0;
            prop_assert_eq!(moved, if ahead { seconds } else { -seconds } * 1_000_000_000);
        }

        #[test]
        fn keys_sort_as_instants_do(
            one in "(0000|1969|1970|9999)-(01|12)-(01|31)T(00|23):59:59Z",
            other in "(0000|1969|1970|9999)-(01|12)-(01|31)T(00|23):59:59[+-](00|23):(00|59)",
        ) {
            let [one, other] = [one, other].map(|given| DueDate::parse(&given).unwrap().instant());
            prop_assert_eq!(one.cmp(&other), one.sortable().cmp(&other.sortable()));
            prop_assert!(one.sortable().bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
