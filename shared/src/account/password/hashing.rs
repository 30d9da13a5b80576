//! Argon2id: how passwords are hashed, compared, and upgraded to the current cost.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::available_parallelism,
};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use tokio::sync::Semaphore;

use super::{Password, better_auth_hash::BetterAuthHash};
use crate::{Entropy, Error};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// How a password compares with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Match,
    /// The right password, whose hash was made at a lower cost than today's or by another product.
    OutdatedMatch,
    Mismatch,
}

/// Hashes on blocking threads, on all cores but one: many logins at once neither exhaust the memory
/// nor delay other calls. Each hash needs 19 MiB of working memory. The pool keeps it, because fresh
/// memory doubles the wall time of a hash.
#[derive(Clone)]
pub struct Hasher(Arc<Pool>);

struct Pool {
    permits: Arc<Semaphore>,
    buffers: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    #[must_use]
    pub fn new() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self::with_permits(cores.saturating_sub(1).max(1))
    }

    fn with_permits(at_once: usize) -> Self {
        Self(Arc::new(Pool {
            permits: Arc::new(Semaphore::new(at_once)),
            buffers: Mutex::new(Vec::new()),
        }))
    }

    /// Allocates the working memory of one hash, so that the first call does not wait for it.
    pub fn prepare(&self) {
        let Ok(params) = HashParams::current([0; SALT_BYTES]) else {
            return;
        };
        let mut blocks = vec![Block::default(); params.cost.block_count()];
        for block in &mut blocks {
            // The system maps a page of zeros only when it is written to.
            std::hint::black_box(block).as_mut()[0] = 1;
        }
        self.0.buffers().push(blocks);
    }

    pub async fn hash(&self, password: &Password, entropy: &Entropy) -> Result<String, Error> {
        let params = HashParams::current(entropy.bytes()?)?;
        let output = self.compute(params.clone(), password).await?;
        params.into_phc(output)
    }

    /// Takes the same time whether there is a stored hash or not, and whether or not it was made at a
    /// lower cost. A hash of another product takes its own time, until a login replaces it.
    pub async fn compare(
        &self,
        password: &Password,
        stored: Option<&str>,
    ) -> Result<Comparison, Error> {
        if let Some(imported) = stored.and_then(BetterAuthHash::parse) {
            let password = password.clone();
            let is_match = self.run(move |_| imported.matches(&password)).await?;
            return Ok(if is_match {
                Comparison::OutdatedMatch
            } else {
                Comparison::Mismatch
            });
        }
        let known = stored.and_then(HashParams::parse);
        let params = match &known {
            Some((params, _)) => params.clone(),
            None => HashParams::current([0; SALT_BYTES])?,
        };
        let outdated = params.is_outdated();
        let output = self.compute(params, password).await?;
        // `Output` compares in constant time.
        Ok(match known {
            Some((_, expected)) if expected == output && outdated => Comparison::OutdatedMatch,
            Some((_, expected)) if expected == output => Comparison::Match,
            _ => Comparison::Mismatch,
        })
    }

    async fn compute(&self, params: HashParams, password: &Password) -> Result<Output, Error> {
        let password = password.clone();
        self.run(move |pool| {
            let kept = pool.buffers().pop();
            let mut blocks = kept.unwrap_or_default();
            let output = params.compute(&password, &mut blocks);
            let spent = params.spend_missing_cost(&password, &mut blocks);
            pool.buffers().push(blocks);
            spent.and(output)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Pool) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = Arc::clone(&self.0.permits)
            .acquire_owned()
            .await
            .map_err(|_| Error::Internal("hashing is closed"))?;
        let pool = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            // The hash runs on when its caller gives up, and holds the permit until it ends.
            let _permit = permit;
            work(&pool)
        })
        .await
        .map_err(|_| Error::Internal("hashing panicked"))?
    }
}

