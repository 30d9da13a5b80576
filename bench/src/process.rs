//! What the kernel knows of a process, without a call to it: Linux only.

use std::{fs, time::Duration};

/// The time that its threads have run, to the nanosecond. Those that have ended are not counted, and where the kernel
/// does not tell, it is zero.
#[must_use]
pub fn cpu(id: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{id}/task")).unwrap();
    let ran = threads.map(|thread| {
        let path = thread.unwrap().path().join("schedstat");
        // A thread may end between the two lines.
        let text = fs::read_to_string(path).unwrap_or_default();
        first_number(&text)
    });
    Duration::from_nanos(ran.sum())
}

/// Pages that it asked for and did not have yet.
#[must_use]
pub fn page_faults(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    faults_of_stat(&text)
}

/// The most memory that it ever held, in KiB.
#[must_use]
pub fn peak_memory(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    first_number(line.unwrap())
}

/// Minor and major ones. The name of the program, in brackets, may hold blanks.
fn faults_of_stat(text: &str) -> u64 {
    let (_, fields) = text.rsplit_once(')').unwrap();
    let field = |place: usize| -> u64 {
        let text = fields.split_whitespace().nth(place).unwrap();
        text.parse().unwrap()
    };
    field(7) + field(9)
}

fn first_number(text: &str) -> u64 {
    let number = text.split_whitespace().next();
    number.map_or(0, |number| number.parse().unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found_behind_a_name_with_blanks_and_brackets() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 321 0 5 0 1 2 0 0 20 0 1 0";
        assert_eq!(faults_of_stat(stat), 326);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn work_is_seen() {
        // Some containers have a kernel of their own that tells less.
        if fs::metadata("/proc/self/schedstat").is_err() {
            return;
        }
        let id = std::process::id();
        let before = (cpu(id), page_faults(id));
        let many: Vec<u64> = (0..10_000_000).collect();
        assert!(std::hint::black_box(many).len() > 1);
        std::thread::sleep(Duration::from_millis(1));
        assert!(cpu(id) > before.0 + Duration::from_millis(1));
        assert!(page_faults(id) > before.1);
        assert!(peak_memory(id) > 70_000);
    }
}
