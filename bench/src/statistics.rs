//! Order statistics, which a single slow sample does not change.

pub fn median<T: Copy + PartialOrd>(samples: &[T]) -> T {
    quantile(samples, 1, 2)
}

pub fn p99<T: Copy + PartialOrd>(samples: &[T]) -> T {
    quantile(samples, 99, 100)
}

fn quantile<T: Copy + PartialOrd>(samples: &[T], part: usize, whole: usize) -> T {
    let mut sorted = samples.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    sorted[(sorted.len() * part / whole).min(sorted.len() - 1)]
}

/// The order in which `count` competitors take their turns, `rounds` times each. A busy moment of the machine then
/// affects all of them. First place and predecessor change from round to round.
pub fn interleaved(count: usize, rounds: usize) -> impl Iterator<Item = usize> {
    (0..rounds).flat_map(move |round| {
        let is_reversed = (round / count) % 2 == 1;
        (0..count).map(move |step| {
            let step = if is_reversed { count - step } else { step };
            (round + step) % count
        })
    })
}

#[test]
fn everyone_has_one_turn_a_round_and_each_place_in_it() {
    let turns: Vec<usize> = interleaved(3, 6).collect();
    let rounds = [0, 1, 2, 1, 2, 0, 2, 0, 1, 0, 2, 1, 1, 0, 2, 2, 1, 0];
    assert_eq!(turns, rounds);
}
