//! The application: built once in the init phase, shared by all calls.

use std::time::Duration;

use crate::{
    Clock, Entropy, Pseudonyms, Seal, Settings, SettingsError,
    account::Hasher,
    store::{Connection, Store},
    token::TokenSigner,
};

#[derive(Debug)]
pub struct App {
    pub settings: Settings,
    pub store: Store,
    pub clock: Clock,
    pub entropy: Entropy,
    pub hasher: Hasher,
    pub tokens: TokenSigner,
    pub seal: Seal,
    pub pseudonyms: Pseudonyms,
    /// A call that takes longer is answered with 503.
    pub call_timeout: Duration,
}

/// Callers are promised an answer within 3 seconds.
const CALL_TIMEOUT: Duration = Duration::from_millis(2_800);

impl App {
    #[must_use]
    pub fn new(settings: Settings, store: Store, clock: Clock, entropy: Entropy) -> Self {
        let tokens = TokenSigner::new(&settings);
        let seal = Seal::new(&settings);
        let pseudonyms = Pseudonyms::new(&settings);
        Self {
            settings,
            store,
            clock,
            entropy,
            hasher: Hasher::new(),
            tokens,
            seal,
            pseudonyms,
            call_timeout: CALL_TIMEOUT,
        }
    }

    /// Settings and store come from the environment, as in a deployed function.
    pub async fn from_environment() -> Result<Self, SettingsError> {
        let settings = Settings::from_environment()?;
        let entropy = Entropy::system();
        let connection = Connection::from_environment().await;
        let store = Store::new(&connection, &settings.table_name, entropy.clone());
        Ok(Self::new(settings, store, Clock::system(), entropy))
    }
}
