//! A certificate for the loopback address, made on the fly by `openssl`, and what trusts it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use local::template::workspace_root;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

#[derive(Debug)]
pub struct Certificate {
    pub file: PathBuf,
    key: PathBuf,
}

impl Certificate {
    /// None where there is no `openssl`.
    #[must_use]
    pub fn make() -> Option<Self> {
        let folder = workspace_root().join("target").join("bench");
        fs::create_dir_all(&folder).unwrap();
        let made = Self {
            file: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
        };
        let status = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
            ])
            .args(["-nodes", "-days", "2", "-subj", "/CN=measured"])
            .args(["-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-out")
            .arg(&made.file)
            .arg("-keyout")
            .arg(&made.key)
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then_some(made)
    }

    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        let chain = vec![CertificateDer::from_pem_file(&self.file).unwrap()];
        let key = PrivateKeyDer::from_pem_file(&self.key).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// The system's own certificates with this one behind them: as many to load as elsewhere.
    #[must_use]
    pub fn among_the_systems(&self) -> PathBuf {
        let known = [
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
        ];
        let mut all = String::new();
        if let Some(file) = known.iter().map(Path::new).find(|file| file.exists()) {
            all = fs::read_to_string(file).unwrap();
        }
        all.push_str(&fs::read_to_string(&self.file).unwrap());
        let file = self.file.with_file_name("all-certificates.pem");
        fs::write(&file, all).unwrap();
        file
    }
}
