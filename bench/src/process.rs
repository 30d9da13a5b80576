//! Figures of a process from `/proc`: <https://man7.org/linux/man-pages/man5/proc.5.html>.

use std::{fs, time::Duration};

/// The CPU time of all threads that have not ended, in nanoseconds. Zero where the kernel does not report it.
pub fn cpu_time(id: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{id}/task")).unwrap();
    let nanoseconds = threads.map(|thread| {
        // A thread may have ended since the folder was read.
        let schedstat = fs::read_to_string(thread.unwrap().path().join("schedstat"));
        number(&schedstat.unwrap_or_default(), 0).unwrap_or(0)
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// Minor and major ones.
pub fn page_faults(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    // The second field, the program's name in brackets, may contain blanks and brackets.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    number(fields, 7).unwrap() + number(fields, 9).unwrap()
}

pub fn peak_memory_kib(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    number(line.unwrap(), 0).unwrap()
}

fn number(fields: &str, place: usize) -> Option<u64> {
    fields.split_whitespace().nth(place)?.parse().ok()
}
