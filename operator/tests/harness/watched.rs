//! Which actions of DynamoDB does a command use? A proxy that passes everything on.

use std::{
    collections::BTreeSet,
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
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let watching = Arc::clone(&seen);
        thread::spawn(move || {
            for caller in listener.incoming() {
                let (caller, seen) = (caller.unwrap(), Arc::clone(&watching));
                let server = TcpStream::connect(database).unwrap();
                let (back_from, back_to) =
                    (server.try_clone().unwrap(), caller.try_clone().unwrap());
                thread::spawn(move || pass(back_from, back_to, |_| {}));
                thread::spawn(move || {
                    let mut text = String::new();
                    pass(caller, server, |bytes| {
                        text.push_str(&String::from_utf8_lossy(bytes));
                        note_actions(&text, &mut seen.lock().unwrap());
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
    for part in text.split(TARGET).skip(1) {
        let action: String = part
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
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
