//! Executed instructions, counted by valgrind. Unlike times, they do not depend on what else the machine does.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Stdio},
};

use local::template::workspace_root;
use serde_json::Value;
use tokio::process::Command;

use crate::{environment::Environment, function::Function};

pub fn is_installed() -> bool {
    let version = process::Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// Instructions of a start and of a call for each of `events`.
pub async fn count(binary: &Path, environment: &Environment, events: &[Value]) -> u64 {
    let file = run("cachegrind", binary, environment, events).await;
    count_in(&fs::read_to_string(file).unwrap())
}

/// Returns a file for `callgrind_annotate`, which shows the instructions of each function of the code.
pub async fn profile(binary: &Path, environment: &Environment, events: &[Value]) -> PathBuf {
    run("callgrind", binary, environment, events).await
}

async fn run(tool: &str, binary: &Path, environment: &Environment, events: &[Value]) -> PathBuf {
    let folder = workspace_root().join("target/bench");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{tool}.out"));
    let mut command = Command::new("valgrind");
    command
        .arg(format!("--tool={tool}"))
        .arg(format!("--{tool}-out-file={}", file.display()))
        .arg("--cache-sim=no")
        .arg(binary);
    let (mut function, _) = Function::start_command(&mut command, environment).await;
    for event in events {
        let answer = function.call(event).await;
        assert!(answer.status < 300, "{}", answer.body);
    }
    function.terminate().await;
    file
}

fn count_in(report: &str) -> u64 {
    let summary = report
        .lines()
        .find_map(|line| line.strip_prefix("summary:"));
    summary.unwrap().trim().parse().unwrap()
}

#[test]
fn the_summary_is_the_count() {
    let report = "cmd: me\nevents: Ir\nfn=main\n7 214\nsummary: 4901278\n";
    assert_eq!(count_in(report), 4_901_278);
}
