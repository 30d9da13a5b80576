//! Where one of the measured spends its calls.

use bench::Instructions;

use crate::scene::Scene;

/// So many that the start is lost among them.
const CALLS: usize = 100;

pub async fn print(scene: &Scene, name: &str) {
    let subjects = scene.subjects();
    let Some(subject) = subjects.iter().find(|subject| subject.name == name) else {
        let names: Vec<&str> = subjects.iter().map(|subject| subject.name).collect();
        panic!("--profile wants one of: {}", names.join("; "));
    };
    let instructions = Instructions::counted_here().expect("a profile wants valgrind");
    let mut events = Vec::new();
    for _ in 0..CALLS {
        events.push(scene.event(subject.call).await);
    }
    let (binary, environment) = (&subject.binary, &subject.environment);
    let file = instructions.profile(binary, environment, &events).await;
    println!("callgrind_annotate --inclusive=yes {}", file.display());
}
