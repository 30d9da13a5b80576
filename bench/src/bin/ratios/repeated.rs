//! What is no function: a hash, and two ways to check a token.

use std::time::Duration;

use bench::{Repeater, median};

use crate::scene::Scene;

/// As many as a function has calls in a row.
const HASHES: u32 = 10;
const CHECKS: u32 = 500;

/// CPU time of one repetition.
pub struct Repeated {
    pub hash: Duration,
    pub bare_check: Duration,
    pub token_check: Duration,
}

pub struct Repeaters {
    hash: Timed,
    bare_check: Timed,
    token_check: Timed,
}

impl Repeaters {
    pub async fn start(scene: &Scene) -> Self {
        let environment = scene.repeater_environment();
        let start = async |binary, times| {
            let mut repeater = Repeater::start(&scene.builds.path(binary), &environment);
            // The first one finds its memory cold.
            repeater.work(1).await;
            Timed {
                repeater,
                times,
                each: Vec::new(),
            }
        };
        Self {
            hash: start("bare-hash", HASHES).await,
            bare_check: start("bare-check", CHECKS).await,
            token_check: start("token-check", CHECKS).await,
        }
    }

    pub async fn take_their_turn(&mut self) {
        for timed in [&mut self.hash, &mut self.bare_check, &mut self.token_check] {
            let all = timed.repeater.work(timed.times).await;
            timed.each.push(all / timed.times);
        }
    }

    pub async fn end(self) -> Repeated {
        Repeated {
            hash: self.hash.end().await,
            bare_check: self.bare_check.end().await,
            token_check: self.token_check.end().await,
        }
    }
}

struct Timed {
    repeater: Repeater,
    times: u32,
    each: Vec<Duration>,
}

impl Timed {
    async fn end(self) -> Duration {
        self.repeater.end().await;
        median(&self.each)
    }
}
