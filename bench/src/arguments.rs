//! The one argument of a measurement.

pub fn is_brief() -> bool {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let is_known = given.iter().all(|argument| argument == "--brief");
    assert!(is_known, "no argument but --brief is known: {given:?}");
    !given.is_empty()
}
