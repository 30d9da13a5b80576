//! The way to the embedded store: it counts the requests that pass, and may have TLS.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use local::listen;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, split},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

/// A header that every request to the store has once.
const MARK: &[u8] = b"x-amz-target:";

#[derive(Clone, Debug)]
pub struct StoreDoor {
    pub address: String,
    requests: Arc<AtomicUsize>,
}

impl StoreDoor {
    pub async fn open(store: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = listen::on_loopback(0, "no option").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                caller.set_nodelay(true).unwrap();
                let (counted, tls) = (Arc::clone(&counted), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => relay(caller, store, &counted).await,
                        // A caller that does not trust us is heard of at once: its call fails.
                        Some(tls) => {
                            if let Ok(caller) = tls.accept(caller).await {
                                relay(caller, store, &counted).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, requests }
    }

    /// Since it was opened.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Until either side hangs up.
async fn relay(caller: impl AsyncRead + AsyncWrite, store: SocketAddr, counted: &AtomicUsize) {
    let mut store = TcpStream::connect(store).await.unwrap();
    store.set_nodelay(true).unwrap();
    let (mut asked, mut told) = split(caller);
    let (mut answers, mut questions) = store.split();
    let asking = async {
        let mut marks = Counter::default();
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = asked.read(&mut buffer).await {
            counted.fetch_add(marks.marks_in(&buffer[..length]), Ordering::Relaxed);
            if questions.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let telling = copy(&mut answers, &mut told);
    tokio::select! {
        () = asking => {}
        _ended = telling => {}
    }
}

/// Finds marks in a stream, across the seams between its parts.
#[derive(Default)]
struct Counter {
    matched: usize,
}

impl Counter {
    /// No letter of the mark but the first begins it anew.
    fn marks_in(&mut self, part: &[u8]) -> usize {
        let mut marks = 0;
        for byte in part.iter().map(u8::to_ascii_lowercase) {
            self.matched = if byte == MARK[self.matched] {
                self.matched + 1
            } else {
                usize::from(byte == MARK[0])
            };
            if self.matched == MARK.len() {
                (self.matched, marks) = (0, marks + 1);
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_counted_once_however_the_stream_is_cut() {
        let stream = b"POST / HTTP/1.1\r\nX-Amz-Target: a\r\nx-amz-date: b\r\n\r\nxx-amz-target:";
        for size in 1..=stream.len() {
            let mut counter = Counter::default();
            let marks: usize = stream.chunks(size).map(|part| counter.marks_in(part)).sum();
            assert_eq!(marks, 2, "{size}");
        }
    }
}
