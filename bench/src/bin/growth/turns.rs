//! Each turn asks every size once, so that a busy moment is everybody's.

use crate::subject::Subject;

/// They hardly differ.
const COUNTED: usize = 5;

pub async fn take(sizes: &mut [Subject], turns: usize) {
    for subject in &mut *sizes {
        subject.warm_up().await;
        for turn in 0..COUNTED.min(turns) {
            subject.count(turn).await;
        }
    }
    let count = sizes.len();
    for turn in 0..turns {
        // Each turn begins with another, so that none always follows the same one.
        for step in 0..count {
            sizes[(turn + step) % count].time(turn).await;
        }
    }
}
