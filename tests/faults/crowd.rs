//! Many cells at once: nearly all of their time is waiting.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

const AT_ONCE: usize = 16;

pub fn each<T: Sync, R: Send>(all: &[T], do_one: impl Fn(&T) -> R + Sync) -> Vec<Option<R>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::SeqCst);
            let Some(one) = all.get(place) else {
                return done;
            };
            let result = catch_unwind(AssertUnwindSafe(|| do_one(one))).ok();
            done.push((place, result));
        }
    };
    let mut results: Vec<Option<R>> = all.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            for (place, result) in worker.join().unwrap() {
                results[place] = result;
            }
        }
    });
    results
}

/// A runtime of its own, so that nothing is left of it afterwards.
pub fn alone<R>(work: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}
