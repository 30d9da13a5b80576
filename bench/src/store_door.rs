//! The way to the embedded store: it counts the requests and the bytes of answers that pass, and may have TLS.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use local::listen;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

/// A header that every request to the store has once.
const MARK: &[u8] = b"x-amz-target:";

#[derive(Clone, Debug)]
pub struct StoreDoor {
    pub address: String,
    pub socket: SocketAddr,
    passed: Arc<Passed>,
}

#[derive(Debug, Default)]
struct Passed {
    requests: AtomicUsize,
    answer_bytes: AtomicUsize,
}

impl StoreDoor {
    pub async fn open(store: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = listen::on_loopback(0, "no option").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let socket = listener.local_addr().unwrap();
        let passed = Arc::new(Passed::default());
        let counted = Arc::clone(&passed);
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
        Self {
            address: format!("{scheme}://{socket}"),
            socket,
            passed,
        }
    }

    /// Since it was opened.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.passed.requests.load(Ordering::Relaxed)
    }

    /// Since it was opened; with their headers, and before TLS.
    #[must_use]
    pub fn answer_bytes(&self) -> usize {
        self.passed.answer_bytes.load(Ordering::Relaxed)
    }
}

/// Until either side hangs up.
async fn relay(caller: impl AsyncRead + AsyncWrite, store: SocketAddr, passed: &Passed) {
    let mut store = TcpStream::connect(store).await.unwrap();
    store.set_nodelay(true).unwrap();
    let (mut asked, mut told) = split(caller);
    let (mut answers, mut questions) = store.split();
    let asking = async {
        let mut marks = Counter::default();
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = asked.read(&mut buffer).await {
            let marks = marks.marks_in(&buffer[..length]);
            passed.requests.fetch_add(marks, Ordering::Relaxed);
            if questions.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let telling = async {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = answers.read(&mut buffer).await {
            // Before it is told: whoever has the answer finds it counted.
            passed.answer_bytes.fetch_add(length, Ordering::Relaxed);
            if told.write_all(&buffer[..length]).await.is_err() || told.flush().await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = asking => {}
        () = telling => {}
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

    #[tokio::test]
    async fn what_passes_is_counted_both_ways() {
        let store = listen::on_loopback(0, "no option").await.unwrap();
        let door = StoreDoor::open(store.local_addr().unwrap(), None).await;
        let mut caller = TcpStream::connect(door.socket).await.unwrap();
        let (mut store, _) = store.accept().await.unwrap();

        for answered in [100_000, 250_000] {
            let question = b"X-Amz-Target: a\r\n";
            caller.write_all(question).await.unwrap();
            store.read_exact(&mut [0; 17]).await.unwrap();
            let answer = vec![b'x'; answered];
            let told = tokio::join!(store.write_all(&answer), async {
                caller.read_exact(&mut vec![0; answered]).await
            });
            told.0.unwrap();
            told.1.unwrap();
        }
        assert_eq!((door.requests(), door.answer_bytes()), (2, 350_000));
    }
}
