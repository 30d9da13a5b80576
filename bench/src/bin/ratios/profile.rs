//! A profile of one target's calls.

use bench::valgrind::Valgrind;

use crate::testbed::Testbed;

/// Enough to make the start a small part of the profile.
const CALLS: usize = 100;

pub async fn print(testbed: &Testbed, name: &str) {
    let targets = testbed.targets();
    let Some(target) = targets.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
        panic!("--profile takes one of: {}", names.join("; "));
    };
    let valgrind = Valgrind::find().expect("--profile needs valgrind: install it");
    let events = testbed.events(target.call, CALLS).await;
    let (binary, environment) = (&target.binary, &target.environment);
    let file = valgrind.profile(binary, environment, &events).await;
    println!("callgrind_annotate --inclusive=yes {}", file.display());
}
