//! The figures themselves, as tables.

use crate::{
    limits::bytes_of_word_list,
    samples::{Samples, metric},
    targets::Target,
};

pub fn print(targets: &[Target], samples: &Samples) {
    println!(
        "| | start: CPU | start: wall | page faults | first call | a call: CPU, p99 | a call: wall, p99 \
         | requests | peak | binary |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for target in functions(targets) {
        let name = target.name;
        let median = |metric, unit: Unit| unit.show(samples.median(name, metric));
        let with_p99 = |metric| match samples.p99(name, metric) {
            Some(p99) => format!("{}, {}", median(metric, MILLIS), MILLIS.show(Some(p99))),
            None => median(metric, MILLIS),
        };
        let cells = [
            median(metric::START_CPU, MILLIS),
            median(metric::START_WALL, MILLIS),
            median(metric::PAGE_FAULTS, COUNT),
            median(metric::FIRST_CALL, MILLIS),
            with_p99(metric::CALL_CPU),
            with_p99(metric::CALL_WALL),
            median(metric::STORE_REQUESTS, COUNT),
            median(metric::PEAK_MEMORY, MIB),
            median(metric::BINARY_SIZE, MIB),
        ];
        println!("| {name} | {} |", cells.join(" | "));
    }
    let list = MIB.show(Some(bytes_of_word_list()));
    println!("\nThe list of words is {list} of a binary.");

    println!("\n| instructions | start | a call |\n| --- | --- | --- |");
    for Target { name, .. } in functions(targets) {
        let [start, call] = [metric::START_INSTRUCTIONS, metric::CALL_INSTRUCTIONS]
            .map(|metric| MILLIONS.show(samples.median(name, metric)));
        println!("| {name} | {start} | {call} |");
    }
    println!("\n| without a store | CPU | instructions |\n| --- | --- | --- |");
    for Target { name, .. } in targets.iter().filter(|target| target.iterations.is_some()) {
        let cpu = MICROS.show(samples.median(name, metric::CALL_CPU));
        let count = THOUSANDS.show(samples.median(name, metric::CALL_INSTRUCTIONS));
        println!("| {name} | {cpu} | {count} |");
    }
    println!();
}

fn functions(targets: &[Target]) -> impl Iterator<Item = &Target> {
    targets.iter().filter(|target| target.iterations.is_none())
}

/// Factor, digits after the point, name.
struct Unit(f64, usize, &'static str);

const COUNT: Unit = Unit(1.0, 0, "");
const MICROS: Unit = Unit(1e6, 2, " µs");
const MILLIS: Unit = Unit(1e3, 2, " ms");
const MIB: Unit = Unit(1.0 / 1_048_576.0, 2, " MiB");
const THOUSANDS: Unit = Unit(1e-3, 1, " thousand");
const MILLIONS: Unit = Unit(1e-6, 3, " million");

impl Unit {
    fn show(self, value: Option<f64>) -> String {
        let Self(factor, digits, name) = self;
        value.map_or("–".to_owned(), |value| {
            format!("{:.digits$}{name}", value * factor)
        })
    }
}
