//! Two tables: one that holds for `DynamoDB` as well, and the times of the embedded store.

use bench::{
    case::Case,
    statistics::{median, p99},
};

/// The first two cells of a row.
pub fn label(call: &str, size: usize) -> String {
    format!("{call} | {}", grouped(&size))
}

/// `calls` has a case for each size of each call.
pub fn print(calls: &[Vec<Case>], rounds: usize) {
    println!(
        "| call | of | in the answer | requests | bytes from the store | ÷ smallest | ÷ one before |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    #[expect(clippy::cast_precision_loss, reason = "three digits are printed")]
    let bytes = |case: &Case| median(&case.bytes_from_store) as f64;
    print_rows(calls, bytes, |case| {
        let listed = case.responses[0].body["items"].as_array().map(Vec::len);
        let listed = listed.map_or("–".to_owned(), |count| grouped(&count));
        let requests = case.store_requests.iter().max().unwrap();
        let bytes = grouped(&median(&case.bytes_from_store));
        format!("{listed} | {requests} | {bytes}")
    });

    println!("\n| call | of | median of {rounds} | p99 | ÷ smallest | ÷ one before |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let seconds = |case: &Case| median(&case.times()).as_secs_f64();
    print_rows(calls, seconds, |case| {
        let p99 = p99(&case.times()).as_secs_f64();
        format!("{:.2} ms | {:.2} ms", seconds(case) * 1e3, p99 * 1e3)
    });
}

/// `figure` is that of the ratios.
fn print_rows(
    calls: &[Vec<Case>],
    figure: impl Fn(&Case) -> f64,
    columns: impl Fn(&Case) -> String,
) {
    for sizes in calls {
        let mut before = None;
        for case in sizes {
            let (now, smallest) = (figure(case), figure(&sizes[0]));
            let ratios = match before {
                None => "1 | –".to_owned(),
                Some(before) => format!("{:.3} | {:.3}", now / smallest, now / before),
            };
            println!("| {} | {} | {ratios} |", case.label, columns(case));
            before = Some(now);
        }
    }
}

/// 1,000,000
pub fn grouped(count: &impl ToString) -> String {
    let digits = count.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}
