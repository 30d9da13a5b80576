//! A proxy before the embedded store. It counts requests and bytes, and can add TLS.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
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
    requests: AtomicUsize,
    response_bytes: AtomicUsize,
}

impl StoreProxy {
    pub async fn open(store: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let counters = Arc::new(Counters::default());
        let proxy = Self {
            url: format!("{scheme}://{address}"),
            address,
            counters: Arc::clone(&counters),
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                client.set_nodelay(true).unwrap();
                let (counters, tls) = (Arc::clone(&counters), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => relay(client, store, &counters).await,
                        // A client that does not trust the certificate fails its call, which ends the measurement.
                        Some(tls) => {
                            if let Ok(client) = tls.accept(client).await {
                                relay(client, store, &counters).await;
                            }
                        }
                    }
                });
            }
        });
        proxy
    }

    pub fn requests(&self) -> usize {
        self.counters.requests.load(Relaxed)
    }

    /// With headers, without TLS.
    pub fn response_bytes(&self) -> usize {
        self.counters.response_bytes.load(Relaxed)
    }
}

/// Runs until one side closes the connection. An HTTP/1.1 client sends its next request after the whole response to the
/// one before, so the first bytes after a response begin a request.
async fn relay(client: impl AsyncRead + AsyncWrite, store: SocketAddr, counters: &Counters) {
    let mut store = TcpStream::connect(store).await.unwrap();
    store.set_nodelay(true).unwrap();
    let (from_client, to_client) = split(client);
    let (from_store, to_store) = store.split();
    let in_request = AtomicBool::new(false);
    let requests = copy(from_client, to_store, |_| {
        if !in_request.swap(true, Relaxed) {
            counters.requests.fetch_add(1, Relaxed);
        }
    });
    let responses = copy(from_store, to_client, |length| {
        in_request.store(false, Relaxed);
        counters.response_bytes.fetch_add(length, Relaxed);
    });
    tokio::select! {
        () = requests => {}
        () = responses => {}
    }
}

/// Calls `count` with the length of each part before it passes the part on: a client that has a response finds it
/// counted.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    count: impl Fn(usize),
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        count(length);
        if to.write_all(&buffer[..length]).await.is_err() || to.flush().await.is_err() {
            return;
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
