//! A self-signed certificate for the loopback address.

use std::{fs, sync::Arc};

use local::template::workspace_root;
use rcgen::CertifiedKey;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer},
};

pub struct Certificate {
    pub acceptor: TlsAcceptor,
    /// This certificate alone.
    pub file: String,
    /// This one and Amazon's: the product loads the latter where it is deployed.
    pub bundle: String,
}

impl Certificate {
    pub fn create() -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let folder = workspace_root().join("target/bench");
        fs::create_dir_all(&folder).unwrap();
        let [file, bundle] =
            ["certificate.pem", "bundle.pem"].map(|name| folder.join(name).display().to_string());
        fs::write(&file, cert.pem()).unwrap();
        let roots = workspace_root().join("shared/src/aws/amazon_roots.pem");
        let roots = fs::read_to_string(roots).unwrap();
        fs::write(&bundle, roots + &cert.pem()).unwrap();

        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .unwrap();
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            file,
            bundle,
        }
    }
}