impl Pool {
    /// Ignores poisoning: each user pushes or pops one buffer, so a panic leaves the list intact.
    fn buffers(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// The inputs of a hash except the password.
#[derive(Clone)]
struct HashParams {
    algorithm: Algorithm,
    version: Version,
    cost: Params,
    salt: Salt,
    output_bytes: usize,
}

impl HashParams {
    fn current(salt: [u8; SALT_BYTES]) -> Result<Self, Error> {
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            cost: Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES))
                .map_err(|_| Error::Internal("bad hashing parameters"))?,
            salt: Salt::new(&salt).map_err(|_| Error::Internal("bad salt"))?,
            output_bytes: OUTPUT_BYTES,
        })
    }

    fn parse(phc: &str) -> Option<(Self, Output)> {
        let stored = PasswordHash::new(phc).ok()?;
        let output = stored.hash?;
        let params = Self {
            algorithm: Algorithm::try_from(stored.algorithm.as_str()).ok()?,
            version: stored
                .version
                .map_or(Ok(Version::default()), Version::try_from)
                .ok()?,
            cost: Params::try_from(&stored).ok()?,
            salt: stored.salt?,
            output_bytes: output.len(),
        };
        Some((params, output))
    }

    fn is_outdated(&self) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.cost.m_cost() < MEMORY_KIB
            || self.cost.t_cost() < PASSES
            || self.salt.len() < SALT_BYTES
            || self.output_bytes < OUTPUT_BYTES
    }

    fn compute(&self, password: &Password, blocks: &mut Vec<Block>) -> Result<Output, Error> {
        if blocks.len() < self.cost.block_count() {
            blocks.resize(self.cost.block_count(), Block::default());
        }
        let mut output = [0; Output::MAX_LENGTH];
        let output = output
            .get_mut(..self.output_bytes)
            .ok_or(Error::Internal("a stored hash is too long"))?;
        Argon2::new(self.algorithm, self.version, self.cost.clone())
            .hash_password_into_with_memory(password.as_bytes(), &self.salt, output, blocks)
            .map_err(|_| Error::Internal("hashing failed"))?;
        Output::new(output).map_err(|_| Error::Internal("hashing failed"))
    }

    /// Does the work that an older hash lacks. Otherwise its time would tell an account that has not
    /// logged in since the cost was raised from a name that nobody has.
    fn spend_missing_cost(
        &self,
        password: &Password,
        blocks: &mut Vec<Block>,
    ) -> Result<(), Error> {
        let Some(cost) = self.missing_cost() else {
            return Ok(());
        };
        let rest = Self {
            cost,
            ..Self::current([0; SALT_BYTES])?
        };
        rest.compute(password, blocks).map(drop)
    }

    /// The time of Argon2 grows with memory times passes.
    fn missing_cost(&self) -> Option<Params> {
        let spent = self.cost.m_cost().saturating_mul(self.cost.t_cost());
        let missing = (MEMORY_KIB * PASSES).checked_sub(spent)?;
        let passes = missing.div_ceil(MEMORY_KIB).max(1);
        // A rest below the least memory of Argon2 takes no time that could be measured.
        Params::new(missing / passes, passes, LANES, Some(OUTPUT_BYTES)).ok()
    }

    fn into_phc(self, output: Output) -> Result<String, Error> {
        let phc = PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.cost)
                .map_err(|_| Error::Internal("bad hashing parameters"))?,
            salt: Some(self.salt),
            hash: Some(output),
        };
        Ok(phc.to_string())
    }
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    fn password(text: &str) -> Password {
        Password::read(text).unwrap()
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn a_hash_is_a_phc_string_of_the_documented_cost_that_the_argon2_crate_itself_accepts() {
        let phc =
            block_on(Hasher::new().hash(&password("correct horse"), &Entropy::system())).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let parsed = PasswordHash::new(&phc).unwrap();
        assert_eq!(parsed.salt.unwrap().len(), 16);
        assert!(
            Argon2::default()
                .verify_password(b"correct horse", &parsed)
                .is_ok()
        );
    }

    #[test]
    fn the_same_password_never_gives_the_same_hash() {
        let hasher = Hasher::new();
        let hash = || block_on(hasher.hash(&password("correct horse"), &Entropy::system()));
        assert_ne!(hash().unwrap(), hash().unwrap());
    }

    #[test]
    fn only_the_right_password_matches_and_a_kept_buffer_changes_nothing() {
        let hasher = Hasher::new();
        let right = password("correct horse");
        let phc = block_on(hasher.hash(&right, &Entropy::system())).unwrap();
        for _ in 0..2 {
            let compare =
                |given: &str, stored| block_on(hasher.compare(&password(given), stored)).unwrap();
            assert_eq!(
                compare("correct horse", Some(phc.as_str())),
                Comparison::Match
            );
            assert_eq!(
                compare("correct horsf", Some(phc.as_str())),
                Comparison::Mismatch
            );
            assert_eq!(compare("correct horse", None), Comparison::Mismatch);
            assert_eq!(
                compare("correct horse", Some("not a hash")),
                Comparison::Mismatch
            );
        }
    }

    #[test]
    fn callers_that_give_up_do_not_make_room_for_more_hashes_than_allowed() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let hasher = Hasher::with_permits(1);
        let password = password("correct horse");
        runtime.block_on(async {
            for _ in 0..8 {
                let hashing = hasher.compare(&password, None);
                let soon = std::time::Duration::from_millis(2);
                let given_up = tokio::time::timeout(soon, hashing).await;
                assert!(given_up.is_err());
            }
            hasher.compare(&password, None).await.unwrap();
        });
        // Each hash that ran beside another one would have needed memory of its own.
        assert_eq!(hasher.0.buffers.lock().unwrap().len(), 1);
    }

    #[test]
    fn an_older_hash_and_its_missing_cost_are_as_much_work_as_a_hash_of_today() {
        let work = |cost: &Params| cost.m_cost() * cost.t_cost();
        for (memory, passes) in [
            (8, 1),
            (4_096, 3),
            (9_728, 2),
            (19_456, 1),
            (12_288, 3),
            (32_768, 1),
        ] {
            let old = HashParams {
                cost: Params::new(memory, passes, LANES, Some(OUTPUT_BYTES)).unwrap(),
                ..HashParams::current([0; SALT_BYTES]).unwrap()
            };
            let missing = old.missing_cost().unwrap();
            let sum = work(&old.cost) + work(&missing);
            assert!((sum..=sum + 2).contains(&(MEMORY_KIB * PASSES)), "{sum}");
            assert!(missing.m_cost() <= MEMORY_KIB);
        }
        let today = HashParams::current([0; SALT_BYTES]).unwrap();
        assert_eq!(today.missing_cost(), None);
        let stronger = HashParams {
            cost: Params::new(MEMORY_KIB, PASSES + 1, LANES, None).unwrap(),
            ..today
        };
        assert_eq!(stronger.missing_cost(), None);
    }

    #[test]
    fn a_hash_of_lower_cost_or_another_variant_is_outdated() {
        let weak = [
            Argon2::new(
                Algorithm::Argon2id,
                Version::V0x13,
                Params::new(8, 1, 1, None).unwrap(),
            ),
            Argon2::new(Algorithm::Argon2i, Version::V0x13, Params::default()),
            Argon2::new(Algorithm::Argon2id, Version::V0x10, Params::default()),
        ];
        for argon2 in weak {
            let phc = argon2
                .hash_password_with_salt(b"correct horse", &[7; 16])
                .unwrap();
            let phc = phc.to_string();
            let comparison =
                block_on(Hasher::new().compare(&password("correct horse"), Some(phc.as_str())));
            assert_eq!(comparison.unwrap(), Comparison::OutdatedMatch, "{phc}");
        }
    }
}
