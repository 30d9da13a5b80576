//! The arguments of a measurement.

/// Whether each of `known` was given.
pub fn flags<const N: usize>(known: [&str; N]) -> [bool; N] {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let unknown = given.iter().find(|flag| !known.contains(&flag.as_str()));
    assert!(unknown.is_none(), "{unknown:?} is none of {known:?}");
    known.map(|flag| given.iter().any(|given| given == flag))
}
