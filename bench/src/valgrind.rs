//! Executed instructions, counted by valgrind. Unlike times, they do not depend on what else the machine does.

use std::{fs, path::Path, process};

use local::template::workspace_root;
use serde_json::Value;
use tokio::process::Command;

use crate::{environment::Environment, function::Function};

pub fn is_installed() -> bool {
    process::Command::new("valgrind")
        .arg("--version")
        .output()
        .is_ok()
}

/// Instructions of a start and of a call for each of `events`. Leaves a report, which `cg_annotate` reads.
pub async fn count(name: &str, binary: &Path, environment: &Environment, events: &[Value]) -> u64 {
    let folder = workspace_root().join("target/bench");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.cachegrind"));
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg(format!("--cachegrind-out-file={}", file.display()))
        .arg(binary);
    let (mut function, _) = Function::start(command, environment).await;
    for event in events {
        function.call(event).await;
    }
    function.terminate().await;
    let report = fs::read_to_string(file).unwrap();
    let mut lines = report.lines();
    let summary = lines.find_map(|line| line.strip_prefix("summary:"));
    summary.unwrap().trim().parse().unwrap()
}
