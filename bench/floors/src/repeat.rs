//! Work without a function around it.

use std::io::{BufRead, Write, stdin, stdout};

/// Each line of standard input is a number: so often the work is done, and a line says when.
pub fn repeat_on_request(mut work: impl FnMut()) {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let times: u32 = line.unwrap().parse().unwrap();
        for _ in 0..times {
            work();
        }
        writeln!(out, "done").unwrap();
        out.flush().unwrap();
    }
}
