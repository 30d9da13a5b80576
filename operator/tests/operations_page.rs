//! Every `cargo operator` command of docs/operations.md, run as it is written there.

use std::fs;

use crate::harness::{Dev, Ran};

pub fn page() -> String {
    let root = local::template::workspace_root();
    fs::read_to_string(root.join("docs/operations.md")).unwrap()
}

/// The commands of the page, with the user of this test and the place of its database.
fn commands(page: &str, email: &str) -> Vec<Vec<String>> {
    let blocks = page.split("```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines);
    let lines = lines.filter_map(|line| line.strip_prefix("cargo operator "));
    let placed = |word: &str| match word {
        "ada@example.com" | "\"$ID\"" => email.to_owned(),
        word => word.to_owned(),
    };
    lines
        .map(|line| {
            let line = line.split(" #").next().unwrap();
            line.split(" | ")
                .next()
                .unwrap()
                .split_whitespace()
                .map(placed)
                .collect()
        })
        .map(|words: Vec<String>| {
            let place = [
                "--stack",
                "--table",
                "\"$STACK\"",
                "\"$TABLE\"",
                "\"$TABLE-then\"",
                "--local",
            ];
            words
                .into_iter()
                .filter(|word| !place.contains(&word.as_str()))
                .collect()
        })
        .collect()
}

#[test]
fn each_command_of_the_page_does_what_it_says() {
    let dev = Dev::shared();
    let page = page();
    let mut tried = Vec::new();
    for command in commands(&page, "ada@example.com") {
        // Each begins with an account of its own: one of them deletes it.
        let user = dev.sign_up();
        let folder = tempfile::tempdir().unwrap();
        let words: Vec<&str> = command
            .iter()
            .map(|word| {
                if word == "ada@example.com" {
                    &user.email
                } else {
                    word.as_str()
                }
            })
            .collect();
        // The page lets a person answer.
        let mut words = words;
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
