//! One run of the command, and what it answers.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

use rustix::process::{Pid, Signal, kill_process};

pub fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    // The developer's own settings must not decide what these tests see.
    command
        .env_clear()
        .env("LATCHKEY_DATA_DIR", data)
        .args(arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A run that has said it is ready.
pub struct Running {
    pub child: Child,
    pub greeting: String,
    /// Read all the time: a full pipe would block the server.
    lines: Receiver<String>,
}

impl Running {
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::from_command(command(data, arguments))
    }

    pub fn from_command(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = String::new();
        while !greeting.ends_with("Ctrl-C ends it.\n") {
            let Some(line) = lines.next() else {
                let mut stderr = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut stderr)
                    .unwrap();
                panic!("it ended before it was ready: {greeting}{stderr}");
            };
            greeting += &(line.unwrap() + "\n");
        }
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self {
            child,
            greeting,
            lines: receiver,
        }
    }

    pub fn address_of(&self, what: &str) -> SocketAddr {
        let start = format!("{what} listens on http://");
        let line = self
            .greeting
            .lines()
            .find_map(|line| line.strip_prefix(&*start))
            .unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// The next printed line with that start. Log lines are between them.
    pub fn line_with(&self, start: &str) -> String {
        let wanted = |line: &String| line.starts_with(start);
        self.lines.iter().find(wanted).unwrap()
    }

    pub fn end_with(mut self, signal: Signal) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let mut stderr = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        (self.child.wait().unwrap(), stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only a failed test leaves it running.
        let _ = self.child.kill();
    }
}

pub fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub fn post(address: SocketAddr, path: &str, body: &str) -> String {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    exchange(address, &request)
}

pub fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    exchange(address, &request)
}
