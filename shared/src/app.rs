//! Everything a handler may use, built once in the init phase and handed to it.

use std::time::Duration;

use crate::{
    Clock, CursorSeal, Entropy, Pseudonyms, Settings, SettingsError,
    account::Hasher,
    session::TokenSigner,
    store::{Connection, Store},
};

#[derive(Debug)]
pub struct App {
    pub settings: Settings,
    pub store: Store,
    pub clock: Clock,
    pub entropy: Entropy,
    pub hasher: Hasher,
    pub tokens: TokenSigner,
    pub cursors: CursorSeal,
    pub pseudonyms: Pseudonyms,
    /// After so long a call is answered, whatever it waits for.
    pub answers_within: Duration,
}

/// The store's callers are promised 3 seconds.
const ANSWERS_WITHIN: Duration = Duration::from_millis(2_800);

impl App {
    #[must_use]
    pub fn new(settings: Settings, store: Store, clock: Clock, entropy: Entropy) -> Self {
        let tokens = TokenSigner::new(&settings);
        let cursors = CursorSeal::new(&settings);
        let pseudonyms = Pseudonyms::new(&settings);
        Self {
            settings,
            store,
            clock,
            entropy,
            hasher: Hasher::new(),
            tokens,
            cursors,
            pseudonyms,
            answers_within: ANSWERS_WITHIN,
        }
    }

    /// The app as a deployed function has it: settings and store from the environment.
    pub async fn from_environment() -> Result<Self, SettingsError> {
        let settings = Settings::from_environment()?;
        let entropy = Entropy::system();
        let connection = Connection::from_environment().await;
        let store = Store::new(&connection, &settings.table_name, entropy.clone());
        Ok(Self::new(settings, store, Clock::system(), entropy))
    }
}
