//! Times, memory and requests of starts and calls. All targets take turns.

use bench::{function::Function, statistics::interleaved};
use tokio::process::Command;

use crate::{
    samples::{Samples, float, metric},
    targets::{CALLED_BY_THE_STREAM, Target, built},
    testbed::Testbed,
};

/// The first call after another target's turn finds the caches filled by that target. A row makes this cost small.
const CALLS_IN_A_ROW: usize = 10;

pub async fn starts(testbed: &Testbed, targets: &[Target], rounds: usize, samples: &mut Samples) {
    let functions = targets.iter().filter(|target| target.iterations.is_none());
    let targets: Vec<&Target> = functions.collect();
    for index in interleaved(targets.len(), rounds) {
        let target = targets[index];
        let event = &testbed.events(target.call, 1).await[0];
        let command = Command::new(&target.binary);
        let (mut function, start) = Function::start(command, &target.environment).await;
        let page_faults = function.page_faults();
        let first = function.call(event).await.wall;
        function.terminate().await;
        let mut add = |metric, value| samples.add(target.name, metric, value);
        add(metric::START_CPU, start.cpu.as_secs_f64());
        add(metric::START_WALL, start.wall.as_secs_f64());
        add(metric::PAGE_FAULTS, float(page_faults));
        add(metric::FIRST_CALL, first.as_secs_f64());
        let both = start.wall + first;
        add(metric::START_AND_FIRST_CALL, both.as_secs_f64());
    }
    let sizes = targets
        .iter()
        .map(|target| (target.name, target.binary.clone()));
    for (name, binary) in sizes.chain(CALLED_BY_THE_STREAM.map(|name| (name, built(name)))) {
        let bytes = binary.metadata().unwrap().len();
        samples.add(name, metric::BINARY_SIZE, float(bytes));
    }
}

pub async fn calls(testbed: &Testbed, targets: &[Target], calls: usize, samples: &mut Samples) {
    let (mut functions, mut hashes, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets {
        let group = match target.iterations {
            None => &mut functions,
            Some(1) => &mut hashes,
            Some(_) => &mut others,
        };
        let command = Command::new(&target.binary);
        let (mut function, _) = Function::start(command, &target.environment).await;
        // The first call may open a connection.
        function
            .call(&testbed.events(target.call, 1).await[0])
            .await;
        group.push((target, function));
    }
    for _ in 0..calls / CALLS_IN_A_ROW {
        for (target, function) in &mut functions {
            for event in testbed.events(target.call, CALLS_IN_A_ROW).await {
                let before = testbed.store_requests();
                let cost = function.call(&event).await;
                let requests = testbed.store_requests() - before;
                let mut add = |metric, value| samples.add(target.name, metric, value);
                add(metric::STORE_REQUESTS, float(requests));
                add(metric::CALL_CPU, cost.cpu.as_secs_f64());
                add(metric::CALL_WALL, cost.wall.as_secs_f64());
                if target.call.hashes() {
                    // Between other calls: many hashes in a row would have the caches to themselves.
                    sample_operations(testbed, &mut hashes, samples).await;
                }
            }
        }
        sample_operations(testbed, &mut others, samples).await;
    }
    for (target, function) in functions {
        let bytes = function.peak_memory_kib() * 1024;
        samples.add(target.name, metric::PEAK_MEMORY, float(bytes));
    }
}

/// The CPU time of one iteration, without that of the function around it.
async fn sample_operations(
    testbed: &Testbed,
    operations: &mut [(&Target, Function)],
    samples: &mut Samples,
) {
    for (target, function) in operations {
        let event = &testbed.events(target.call, 1).await[0];
        let cpu = function.call(event).await.cpu.as_secs_f64();
        let of_function = samples.median("F0", metric::CALL_CPU);
        let each = target.per_iteration(cpu - of_function.unwrap_or_default());
        samples.add(target.name, metric::CALL_CPU, each);
    }
}
