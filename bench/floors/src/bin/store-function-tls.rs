//! F2-tls: the same over TLS, with the connection opened before the first call. It trusts the one
//! certificate that it is given, and so has no others to load.
#![allow(
    clippy::unwrap_used,
    reason = "a floor that cannot be reached has nothing to say"
)]

use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use floors::{Store, answer_events, run, told};

fn main() {
    run(async {
        let certificate = std::fs::read(told("FLOOR_CERTIFICATE")).unwrap();
        let trusted = TrustStore::empty().with_pem_certificate(certificate);
        let https = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(
                TlsContext::builder()
                    .with_trust_store(trusted)
                    .build()
                    .unwrap(),
            )
            .build_https();
        let store = Store::told(https);
        store.get().await;
        // No more than this one request is in the binary, which sizes are held to.
        answer_events(|| store.get()).await;
    });
}
