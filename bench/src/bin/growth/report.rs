//! Two tables: one that holds for `DynamoDB` as well, and the times of the embedded store.

use bench::statistics::{median, p99};

use crate::case::Case;

pub fn print(cases: &[Case], rounds: usize) {
    println!(
        "| call | of | in the answer | requests | bytes from the store | ÷ smallest | ÷ one before |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    #[expect(clippy::cast_precision_loss, reason = "three digits are printed")]
    let bytes = |case: &Case| median(&case.bytes_from_store) as f64;
    for case in cases {
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            case.call,
            grouped(case.size),
            case.listed.map_or("–".to_owned(), grouped),
            case.store_requests.iter().max().unwrap(),
            grouped(median(&case.bytes_from_store)),
            ratios(cases, case, bytes),
        );
    }

    println!("\n| call | of | median of {rounds} | p99 | ÷ smallest | ÷ one before |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let seconds = |case: &Case| median(&case.times).as_secs_f64();
    for case in cases {
        println!(
            "| {} | {} | {:.2} ms | {:.2} ms | {} |",
            case.call,
            grouped(case.size),
            seconds(case) * 1e3,
            p99(&case.times).as_secs_f64() * 1e3,
            ratios(cases, case, seconds),
        );
    }
}

/// The figure of `this` to those of the same call at the smallest size and at the size before.
fn ratios(cases: &[Case], this: &Case, figure: impl Fn(&Case) -> f64) -> String {
    let is_smaller = |case: &&Case| case.call == this.call && case.size < this.size;
    let smaller: Vec<f64> = cases.iter().filter(is_smaller).map(&figure).collect();
    match smaller[..] {
        [] => "1 | –".to_owned(),
        [first, ..] => {
            let before = smaller[smaller.len() - 1];
            format!("{:.3} | {:.3}", figure(this) / first, figure(this) / before)
        }
    }
}

/// 1,000,000
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[test]
fn digits_are_grouped_by_three() {
    let shown = [0, 999, 1_000, 12_345, 1_000_000].map(grouped);
    assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,000,000"]);
}
