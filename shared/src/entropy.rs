//! Randomness, as a value that tests can replace.

use std::{fmt, sync::Arc};

use uuid::Uuid;

use crate::{Error, Timestamp};

type Fill = dyn Fn(&mut [u8]) -> Result<(), Error> + Send + Sync;

#[derive(Clone)]
pub struct Entropy(Arc<Fill>);

impl Entropy {
    /// Randomness of the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|bytes| {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that asks the operating system"
            )]
            getrandom::fill(bytes)
                .map_err(|_| Error::Internal("the operating system gave no randomness"))
        })
    }

    #[must_use]
    pub fn new(fill: impl Fn(&mut [u8]) -> Result<(), Error> + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes)?;
        Ok(bytes)
    }

    /// A version 7 UUID (RFC 9562): ids sort by creation time.
    pub fn sortable_uuid(&self, now: Timestamp) -> Result<Uuid, Error> {
        let millis =
            u64::try_from(now.millis()).map_err(|_| Error::Internal("a time before 1970"))?;
        let random = self.bytes()?;
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// A random UUID, version 4.
    pub fn uuid(&self) -> Result<Uuid, Error> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}
