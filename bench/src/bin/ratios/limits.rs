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
const CALLS: [(&str, &str, Option<f64>, f64); 7] = [
    ("me", "F2", Some(1.25), 1.270),
    ("tasks: create", GET_PUT_FLOOR, Some(1.25), 1.269),
    ("tasks: create", CREATION_FLOOR, None, 1.189),
    (LIST, "F2, one query", Some(1.5), 1.453),
    (LIST, LIST_FLOOR, None, 1.269),
    ("refresh", "F2", None, 3.100),
    ("logout", "F2", None, 2.144),
];

/// Instructions may grow by 3 % against docs/performance.md.
const GROWTH: f64 = 1.03;
const BINARY: f64 = 1.35;
const HASH_MEMORY: f64 = 19.0 * 1024.0 * 1024.0;

struct Limits<'a> {
    samples: &'a Samples,
    exceeded: Vec<String>,
}

/// Prints every ratio. Returns those over their limit which are the same in every run: a busy moment does not excuse
/// them.
pub fn print(samples: &Samples) -> Vec<String> {
    println!("| figure | at most | now | |\n| --- | --- | --- | --- |");
    let mut limits = Limits {
        samples,
        exceeded: Vec::new(),
    };
    limits.starts();
    limits.calls();
    limits.memory_and_sizes();
    limits.exceeded
}

impl Limits<'_> {
    fn starts(&mut self) {
        for (row, _) in &FUNCTIONS[..WITHOUT_HASH] {
            self.ratio("start, CPU", Metric::StartCpu, row, "F0", Some(2.0));
        }
        for (row, recorded) in FUNCTIONS {
            let limit = recorded * GROWTH;
            self.enforced(
                "start, instructions",
                Metric::StartInstructions,
                row,
                "F0",
                limit,
            );
        }
        for (row, _) in &FUNCTIONS[..WITHOUT_HASH] {
            self.ratio(
                "start, page faults",
                Metric::PageFaults,
                row,
                "F0",
                Some(2.0),
            );
        }
        let figure = "start and first call, wall";
        let metric = Metric::StartAndFirstCall;
        self.ratio(figure, metric, "me over TLS", "F2-tls", Some(1.25));
    }

    fn calls(&mut self) {
        let cpu = Metric::CallCpu;
        for (row, floor, cpu_limit, recorded) in CALLS {
            self.ratio("a call, CPU", cpu, row, floor, cpu_limit);
            let limit = recorded * GROWTH;
            self.enforced(
                "a call, instructions",
                Metric::CallInstructions,
                row,
                floor,
                limit,
            );
        }
        for (row, floor, limit) in [
            ("login", LOGIN_FLOOR, 1.08),
            ("signup", SIGN_UP_FLOOR, 1.06),
        ] {
            self.ratio("a call, CPU", cpu, row, BARE_HASH, Some(limit));
            self.ratio("a call, CPU", cpu, floor, BARE_HASH, None);
            self.ratio("a call, CPU", cpu, row, floor, None);
        }
        for (row, floor, limit) in [
            (PRODUCT_HASH, BARE_HASH, None),
            (TOKEN_CHECK, BARE_CHECK, Some(1.25)),
        ] {
            self.ratio("CPU", cpu, row, floor, limit);
            self.ratio("instructions", Metric::CallInstructions, row, floor, None);
        }
    }

    fn memory_and_sizes(&mut self) {
        self.ratio("peak memory", Metric::PeakMemory, "me", "F2", Some(1.25));
        let peak = |name| {
            self.samples
                .median(name, Metric::PeakMemory)
                .unwrap_or(f64::NAN)
        };
        for name in ["login", "signup"] {
            let ratio = peak(name) / (peak("F2") + HASH_MEMORY);
            print_row(
                &format!("peak memory: {name} ÷ (F2 + 19 MiB)"),
                Some(1.15),
                Some(ratio),
            );
        }
        let size = |name| {
            self.samples
                .median(name, Metric::BinarySize)
                .unwrap_or(f64::NAN)
        };
        for (row, _) in FUNCTIONS {
            let (figure, lists) = match row {
                "signup" => (
                    "binary: signup without its lists ÷ F2-tls".to_owned(),
                    bytes_of_password_lists(),
                ),
                _ => (format!("binary: {row} ÷ F2-tls"), 0.0),
            };
            let ratio = (size(row) - lists) / size("F2-tls");
            if !print_row(&figure, Some(BINARY), Some(ratio)) {
                self.exceeded.push(figure);
            }
        }
    }

    fn enforced(
        &mut self,
        figure: &str,
        metric: Metric,
        row: &'static str,
        floor: &'static str,
        limit: f64,
    ) {
        if !self.ratio(figure, metric, row, floor, Some(limit)) {
            self.exceeded.push(format!("{figure}: {row} ÷ {floor}"));
        }
    }

    fn ratio(
        &self,
        figure: &str,
        metric: Metric,
        row: &'static str,
        floor: &'static str,
        limit: Option<f64>,
    ) -> bool {
        let value = self.samples.median(row, metric);
        let ratio = value
            .zip(self.samples.median(floor, metric))
            .map(|(value, floor)| value / floor);
        print_row(&format!("{figure}: {row} ÷ {floor}"), limit, ratio)
    }
}

/// Whether the ratio is within its limit, as far as both are known.
fn print_row(figure: &str, limit: Option<f64>, ratio: Option<f64>) -> bool {
    let is_met = limit.zip(ratio).is_none_or(|(limit, ratio)| ratio <= limit);
    let verdict = match (limit, ratio) {
        (_, None) => "not measured: install valgrind",
        (None, _) => "",
        _ if is_met => "met",
        _ => "NOT met",
    };
    let [limit, ratio] =
        [limit, ratio].map(|value| value.map_or("–".to_owned(), |value| format!("{value:.3}")));
    println!("| {figure} | {limit} | {ratio} | {verdict} |");
    is_met
}
