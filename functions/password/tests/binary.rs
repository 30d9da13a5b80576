//! The counterpart of the test of `me`: the same search finds the list here.

use std::fs;

#[test]
fn the_binary_has_the_list_of_common_passwords() {
    let list = include_str!("../../../shared/src/account/password/words.txt");
    let middle: Vec<&str> = list.lines().skip(20_000).take(10).collect();
    assert_eq!(middle.len(), 10);
    let binary = fs::read(env!("CARGO_BIN_EXE_password")).unwrap();
    assert!(String::from_utf8_lossy(&binary).contains(&middle.join("\n")));
}
