//! Times, memory and requests of starts and calls. All targets take turns.

use bench::{
    function::{Answer, Function},
    statistics::interleaved,
};
use serde_json::Value;

use crate::{
    samples::{Metric, Samples, float},
    targets::{Kind, Target},
    testbed::Testbed,
};

/// The first call after another target's turn finds the caches filled by that target. A row makes this cost small.
const CALLS_IN_A_ROW: usize = 10;

pub async fn starts(testbed: &Testbed, targets: &[Target], rounds: usize, samples: &mut Samples) {
    let functions = targets.iter().filter(|target| !target.is_operation());
    let targets: Vec<&Target> = functions.collect();
    for index in interleaved(targets.len(), rounds) {
        let target = targets[index];
        let event = &testbed.events(target.call, 1).await[0];
        let (mut function, start) = Function::start(&target.binary, &target.environment).await;
        let first = call(target, &mut function, event).await.wall;
        function.kill().await;
        for (metric, value) in [
            (Metric::StartCpu, start.cpu.as_secs_f64()),
            (Metric::StartWall, start.wall.as_secs_f64()),
            (Metric::PageFaults, float(start.page_faults)),
            (Metric::FirstCall, first.as_secs_f64()),
            (
                Metric::StartAndFirstCall,
                (start.wall + first).as_secs_f64(),
            ),
        ] {
            samples.add(target.name, metric, value);
        }
    }
    for target in targets {
        let bytes = target.binary.metadata().unwrap().len();
        samples.add(target.name, Metric::BinarySize, float(bytes));
    }
}

struct Running<'a> {
    target: &'a Target,
    function: Function,
}

pub async fn calls(testbed: &Testbed, targets: &[Target], calls: usize, samples: &mut Samples) {
    let (mut functions, mut hashes, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets {
        let group = match target.kind {
            Kind::Function => &mut functions,
            Kind::FunctionOverTls => continue,
            Kind::Operation { iterations: 1 } => &mut hashes,
            Kind::Operation { .. } => &mut others,
        };
        let (mut function, _) = Function::start(&target.binary, &target.environment).await;
        // The first call may open a connection.
        let event = &testbed.events(target.call, 1).await[0];
        call(target, &mut function, event).await;
        group.push(Running { target, function });
    }
    for _ in 0..calls / CALLS_IN_A_ROW {
        for running in &mut functions {
            for event in testbed.events(running.target.call, CALLS_IN_A_ROW).await {
                sample_call(testbed, running, &event, samples).await;
                if running.target.call.hashes() {
                    // Between other calls: many hashes in a row would have the caches to themselves.
                    sample_operations(testbed, &mut hashes, samples).await;
                }
            }
        }
        sample_operations(testbed, &mut others, samples).await;
    }
    for running in functions {
        let bytes = running.function.peak_memory_kib() * 1024;
        samples.add(running.target.name, Metric::PeakMemory, float(bytes));
    }
}

async fn sample_call(
    testbed: &Testbed,
    running: &mut Running<'_>,
    event: &Value,
    samples: &mut Samples,
) {
    let name = running.target.name;
    let before = testbed.proxy.requests();
    let answer = call(running.target, &mut running.function, event).await;
    let requests = (testbed.proxy.requests() - before) as u64;
    samples.add(name, Metric::StoreRequests, float(requests));
    samples.add(name, Metric::CallCpu, answer.cpu.as_secs_f64());
    samples.add(name, Metric::CallWall, answer.wall.as_secs_f64());
}

/// The CPU time of one iteration, without that of the function around it.
async fn sample_operations(
    testbed: &Testbed,
    operations: &mut [Running<'_>],
    samples: &mut Samples,
) {
    for Running { target, function } in operations {
        let event = &testbed.events(target.call, 1).await[0];
        let cpu = call(target, function, event).await.cpu.as_secs_f64();
        let function_cpu = samples.median("F0", Metric::CallCpu).unwrap_or_default();
        samples.add(
            target.name,
            Metric::CallCpu,
            target.per_iteration(cpu - function_cpu),
        );
    }
}

async fn call(target: &Target, function: &mut Function, event: &Value) -> Answer {
    let answer = function.call(event).await;
    assert!(answer.status < 300, "{}: {}", target.name, answer.body);
    answer
}
