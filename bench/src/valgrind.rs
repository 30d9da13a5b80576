//! Executed instructions, counted by valgrind. Unlike times, they do not depend on what else the machine does.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{self, Stdio},
};

use local::template::workspace_root;
use serde_json::Value;
use tokio::process::Command;

use crate::{environment::Environment, function::Function};

pub struct Valgrind {
    folder: PathBuf,
}

impl Valgrind {
    /// None where valgrind is not installed.
    pub fn find() -> Option<Self> {
        let version = process::Command::new("valgrind")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        let folder = workspace_root().join("target/bench");
        fs::create_dir_all(&folder).unwrap();
        version
            .is_ok_and(|status| status.success())
            .then_some(Self { folder })
    }

    /// Instructions of a start and of a call for each of `events`.
    pub async fn count_calls(
        &self,
        binary: &Path,
        environment: &Environment,
        events: &[Value],
    ) -> u64 {
        run_function(&mut self.cachegrind(binary), environment, events).await;
        self.reported()
    }

    /// Returns a file for `callgrind_annotate`, which shows the instructions of each function of the code.
    pub async fn profile(
        &self,
        binary: &Path,
        environment: &Environment,
        events: &[Value],
    ) -> PathBuf {
        let file = self.folder.join("callgrind.out");
        let mut command = Command::new("valgrind");
        command
            .arg("--tool=callgrind")
            .arg(option("--callgrind-out-file=", &file))
            .arg(binary);
        run_function(&mut command, environment, events).await;
        file
    }

    fn cachegrind(&self, binary: &Path) -> Command {
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=cachegrind", "--cache-sim=no"])
            .arg("--cachegrind-out-file=/dev/null")
            .arg(option("--log-file=", &self.log()))
            .arg(binary);
        command
    }

    fn log(&self) -> PathBuf {
        self.folder.join("cachegrind.log")
    }

    fn reported(&self) -> u64 {
        count_in(&fs::read_to_string(self.log()).unwrap())
    }
}

async fn run_function(command: &mut Command, environment: &Environment, events: &[Value]) {
    let (mut function, _) = Function::start_command(command, environment).await;
    for event in events {
        let answer = function.call(event).await;
        assert!(answer.status < 300, "{}", answer.body);
    }
    function.terminate().await;
}

fn option(name: &str, file: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(file);
    option
}

/// The label has one blank or three, depending on the version.
fn count_in(report: &str) -> u64 {
    let mut lines = report.lines();
    let line = lines.find(|line| line.contains("I refs:") || line.contains("I   refs:"));
    let (_, count) = line.unwrap().rsplit_once(' ').unwrap();
    count.replace(',', "").parse().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_both_forms_are_read() {
        let old = "==7== Cachegrind\n==7== \n==7== I   refs:      4,901,278\n";
        let new = "==7== \n==7== I refs:        214\n==7== more\n";
        assert_eq!((count_in(old), count_in(new)), (4_901_278, 214));
    }
}
