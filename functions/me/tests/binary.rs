//! Every page calls `me` first, so its binary holds nothing that it never uses.

use std::fs;

#[test]
fn the_binary_is_free_of_the_list_of_common_passwords() {
    let list = include_str!("../../../shared/src/account/password/words.txt");
    let middle: Vec<&str> = list.lines().skip(20_000).take(10).collect();
    let binary = fs::read(env!("CARGO_BIN_EXE_me")).unwrap();
    assert!(!String::from_utf8_lossy(&binary).contains(&middle.join("\n")));
}
