//! What is no function: a hash, and two ways to check a token.

use std::time::Duration;

use bench::{Repeater, median};

use crate::scene::Scene;

const CHECKS: u32 = 500;

/// CPU time of one repetition.
pub struct Repeated {
    pub hash: Duration,
    pub product_hash: Duration,
    pub bare_check: Duration,
    pub token_check: Duration,
}

pub struct Repeaters {
    hash: Timed,
    product_hash: Timed,
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
            hash: start("bare-hash", 1).await,
            product_hash: start("hash", 1).await,
            bare_check: start("bare-check", CHECKS).await,
            token_check: start("token-check", CHECKS).await,
        }
    }

    /// One hash, between two calls that hash: many in a row would have the caches to themselves.
    pub async fn hash(&mut self) {
        self.hash.take_its_turn().await;
        self.product_hash.take_its_turn().await;
    }

    pub async fn check(&mut self) {
        self.bare_check.take_its_turn().await;
        self.token_check.take_its_turn().await;
    }

    pub async fn end(self) -> Repeated {
        Repeated {
            hash: self.hash.end().await,
            product_hash: self.product_hash.end().await,
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
    async fn take_its_turn(&mut self) {
        let all = self.repeater.work(self.times).await;
        self.each.push(all / self.times);
    }

    async fn end(self) -> Duration {
        self.repeater.end().await;
        median(&self.each)
    }
}
