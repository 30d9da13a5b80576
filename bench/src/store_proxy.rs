//! A proxy before the embedded store. It counts requests and bytes, and can add TLS.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

#[derive(Clone)]
pub struct StoreProxy {
    pub url: String,
    pub address: SocketAddr,
    requests: Arc<AtomicU64>,
    response_bytes: Arc<AtomicU64>,
}

impl StoreProxy {
    pub async fn open(store: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let proxy = Self {
            url: format!("{scheme}://{address}"),
            address,
            requests: Arc::default(),
            response_bytes: Arc::default(),
        };
        let counters = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                client.set_nodelay(true).unwrap();
                let (counters, tls) = (counters.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => relay(client, store, &counters).await,
                        Some(tls) => relay(tls.accept(client).await?, store, &counters).await,
                    }
                });
            }
        });
        proxy
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Relaxed)
    }

    /// With headers, without TLS.
    pub fn response_bytes(&self) -> u64 {
        self.response_bytes.load(Relaxed)
    }
}

/// Runs until one side closes the connection. An HTTP/1.1 client sends its next request after the whole response to the
/// one before, so the first bytes after a response begin a request. A part is counted before it is passed on: a client
/// that has a response finds it counted.
async fn relay(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    store: SocketAddr,
    counters: &StoreProxy,
) -> io::Result<()> {
    let mut store = TcpStream::connect(store).await?;
    store.set_nodelay(true)?;
    let (mut request, mut response) = (vec![0; 65_536], vec![0; 65_536]);
    let mut is_in_request = false;
    loop {
        tokio::select! {
            length = client.read(&mut request) => match length? {
                0 => return Ok(()),
                length => {
                    counters.requests.fetch_add(u64::from(!is_in_request), Relaxed);
                    is_in_request = true;
                    store.write_all(&request[..length]).await?;
                }
            },
            length = store.read(&mut response) => match length? {
                0 => return Ok(()),
                length => {
                    counters.response_bytes.fetch_add(length as u64, Relaxed);
                    is_in_request = false;
                    client.write_all(&response[..length]).await?;
                    client.flush().await?;
                }
            },
        }
    }
}

#[tokio::test]
async fn requests_and_bytes_are_counted_however_they_are_split() {
    let store = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = StoreProxy::open(store.local_addr().unwrap(), None).await;
    let mut client = TcpStream::connect(proxy.address).await.unwrap();
    let (mut store, _) = store.accept().await.unwrap();

    for length in [10_000, 25_000] {
        for part in [b"POST / HTTP", b"/1.1\r\n\r\n..."] {
            client.write_all(part).await.unwrap();
            store.read_exact(&mut [0; 11]).await.unwrap();
        }
        store.write_all(&vec![b'x'; length]).await.unwrap();
        client.read_exact(&mut vec![0; length]).await.unwrap();
    }
    assert_eq!((proxy.requests(), proxy.response_bytes()), (2, 35_000));
}
