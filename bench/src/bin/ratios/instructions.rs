//! Instructions of starts, calls and operations.

use bench::valgrind;

use crate::{
    samples::{Samples, float, metric},
    targets::Target,
    testbed::Testbed,
};

/// Counts nothing where valgrind is not installed. F0 must come before the operations.
pub async fn count_instructions(testbed: &Testbed, targets: &[Target], samples: &mut Samples) {
    if !valgrind::is_installed() {
        return;
    }
    for target in targets {
        // Under valgrind, TLS takes longer than the product waits.
        if target.is_over_tls() {
            continue;
        }
        let count = async |calls: u32| {
            let events = testbed.events(target.call, calls as usize).await;
            let count = valgrind::count(target.name, &target.binary, &target.environment, &events);
            float(count.await)
        };
        // The first calls of a process do things that no later call does.
        let per_call =
            async |few, many| (count(many).await - count(few).await) / f64::from(many - few);
        let name = target.name;
        if target.iterations.is_some() {
            let function = samples.median("F0", metric::CALL_INSTRUCTIONS);
            let operation = per_call(2, 4).await - function.unwrap_or_default();
            let each = target.per_iteration(operation);
            samples.add(name, metric::CALL_INSTRUCTIONS, each);
            continue;
        }
        samples.add(name, metric::START_INSTRUCTIONS, count(0).await);
        // A hash is a hundred times all the rest of a call, and slow under valgrind.
        if !target.call.hashes() {
            samples.add(name, metric::CALL_INSTRUCTIONS, per_call(5, 25).await);
        }
    }
}
