//! The steps of one call, as `FLOOR_STEPS` lists them.

use crate::{BareHash, Store, env_var};

#[derive(Debug)]
pub struct Workload {
    steps: Vec<String>,
    hash: Option<BareHash>,
}

impl Workload {
    pub fn from_env() -> Self {
        let steps = env_var("FLOOR_STEPS");
        let steps: Vec<String> = steps.split_whitespace().map(str::to_owned).collect();
        let hash = steps.iter().any(|step| step == "hash");
        Self {
            steps,
            hash: hash.then(BareHash::new),
        }
    }

    pub async fn run(&self, store: &Store) {
        for step in &self.steps {
            match step.as_str() {
                "batch-get" => store.batch_get().await,
                "batch-write" => store.batch_write().await,
                "count" => store.count().await,
                "get" => store.get().await,
                "hash" => self.hash.as_ref().unwrap().compute(),
                "put" => store.put().await,
                "query" => store.query().await,
                "transact" => store.transact().await,
                "transact-four" => store.transact_four().await,
                unknown => panic!("FLOOR_STEPS: no step is called {unknown:?}"),
            }
        }
    }
}
