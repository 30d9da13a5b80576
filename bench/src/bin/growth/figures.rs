//! Two tables: what is so on `DynamoDB` as well, and the times of the embedded store.

use bench::{median, millis, p99};

use crate::subject::Subject;

pub fn print(subjects: &[Subject], turns: usize) {
    println!("| call | of | in the answer | requests | bytes from the store | ÷ smallest |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for subject in subjects {
        let bytes = |subject: &Subject| median(&subject.seen.bytes);
        println!(
            "| {} | {} | {} | {} | {} | {:.3} |",
            subject.name,
            grouped(subject.size),
            subject.seen.listed.map_or("–".to_owned(), grouped),
            subject.seen.requests.iter().max().unwrap(),
            grouped(bytes(subject)),
            ratio(bytes(subject), bytes(smallest(subjects, subject))),
        );
    }

    println!("\n| call | of | median of {turns} | p99 | ÷ smallest | p99 ÷ smallest |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for subject in subjects {
        let floor = &smallest(subjects, subject).seen.times;
        let times = &subject.seen.times;
        println!(
            "| {} | {} | {} | {} | {:.3} | {:.3} |",
            subject.name,
            grouped(subject.size),
            millis(median(times)),
            millis(p99(times)),
            median(times).div_duration_f64(median(floor)),
            p99(times).div_duration_f64(p99(floor)),
        );
    }
}

/// Of the same call.
fn smallest<'a>(subjects: &'a [Subject], of: &Subject) -> &'a Subject {
    let same = subjects.iter().filter(|subject| subject.name == of.name);
    same.min_by_key(|subject| subject.size).unwrap()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a ratio of three digits is wanted"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// 1,000,000
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        let shown = [0, 999, 1_000, 12_345, 100_000, 1_000_000].map(grouped);
        assert_eq!(
            shown,
            ["0", "999", "1,000", "12,345", "100,000", "1,000,000"]
        );
    }
}
