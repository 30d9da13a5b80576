//! F2-tls: one `GetItem` a call over TLS, with the connection opened before the first event. It trusts a single
//! certificate, and so loads no others. Limits on binary sizes refer to this binary: it has no other requests in it.
#![allow(
    clippy::unwrap_used,
    reason = "a floor that fails must end the measurement"
)]

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use floors::{Store, answer_events, block_on, env_var};

fn main() {
    block_on(async {
        let certificate = std::fs::read(env_var("FLOOR_CERTIFICATE")).unwrap();
        let trusted = TrustStore::empty().with_pem_certificate(certificate);
        let context = TlsContext::builder().with_trust_store(trusted).build();
        let https = Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.unwrap())
            .build_https();
        let store = Store::from_env(https);
        store.get().await;
        answer_events(|| store.get()).await;
    });
}
