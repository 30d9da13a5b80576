//! A floor that is no function: it does its work as often as it is told.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::sleep,
};

use crate::{Environment, function::TO_REST, process::cpu};

#[derive(Debug)]
pub struct Repeater {
    process: Child,
    tell: ChildStdin,
    hear: Lines<BufReader<ChildStdout>>,
}

impl Repeater {
    #[must_use]
    pub fn start(binary: &Path, environment: &Environment) -> Self {
        Self::start_under(&mut Command::new(binary), environment)
    }

    #[must_use]
    pub fn start_under(command: &mut Command, environment: &Environment) -> Self {
        let mut process = command
            .env_clear()
            .envs(environment.pairs())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let tell = process.stdin.take().unwrap();
        let hear = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            process,
            tell,
            hear,
        }
    }

    /// The CPU time of all of them.
    pub async fn work(&mut self, times: u32) -> Duration {
        let id = self.process.id().unwrap();
        let before = cpu(id);
        let line = format!("{times}\n");
        self.tell.write_all(line.as_bytes()).await.unwrap();
        self.hear.next_line().await.unwrap().unwrap();
        sleep(TO_REST).await;
        cpu(id).saturating_sub(before)
    }

    /// It has nothing more to do, and ends by itself.
    pub async fn end(mut self) {
        drop(self.tell);
        self.process.wait().await.unwrap();
    }
}
