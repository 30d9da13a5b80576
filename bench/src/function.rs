//! A function as Lambda runs it: a process that asks for events.

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{
    Environment,
    process::{cpu, page_faults, peak_memory},
    runtime_api::{RuntimeApi, now},
};

/// The kernel counts a thread's time when the thread stops: after it has asked, it soon does.
pub(crate) const TO_REST: Duration = Duration::from_millis(2);

#[derive(Debug)]
pub struct Function {
    process: Child,
    api: RuntimeApi,
}

/// From the start of the process until it asked for its first event.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub wall: Duration,
    pub cpu: Duration,
    pub page_faults: u64,
}

#[derive(Debug)]
pub struct Answer {
    /// Until the answer was there.
    pub wall: Duration,
    /// Until it asked for the next event. What it does after that counts to the next call.
    pub cpu: Duration,
    pub status: u64,
    pub body: Value,
}

impl Function {
    pub async fn start(binary: &Path, environment: &Environment) -> (Self, Start) {
        Self::start_under(&mut Command::new(binary), environment).await
    }

    /// `command` may be another program that runs the function.
    pub async fn start_under(command: &mut Command, environment: &Environment) -> (Self, Start) {
        let mut api = RuntimeApi::open().await;
        command
            .env_clear()
            .envs(environment.pairs())
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
            .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let began = now();
        let process = command.spawn().unwrap();
        let ready = api.ready().await;
        sleep(TO_REST).await;
        let id = process.id().unwrap();
        let ran = cpu(id);
        assert!(
            !ran.is_zero(),
            "this kernel does not tell how long a thread has run"
        );
        let start = Start {
            wall: ready - began,
            cpu: ran,
            page_faults: page_faults(id),
        };
        (Self { process, api }, start)
    }

    pub async fn call(&mut self, event: &Value) -> Answer {
        let event = event.to_string();
        let id = self.process.id().unwrap();
        let cpu_before = cpu(id);
        let asked = now();
        let (answered, body) = self.api.exchange(event).await;
        self.api.ready().await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        Answer {
            wall: answered - asked,
            cpu: cpu(id).saturating_sub(cpu_before),
            status: body["statusCode"]
                .as_u64()
                .unwrap_or_else(|| panic!("a function failed: {body}")),
            body,
        }
    }

    /// Until what it has done so far is counted.
    pub async fn rest(&self) {
        sleep(TO_REST).await;
    }

    /// In KiB.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        peak_memory(self.process.id().unwrap())
    }

    pub async fn end(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Lets a program around the function have its last word.
    pub async fn ask_to_end(mut self) {
        let id = self.process.id().unwrap().to_string();
        let mut ask = Command::new("kill");
        assert!(ask.args(["-TERM", &id]).status().await.unwrap().success());
        self.process.wait().await.unwrap();
    }
}
