//! What a floor does at each call: words, done one after the other.

use crate::{BareHash, Store, told};

#[derive(Debug)]
pub struct Work {
    steps: Vec<Step>,
    hash: Option<BareHash>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    BatchGet,
    BatchWrite,
    Count,
    Get,
    Hash,
    Put,
    Query,
    Transact,
    TransactFour,
}

impl Work {
    #[must_use]
    pub fn told() -> Self {
        let steps: Vec<Step> = told("FLOOR_WORK")
            .split_whitespace()
            .map(Step::called)
            .collect();
        let hash = steps.contains(&Step::Hash).then(BareHash::prepared);
        Self { steps, hash }
    }

    pub async fn perform(&self, store: &Store) {
        for step in &self.steps {
            match step {
                Step::BatchGet => store.batch_get().await,
                Step::BatchWrite => store.batch_write().await,
                Step::Count => store.count().await,
                Step::Get => store.get().await,
                Step::Hash => self.hash.as_ref().unwrap().make_one(),
                Step::Put => store.put().await,
                Step::Query => store.query().await,
                Step::Transact => store.transact().await,
                Step::TransactFour => store.transact_four().await,
            }
        }
    }
}

impl Step {
    fn called(word: &str) -> Self {
        match word {
            "batch-get" => Self::BatchGet,
            "batch-write" => Self::BatchWrite,
            "count" => Self::Count,
            "get" => Self::Get,
            "hash" => Self::Hash,
            "put" => Self::Put,
            "query" => Self::Query,
            "transact" => Self::Transact,
            "transact-four" => Self::TransactFour,
            _ => panic!("no floor can {word}"),
        }
    }
}
