//! HTTPS to AWS: one connector for the life of the process, with a pool of connections.

use std::time::Duration;

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpConnector, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use http_body_util::BodyExt;

/// The roots that certify AWS's services (<https://www.amazontrust.com/repository/>). Reading the
/// system's whole list would take nine tenths of a start.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

#[derive(Clone, Debug)]
pub struct Https(SharedHttpConnector);

impl Https {
    /// Trusts Amazon's roots, or those of the system, which `SSL_CERT_FILE` names.
    #[must_use]
    pub fn new(system_certificates: bool, connect_timeout: Duration) -> Self {
        let trusted = if system_certificates {
            TrustStore::default()
        } else {
            TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
        };
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(connect_timeout)
            .build();
        let tls = TlsContext::builder().with_trust_store(trusted).build();
        Self(SharedHttpConnector::new(
            Connector::builder()
                .connector_settings(settings)
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(tls.unwrap_or_default())
                .build(),
        ))
    }

    /// Opens a connection for the first call. DynamoDB answers `GET /` with its health and needs no
    /// credentials for it.
    pub async fn open(&self, endpoint: &str) {
        let mut request = HttpRequest::empty();
        if request.set_uri(endpoint).is_err() {
            return;
        }
        if let Ok(answer) = self.0.call(request).await {
            // The connection goes back to the pool when the whole answer has been read.
            let _read = answer.into_body().collect().await;
        }
    }

    /// Sends one request as it is: it is not signed here.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        self.0.call(request).await
    }

    #[must_use]
    pub fn into_client(self) -> SharedHttpClient {
        // The SDK's own client would build a second connector only to validate it.
        http_client_fn(move |_, _| self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::mpsc,
        thread,
    };

    use base64::{Engine, engine::general_purpose::STANDARD};
    use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

    use super::*;

    #[test]
    fn the_roots_are_five_of_those_that_browsers_trust() {
        let text = std::str::from_utf8(AMAZON_ROOTS).unwrap();
        let bodies = text.split("-----BEGIN CERTIFICATE-----").skip(1);
        let bodies = bodies.map(|part| part.split("-----END").next().unwrap().replace('\n', ""));
        let certificates: Vec<Vec<u8>> =
            bodies.map(|body| STANDARD.decode(body).unwrap()).collect();
        assert_eq!(certificates.len(), 5);
        for certificate in certificates {
            let mut known = TLS_SERVER_ROOT_CERTS.iter();
            assert!(known.any(|known| known.as_ref() == certificate));
        }
    }

    /// Answers every request, and reports every connection and request.
    fn health_server() -> (String, mpsc::Receiver<&'static str>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for caller in listener.incoming() {
                tell.send("connection").unwrap();
                let (mut caller, tell) = (caller.unwrap(), tell.clone());
                thread::spawn(move || {
                    let mut request = [0; 1024];
                    while let Ok(1..) = caller.read(&mut request) {
                        tell.send("request").unwrap();
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nhealthy";
                        caller.write_all(answer).unwrap();
                    }
                });
            }
        });
        (address, told)
    }

    #[test]
    fn the_first_call_reuses_the_open_connection() {
        let (address, told) = health_server();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let https = Https::new(false, Duration::from_secs(5));
            https.open(&address).await;
            // The task that drives the connection returns it to the pool.
            tokio::task::yield_now().await;
            https.open(&address).await;
        });
        let told: Vec<_> = told.try_iter().collect();
        assert_eq!(told, ["connection", "request", "request"]);
    }
}
