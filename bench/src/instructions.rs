//! Instructions executed, counted by valgrind's cachegrind: the same on a busy machine as on an idle one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Stdio},
};

use local::template::workspace_root;
use serde_json::Value;
use tokio::process::Command;

use crate::{Environment, Function, Repeater};

#[derive(Debug)]
pub struct Instructions {
    report: PathBuf,
}

impl Instructions {
    /// None where there is no valgrind.
    #[must_use]
    pub fn counted_here() -> Option<Self> {
        let asked = process::Command::new("valgrind")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        let folder = workspace_root().join("target").join("bench");
        fs::create_dir_all(&folder).unwrap();
        asked.is_ok_and(|status| status.success()).then(|| Self {
            report: folder.join("cachegrind.log"),
        })
    }

    /// Of a start and of every event after it.
    pub async fn of_function(
        &self,
        binary: &Path,
        environment: &Environment,
        events: &[Value],
    ) -> u64 {
        run(&mut self.around(binary), environment, events).await;
        self.reported()
    }

    pub async fn of_repeater(&self, binary: &Path, environment: &Environment, times: u32) -> u64 {
        let mut repeater = Repeater::start_under(&mut self.around(binary), environment);
        repeater.work(times).await;
        repeater.end().await;
        self.reported()
    }

    /// Which function of the code they were executed in: the file that it leaves is for `callgrind_annotate`.
    pub async fn profile(
        &self,
        binary: &Path,
        environment: &Environment,
        events: &[Value],
    ) -> PathBuf {
        let file = self.report.with_file_name("callgrind.out");
        let mut written = std::ffi::OsString::from("--callgrind-out-file=");
        written.push(&file);
        let mut command = Command::new("valgrind");
        command.arg("--tool=callgrind").arg(written).arg(binary);
        run(&mut command, environment, events).await;
        file
    }

    fn around(&self, binary: &Path) -> Command {
        let mut log = std::ffi::OsString::from("--log-file=");
        log.push(&self.report);
        let mut command = Command::new("valgrind");
        command
            .args([
                "--tool=cachegrind",
                "--cache-sim=no",
                "--cachegrind-out-file=/dev/null",
            ])
            .arg(log)
            .arg(binary);
        command
    }

    fn reported(&self) -> u64 {
        count_in(&fs::read_to_string(&self.report).unwrap())
    }
}

async fn run(command: &mut Command, environment: &Environment, events: &[Value]) {
    let (mut function, _) = Function::start_under(command, environment).await;
    for event in events {
        let answer = function.call(event).await;
        assert!(answer.status < 300, "{}", answer.body);
    }
    function.ask_to_end().await;
}

fn count_in(report: &str) -> u64 {
    let line = report
        .lines()
        .find(|line| line.contains("I refs:") || line.contains("I   refs:"));
    let (_, count) = line.unwrap().rsplit_once(' ').unwrap();
    count.replace(',', "").parse().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_whatever_stands_around_it() {
        let old = "==7== Cachegrind\n==7== \n==7== I   refs:      4,901,278\n";
        let new = "==7== \n==7== I refs:        214\n==7== more\n";
        assert_eq!((count_in(old), count_in(new)), (4_901_278, 214));
    }
}
