//! The `App` of the deployed functions, connected to the embedded database.

use std::{net::SocketAddr, sync::Arc};

use shared::{
    App, Clock, CookieNaming, Entropy, Settings,
    store::{Connection, Store},
};

#[must_use]
pub fn app(mut settings: Settings, database: SocketAddr) -> Arc<App> {
    // Over plain HTTP, some browsers drop a `Secure` cookie.
    settings.cookie_naming = CookieNaming::Local;
    let entropy = Entropy::system();
    let connection = Connection::to_local(&format!("http://{database}"));
    let store = Store::new(&connection, &settings.table_name, entropy.clone());
    Arc::new(App::new(settings, store, Clock::system(), entropy))
}
