//! Instructions, of a start and of a call.

use std::collections::BTreeMap;

use bench::Instructions;

use crate::scene::{Scene, Subject};

/// What only a process's first calls do is done by then.
const SETTLED: usize = 5;
const CALLS: usize = 25;

#[derive(Default)]
pub struct Counted {
    starts: BTreeMap<&'static str, f64>,
    calls: BTreeMap<&'static str, f64>,
    /// Of what is no call by itself.
    parts: BTreeMap<&'static str, f64>,
}

impl Counted {
    /// None where they cannot be counted.
    pub async fn here(scene: &Scene, subjects: &[Subject]) -> Option<Self> {
        let instructions = Instructions::counted_here()?;
        let mut counted = Self::default();
        for subject in subjects {
            let of = async |calls: usize| {
                let mut events = Vec::new();
                for _ in 0..calls {
                    events.push(scene.event(subject.call).await);
                }
                let (binary, environment) = (&subject.binary, &subject.environment);
                instructions.of_function(binary, environment, &events).await
            };
            counted.starts.insert(subject.name, precise(of(0).await));
            // A hash is a hundred times everything else, and slow under valgrind.
            if !subject.call.hashes() {
                let difference = precise(of(CALLS).await) - precise(of(SETTLED).await);
                let calls = precise((CALLS - SETTLED) as u64);
                counted.calls.insert(subject.name, difference / calls);
            }
        }
        for repeated in scene.repeated() {
            let (path, environment) = (scene.builds.path(repeated.binary), &repeated.environment);
            let of = async |times| instructions.of_repeater(&path, environment, times).await;
            let times = repeated.times;
            let difference = precise(of(2 * times).await) - precise(of(times).await);
            counted
                .parts
                .insert(repeated.name, difference / f64::from(times));
        }
        Some(counted)
    }

    pub fn print(&self) {
        println!("| instructions | start | a call |\n| --- | --- | --- |");
        for (name, start) in &self.starts {
            let call = self.calls.get(name);
            let call = call.map_or("–".to_owned(), |call| {
                format!("{:.3} million", call / 1e6)
            });
            println!("| {name} | {:.3} million | {call} |", start / 1e6);
        }
        println!("\n| instructions, without a store | each |\n| --- | --- |");
        for (name, each) in &self.parts {
            println!("| {name} | {:.1} thousand |", each / 1e3);
        }
        println!();
    }

    pub fn of_part(&self, name: &str) -> f64 {
        self.parts[name]
    }

    pub fn of_start(&self, name: &str) -> f64 {
        self.starts[name]
    }

    pub fn of_call(&self, name: &str) -> f64 {
        self.calls[name]
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a figure of three digits is wanted"
)]
fn precise(count: u64) -> f64 {
    count as f64
}
