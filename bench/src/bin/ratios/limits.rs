//! The limit of each ratio, and whether it is met.

use crate::{
    samples::{Metric, Samples},
    testbed::{
        BARE_CHECK, BARE_HASH, CREATION_FLOOR, GET_PUT_FLOOR, LIST_FLOOR, LOGIN_FLOOR,
        PRODUCT_HASH, SIGN_UP_FLOOR, TOKEN_CHECK, bytes_of_password_lists,
    },
};

/// A row for each function, and the instructions of its start ÷ F0 in docs/performance.md.
const FUNCTIONS: [(&str, f64); 7] = [
    ("me", 3.417),
    (LIST, 3.395),
    ("logout", 3.388),
    ("refresh", 3.389),
    ("login", 7.426),
    ("signup", 7.400),
    ("password", 7.416),
];
/// The first of these hash no password. Only they have limits on the time and the page faults of a start.
const WITHOUT_HASH: usize = 4;
const LIST: &str = "tasks: list of 50";

/// A call, its floor, the limit on its CPU time, and its instructions ÷ floor in docs/performance.md.
const CALLS: [(&str, &str, f64, f64); 7] = [
    ("me", "F2", 1.25, 1.270),
    ("tasks: create", GET_PUT_FLOOR, 1.25, 1.269),
    ("tasks: create", CREATION_FLOOR, NONE, 1.189),
    (LIST, "F2, one query", 1.5, 1.453),
    (LIST, LIST_FLOOR, NONE, 1.269),
    ("refresh", "F2", NONE, 3.100),
    ("logout", "F2", NONE, 2.144),
];

/// Instructions may grow by 3 % against docs/performance.md.
const GROWTH: f64 = 1.03;
const BINARY: f64 = 1.35;
const NONE: f64 = f64::INFINITY;
const HASH_MEMORY: f64 = 19.0 * 1024.0 * 1024.0;

/// Prints every ratio. Returns those over their limit which are the same in every run: a busy moment does not excuse
/// them.
pub fn print(samples: &Samples) -> Vec<String> {
    println!("| figure | at most | now | |\n| --- | --- | --- | --- |");
    let mut exceeded = Vec::new();
    let get = |row, metric| samples.median(row, metric).unwrap_or(f64::NAN);
    let ratio = |figure, metric, row, floor, limit| {
        let figure = format!("{figure}: {row} ÷ {floor}");
        print_row(&figure, limit, get(row, metric) / get(floor, metric))
    };
    let light = || FUNCTIONS[..WITHOUT_HASH].iter().map(|(row, _)| *row);

    for row in light() {
        ratio("start, CPU", Metric::StartCpu, row, "F0", 2.0);
    }
    for (row, recorded) in FUNCTIONS {
        let limit = recorded * GROWTH;
        let figure = "start, instructions";
        exceeded.extend(ratio(figure, Metric::StartInstructions, row, "F0", limit));
    }
    for row in light() {
        ratio("start, page faults", Metric::PageFaults, row, "F0", 2.0);
    }
    let (figure, metric) = ("start and first call, wall", Metric::StartAndFirstCall);
    ratio(figure, metric, "me over TLS", "F2-tls", 1.25);

    let (cpu, instructions) = (Metric::CallCpu, Metric::CallInstructions);
    for (row, floor, limit, recorded) in CALLS {
        ratio("a call, CPU", cpu, row, floor, limit);
        let limit = recorded * GROWTH;
        exceeded.extend(ratio(
            "a call, instructions",
            instructions,
            row,
            floor,
            limit,
        ));
    }
    for (row, floor, limit) in [
        ("login", LOGIN_FLOOR, 1.08),
        ("signup", SIGN_UP_FLOOR, 1.06),
    ] {
        ratio("a call, CPU", cpu, row, BARE_HASH, limit);
        ratio("a call, CPU", cpu, floor, BARE_HASH, NONE);
        ratio("a call, CPU", cpu, row, floor, NONE);
    }
    for (row, floor, limit) in [
        (PRODUCT_HASH, BARE_HASH, NONE),
        (TOKEN_CHECK, BARE_CHECK, 1.25),
    ] {
        ratio("CPU", cpu, row, floor, limit);
        ratio("instructions", instructions, row, floor, NONE);
    }

    ratio("peak memory", Metric::PeakMemory, "me", "F2", 1.25);
    for row in ["login", "signup"] {
        let floor = get("F2", Metric::PeakMemory) + HASH_MEMORY;
        let figure = format!("peak memory: {row} ÷ (F2 + 19 MiB)");
        print_row(&figure, 1.15, get(row, Metric::PeakMemory) / floor);
    }
    for (row, _) in FUNCTIONS {
        let (name, lists) = match row {
            "signup" => ("signup without its lists", bytes_of_password_lists()),
            _ => (row, 0.0),
        };
        let bytes = get(row, Metric::BinarySize) - lists;
        let ratio = bytes / get("F2-tls", Metric::BinarySize);
        exceeded.extend(print_row(
            &format!("binary: {name} ÷ F2-tls"),
            BINARY,
            ratio,
        ));
    }
    exceeded
}

/// Returns a ratio that is over its limit. Not a number is one that was not measured.
fn print_row(figure: &str, limit: f64, ratio: f64) -> Option<String> {
    let [limit_cell, ratio_cell] = [limit, ratio].map(|value| {
        if value.is_finite() {
            format!("{value:.3}")
        } else {
            "–".to_owned()
        }
    });
    let verdict = match (ratio.is_nan(), limit == NONE) {
        (true, _) => "not measured: install valgrind",
        (_, true) => "",
        _ if ratio <= limit => "met",
        _ => "NOT met",
    };
    println!("| {figure} | {limit_cell} | {ratio_cell} | {verdict} |");
    (ratio > limit).then(|| format!("{figure} is {ratio:.3}, and may be {limit:.3}"))
}
