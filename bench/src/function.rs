//! A Lambda function as a process of this machine.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{
    environment::Environment,
    process::{cpu_time, page_faults, peak_memory_kib},
    runtime_api::RuntimeApi,
};

pub struct Function {
    process: Child,
    api: RuntimeApi,
}

pub struct Cost {
    /// Until the process asked for its first event, or until the response arrived.
    pub wall: Duration,
    /// Until the process asked for the next event. CPU time that it uses later counts for the next call.
    pub cpu: Duration,
}

impl Function {
    /// `command` may be a tool that runs the function, such as valgrind.
    pub async fn start(mut command: Command, environment: &Environment) -> (Self, Cost) {
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
        let began = Instant::now();
        let process = command.spawn().unwrap();
        let ready = api.ready().await;
        // The kernel adds to a thread's CPU time when the thread stops to run: after a request for an event, it soon does.
        sleep(Duration::from_millis(2)).await;
        let cpu = cpu_time(process.id().unwrap());
        assert!(!cpu.is_zero(), "this kernel reports no CPU time of threads");
        let wall = ready - began;
        (Self { process, api }, Cost { wall, cpu })
    }

    /// The event must succeed.
    pub async fn call(&mut self, event: &Value) -> Cost {
        let id = self.id();
        let event = event.to_string();
        let (cpu_before, sent) = (cpu_time(id), Instant::now());
        let (answered, body) = self.api.exchange(event).await;
        self.api.ready().await;
        let cpu = cpu_time(id).saturating_sub(cpu_before);
        let body: Value = serde_json::from_slice(&body).unwrap();
        let is_success = body["statusCode"]
            .as_u64()
            .is_some_and(|status| status < 300);
        assert!(is_success, "the function failed: {body}");
        let wall = answered - sent;
        Cost { wall, cpu }
    }

    pub fn page_faults(&self) -> u64 {
        page_faults(self.id())
    }

    pub fn peak_memory_kib(&self) -> u64 {
        peak_memory_kib(self.id())
    }

    fn id(&self) -> u32 {
        self.process.id().unwrap()
    }

    /// By SIGTERM, after which valgrind writes its report.
    pub async fn terminate(mut self) {
        let id = self.id().cast_signed();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        self.process.wait().await.unwrap();
    }
}
