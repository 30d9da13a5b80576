//! Two tables: what is so on `DynamoDB` as well, and the times of the embedded store.

use std::time::Duration;

use bench::{median, millis, p99};

use crate::subject::Subject;

pub fn print(subjects: &[Subject], turns: usize) {
    println!(
        "| call | of | in the answer | requests | bytes from the store | ÷ smallest | ÷ one before |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for subject in subjects {
        let figures = up_to(subjects, subject).map(bytes);
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            subject.name,
            grouped(subject.size),
            subject.seen.listed.map_or("–".to_owned(), grouped),
            subject.seen.requests.iter().max().unwrap(),
            grouped(median(&subject.seen.bytes)),
            ratios(&figures.collect::<Vec<_>>()),
        );
    }

    println!("\n| call | of | median of {turns} | p99 | ÷ smallest | ÷ one before |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for subject in subjects {
        let figures = up_to(subjects, subject).map(|size| time(size).as_secs_f64());
        println!(
            "| {} | {} | {} | {} | {} |",
            subject.name,
            grouped(subject.size),
            millis(time(subject)),
            millis(p99(&subject.seen.times)),
            ratios(&figures.collect::<Vec<_>>()),
        );
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a ratio of three digits is wanted"
)]
fn bytes(subject: &Subject) -> f64 {
    median(&subject.seen.bytes) as f64
}

fn time(subject: &Subject) -> Duration {
    median(&subject.seen.times)
}

/// The same call, from the smallest size to this one.
fn up_to<'a>(subjects: &'a [Subject], this: &Subject) -> impl Iterator<Item = &'a Subject> {
    let (name, size) = (this.name, this.size);
    subjects
        .iter()
        .filter(move |subject| subject.name == name && subject.size <= size)
}

/// The last figure to the first, and to the one before it.
fn ratios(figures: &[f64]) -> String {
    match *figures {
        [first, .., before, last] => format!("{:.3} | {:.3}", last / first, last / before),
        [first, last] => format!("{0:.3} | {0:.3}", last / first),
        _ => "1 | –".to_owned(),
    }
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
    fn a_figure_is_held_against_the_smallest_size_and_the_one_before() {
        let shown = [&[4.0][..], &[4.0, 6.0], &[4.0, 8.0, 6.0]].map(ratios);
        assert_eq!(shown, ["1 | –", "1.500 | 1.500", "1.500 | 0.750"]);
    }

    #[test]
    fn digits_stand_in_threes() {
        let shown = [0, 999, 1_000, 12_345, 100_000, 1_000_000].map(grouped);
        assert_eq!(
            shown,
            ["0", "999", "1,000", "12,345", "100,000", "1,000,000"]
        );
    }
}
