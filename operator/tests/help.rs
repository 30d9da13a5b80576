//! Help, wrong usage, and completions.

use crate::harness::{Ran, operator};

const COMMANDS: [&str; 11] = [
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
];

fn run(arguments: &[&str]) -> Ran {
    Ran::of(&mut operator(arguments))
}

/// On a usual screen.
#[track_caller]
fn assert_fits(help: &str) {
    let longest = help
        .lines()
        .max_by_key(|line| line.chars().count())
        .unwrap();
    assert!(longest.chars().count() <= 100, "{longest}");
}

#[test]
fn help_names_every_command_place_and_exit_code() {
    let help = run(&["--help"]).ok();
    for line in [
        "Usage: cargo operator [OPTIONS] <COMMAND>",
        "--stack <STACK>",
        "--table <TABLE>",
        "--local ",
        "--local-port <PORT>",
        "--region <REGION>",
        "--profile <PROFILE>",
        "--json",
        "Examples:\n  cargo operator --local find ada@example.com",
        "130 ended by Ctrl-C",
    ] {
        assert!(help.contains(line), "{line}: {help}");
    }
    assert_fits(&help);
    for command in COMMANDS {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
    }
}

#[test]
fn every_command_has_a_help_with_an_example() {
    for command in COMMANDS {
        let help = run(&[command, "--help"]).ok();
        assert_eq!(help, run(&["help", command]).ok(), "{command}");
        assert!(
            help.contains(&format!("Usage: cargo operator {command} ")),
            "{help}"
        );
        assert!(help.contains("Example"), "{help}");
        assert!(help.contains("cargo operator"), "{help}");
        let asks = ["suspend", "end-sessions", "delete"].contains(&command);
        assert_eq!(help.contains("--yes"), asks, "{help}");
        assert_eq!(help.contains("<USER>"), command != "completions", "{help}");
        assert_fits(&help);
    }
}

#[test]
fn wrong_usage_is_told_with_code_2() {
    for (arguments, told) in [
        (
            &["find", "ada"][..],
            "name the place of the accounts: --stack STACK, --table TABLE or --local",
        ),
        (
            &["--local", "--table", "t", "find", "ada"],
            "cannot be used with",
        ),
        (
            &["--local", "find", "ada", "--stack", "s"],
            "exclude each other",
        ),
        (
            &["--local", "fnd", "ada"],
            "similar subcommand exists: 'find'",
        ),
        (&["--local", "find"], "<USER>"),
        (
            &["--local", "find", "ada", "--by", "name"],
            "[possible values: email, username, id]",
        ),
        (&["--local", "show", "ada", "--log", "many"], "--log <N>"),
        (
            &["--local", "reinstate", "ada", "--yes"],
            "unexpected argument '--yes'",
        ),
        (
            &["completions", "cmd"],
            "[possible values: bash, elvish, fish, powershell, zsh]",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(told),
            "{ran:?}"
        );
    }
    // A place in the environment does not stand in the way of one that is named.
    let mut local = operator(&["--local", "--local-port", "1", "find", "ada"]);
    local.env("LATCHKEY_STACK", "latchkey-prod");
    Ran::of(&mut local).refused("start `cargo dev`");
}

#[test]
fn shells_complete_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]).ok();
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}
