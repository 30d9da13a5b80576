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
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    requests: AtomicU64,
    response_bytes: AtomicU64,
}

impl StoreProxy {
    pub async fn open(store: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let proxy = Self {
            url: format!("{scheme}://{address}"),
            address,
            counters: Arc::default(),
        };
        let counters = Arc::clone(&proxy.counters);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                client.set_nodelay(true).unwrap();
                let (counters, tls) = (Arc::clone(&counters), tls.clone());
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
        self.counters.requests.load(Relaxed)
    }

    /// With headers, without TLS.
    pub fn response_bytes(&self) -> u64 {
        self.counters.response_bytes.load(Relaxed)
    }
}

/// Runs until one side closes the connection. An HTTP/1.1 client sends its next request after the whole response to the
/// one before, so the first bytes after a response begin a request. A part is counted before it is passed on: a client
/// that has a response finds it counted.
async fn relay(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    store: SocketAddr,
    counters: &Counters,
) -> io::Result<()> {
    let mut store = TcpStream::connect(store).await?;
    store.set_nodelay(true)?;
    let (mut request, mut response) = (vec![0; 65_536], vec![0; 65_536]);
    let mut is_in_request = false;
    loop {
        tokio::select! {
            length = client.read(&mut request) => {
                let length = length?;
                if length == 0 {
                    return Ok(());
                }
                if !is_in_request {
                    counters.requests.fetch_add(1, Relaxed);
                }
                is_in_request = true;
                store.write_all(&request[..length]).await?;
            }
            length = store.read(&mut response) => {
                let length = length?;
                if length == 0 {
                    return Ok(());
                }
                is_in_request = false;
                counters.response_bytes.fetch_add(length as u64, Relaxed);
                client.write_all(&response[..length]).await?;
                client.flush().await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_and_bytes_are_counted_however_they_are_split() {
        let store = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = StoreProxy::open(store.local_addr().unwrap(), None).await;
        let mut client = TcpStream::connect(proxy.address).await.unwrap();
        let (mut store, _) = store.accept().await.unwrap();

        for length in [100_000, 250_000] {
            for part in [b"POST / HTTP", b"/1.1\r\n\r\n..."] {
                client.write_all(part).await.unwrap();
                store.read_exact(&mut [0; 11]).await.unwrap();
            }
            let response = vec![b'x'; length];
            let mut received = vec![0; length];
            let (sent, received) =
                tokio::join!(store.write_all(&response), client.read_exact(&mut received));
            sent.unwrap();
            received.unwrap();
        }
        assert_eq!((proxy.requests(), proxy.response_bytes()), (2, 350_000));
    }
}
