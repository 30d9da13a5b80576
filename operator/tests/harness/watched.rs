//! Which actions of DynamoDB does a command use? A proxy that passes everything on.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

const TARGET: &str = "DynamoDB_20120810.";

pub struct Watched {
    pub address: SocketAddr,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Watched {
    pub fn start(database: SocketAddr) -> Self {
        Self::start_with(database, |_, _| {})
    }

    /// Calls `before` with an action and its number, before the request is passed on.
    pub fn start_with(
        database: SocketAddr,
        before: impl Fn(&str, usize) + Send + Sync + 'static,
    ) -> Self {
        let before = Arc::new(before);
        let counts = Arc::new(Mutex::new(BTreeMap::new()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let watching = Arc::clone(&seen);
        thread::spawn(move || {
            for caller in listener.incoming() {
                let (caller, seen) = (caller.unwrap(), Arc::clone(&watching));
                let (before, counts) = (Arc::clone(&before), Arc::clone(&counts));
                let server = TcpStream::connect(database).unwrap();
                let (back_from, back_to) =
                    (server.try_clone().unwrap(), caller.try_clone().unwrap());
                thread::spawn(move || pass(back_from, back_to, |_| {}));
                thread::spawn(move || {
                    let (mut text, mut passed) = (String::new(), 0);
                    pass(caller, server, |bytes| {
                        text.push_str(&String::from_utf8_lossy(bytes));
                        note_actions(&text, &mut seen.lock().unwrap());
                        for action in requests(&text).skip(passed) {
                            passed += 1;
                            let mut counts = counts.lock().unwrap();
                            let count = counts.entry(action.clone()).or_insert(0);
                            *count += 1;
                            before(&action, *count);
                        }
                    });
                });
            }
        });
        Self { address, seen }
    }

    /// As policies name them. Forgets them.
    pub fn actions(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// A transaction needs the rights of its single writes.
fn note_actions(text: &str, seen: &mut BTreeSet<String>) {
    for (part, action) in text.split(TARGET).skip(1).zip(requests(text)) {
        if action != "TransactWriteItems" {
            seen.insert(format!("dynamodb:{action}"));
            continue;
        }
        for (write, action) in [
            ("\"Put\":", "PutItem"),
            ("\"Update\":", "UpdateItem"),
            ("\"Delete\":", "DeleteItem"),
            ("\"ConditionCheck\":", "ConditionCheckItem"),
        ] {
            if part.contains(write) {
                seen.insert(format!("dynamodb:{action}"));
            }
        }
    }
}

fn requests(text: &str) -> impl Iterator<Item = String> {
    text.split(TARGET).skip(1).map(|part| {
        part.chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect()
    })
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        look(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
