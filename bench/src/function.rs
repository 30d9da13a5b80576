//! A Lambda function as a process of this machine.

use std::{process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{
    clock::now,
    environment::Environment,
    process::{cpu_time, page_faults, peak_memory_kib, until_idle},
    runtime_api::RuntimeApi,
};

pub struct Function {
    process: Child,
    api: RuntimeApi,
}

/// From the start of the process to its first request for an event.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub wall: Duration,
    pub cpu: Duration,
    pub page_faults: u64,
}

pub struct Answer {
    /// Until the response arrived.
    pub wall: Duration,
    /// Until the function asked for the next event. CPU time that it uses later counts for the next call.
    pub cpu: Duration,
}

impl Function {
    /// `command` may be a tool that runs the function, such as valgrind.
    pub async fn start(mut command: Command, environment: &Environment) -> (Self, Start) {
        let mut api = RuntimeApi::open().await;
        command
            .env_clear()
            .envs(&environment.0)
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
        until_idle().await;
        let id = process.id().unwrap();
        let cpu = cpu_time(id);
        assert!(!cpu.is_zero(), "this kernel reports no CPU time of threads");
        let start = Start {
            wall: ready - began,
            cpu,
            page_faults: page_faults(id),
        };
        (Self { process, api }, start)
    }

    /// The event must succeed.
    pub async fn call(&mut self, event: &Value) -> Answer {
        let id = self.process.id().unwrap();
        let event = event.to_string();
        let (cpu_before, sent) = (cpu_time(id), now());
        let (answered, body) = self.api.exchange(event).await;
        self.api.ready().await;
        let cpu = cpu_time(id).saturating_sub(cpu_before);
        let body: Value = serde_json::from_slice(&body).unwrap();
        let is_success = body["statusCode"]
            .as_u64()
            .is_some_and(|status| status < 300);
        assert!(is_success, "the function failed: {body}");
        Answer {
            wall: answered - sent,
            cpu,
        }
    }

    pub fn peak_memory_kib(&self) -> u64 {
        peak_memory_kib(self.process.id().unwrap())
    }

    /// By SIGTERM, after which valgrind writes its report.
    pub async fn terminate(mut self) {
        let id = self.process.id().unwrap().cast_signed();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        self.process.wait().await.unwrap();
    }
}
