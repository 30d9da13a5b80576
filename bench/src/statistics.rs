//! Figures that one slow moment does not move.

/// The middle one.
#[must_use]
pub fn median<T: Copy + PartialOrd>(values: &[T]) -> T {
    quantile(values, 1, 2)
}

/// Of a hundred, all but one are at most this.
#[must_use]
pub fn p99<T: Copy + PartialOrd>(values: &[T]) -> T {
    quantile(values, 99, 100)
}

fn quantile<T: Copy + PartialOrd>(values: &[T], part: usize, whole: usize) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    sorted[(sorted.len() * part / whole).min(sorted.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_looks_at_the_order_nor_at_one_slow_moment() {
        let mut values: Vec<u32> = (0..200).rev().collect();
        assert_eq!((median(&values), p99(&values)), (100, 198));
        values[0] = 9_999_999;
        assert_eq!((median(&values), p99(&values)), (100, 198));
        assert_eq!((median(&[7]), p99(&[7])), (7, 7));
    }
}
