//! Every `cargo operator` command of docs/operations.md, run as it is written there.

use std::fs;

use crate::harness::{Dev, Ran};

pub fn page() -> String {
    let root = local::template::workspace_root();
    fs::read_to_string(root.join("docs/operations.md")).unwrap()
}

/// The commands of the page, in blocks and in sentences, without their places and what a shell does with them.
fn commands(page: &str) -> Vec<Vec<String>> {
    let lines = page.split("cargo operator ").skip(1);
    let lines = lines.filter_map(|rest| rest.split(['\n', '`', '>', '|']).next());
    let is_place = |word: &&str| {
        let places = ["--stack", "--table", "\"$STACK\"", "\"$TABLE-then\""];
        !places.contains(word)
    };
    let words = |line: &str| {
        line.split_whitespace()
            .filter(is_place)
            .map(str::to_owned)
            .collect()
    };
    lines.map(words).collect()
}

#[test]
fn each_command_of_the_page_does_what_it_says() {
    let dev = Dev::shared();
    let page = page();
    let mut tried = Vec::new();
    for command in commands(&page) {
        // Each begins with an account of its own: one of them deletes it.
        let user = dev.sign_up();
        let folder = tempfile::tempdir().unwrap();
        let mut words: Vec<&str> = command
            .iter()
            .map(|word| match word.as_str() {
                "ada@example.com" => user.email.as_str(),
                "\"$ID\"" => user.id.as_str(),
                word => word,
            })
            .collect();
        // The page lets a person answer.
        if ["suspend", "end-sessions", "delete"].contains(&words[0]) && !words.contains(&"--yes") {
            words.push("--yes");
        }
        let ran = Ran::of(dev.command(&words).current_dir(folder.path()));
        assert_eq!(ran.code, Some(0), "{words:?}: {ran:?}");
        tried.push(words[0].to_owned());
    }
    for command in [
        "find",
        "show",
        "suspend",
        "reinstate",
        "end-sessions",
        "unlock",
        "verify-email",
        "send-reset",
        "export",
        "delete",
        "completions",
    ] {
        assert!(
            tried.iter().any(|it| it == command),
            "the page has no {command}"
        );
    }
}
