//! Times, memory and requests: each round asks everybody in turn, so that a busy moment is everybody's.

use std::time::Duration;

use bench::{Answer, Function, Start, median};

use crate::{
    repeated::{Repeated, Repeaters},
    scene::{Scene, Subject},
};

/// Between turns the caches are somebody else's, which would be the most of a short call.
const CALLS_IN_A_ROW: usize = 10;

#[derive(Clone, Copy)]
pub struct Rounds {
    pub starts: usize,
    pub calls: usize,
}

#[derive(Default)]
pub struct Measured {
    pub starts: Vec<Start>,
    /// The first call after each start.
    pub first_calls: Vec<Duration>,
    pub cpu_of_calls: Vec<Duration>,
    pub wall_of_calls: Vec<Duration>,
    pub requests_of_a_call: usize,
    /// After all calls, in KiB.
    pub peak_memory: u64,
}

impl Measured {
    pub fn start<T: Copy + PartialOrd>(&self, figure: impl Fn(&Start) -> T) -> T {
        median(&self.starts.iter().map(figure).collect::<Vec<_>>())
    }

    pub fn cpu_of_a_call(&self) -> Duration {
        median(&self.cpu_of_calls)
    }

    /// Until the first answer is there, as a caller waits for it.
    pub fn start_and_first_call(&self) -> Duration {
        let pairs = self.starts.iter().zip(&self.first_calls);
        let sums: Vec<Duration> = pairs.map(|(start, first)| start.wall + *first).collect();
        median(&sums)
    }
}

pub async fn starts(scene: &Scene, subjects: &mut [Subject], rounds: Rounds) {
    let count = subjects.len();
    for round in 0..rounds.starts {
        // Each round begins with another, so that none always follows the same one.
        for step in 0..count {
            let subject = &mut subjects[(round + step) % count];
            let event = scene.event(subject.call).await;
            let (mut function, start) =
                Function::start(&subject.binary, &subject.environment).await;
            let first = function.call(&event).await;
            expect_success(subject, &first);
            subject.measured.starts.push(start);
            subject.measured.first_calls.push(first.wall);
            function.end().await;
        }
    }
}

pub async fn calls(scene: &Scene, subjects: &mut [Subject], rounds: Rounds) -> Repeated {
    let mut repeaters = Repeaters::start(scene).await;
    let mut functions = Vec::new();
    for subject in subjects.iter() {
        let (mut function, _) = Function::start(&subject.binary, &subject.environment).await;
        // The first one opens connections.
        let event = scene.event(subject.call).await;
        expect_success(subject, &function.call(&event).await);
        functions.push(function);
    }
    for _ in 0..rounds.calls / CALLS_IN_A_ROW {
        for (subject, function) in subjects.iter_mut().zip(&mut functions) {
            row_of_calls(scene, subject, function, &mut repeaters).await;
        }
        repeaters.check().await;
    }
    for (subject, function) in subjects.iter_mut().zip(functions) {
        subject.measured.peak_memory = function.peak_memory();
        function.end().await;
    }
    repeaters.end().await
}

async fn row_of_calls(
    scene: &Scene,
    subject: &mut Subject,
    function: &mut Function,
    repeaters: &mut Repeaters,
) {
    let mut events = Vec::new();
    for _ in 0..CALLS_IN_A_ROW {
        events.push(scene.event(subject.call).await);
    }
    function.rest().await;
    for event in &events {
        let before = scene.door.requests();
        let answer = function.call(event).await;
        expect_success(subject, &answer);
        let measured = &mut subject.measured;
        measured.requests_of_a_call = scene.door.requests() - before;
        measured.cpu_of_calls.push(answer.cpu);
        measured.wall_of_calls.push(answer.wall);
        if subject.call.hashes() {
            repeaters.hash().await;
        }
    }
}

fn expect_success(subject: &Subject, answer: &Answer) {
    assert!(answer.status < 300, "{}: {}", subject.name, answer.body);
}
