//! Which account does a word name?

use aws_sdk_dynamodb::types::AttributeValue;

use crate::harness::Dev;

#[test]
fn an_account_is_found_by_each_of_its_names_in_any_spelling() {
    let dev = Dev::shared();
    let user = dev.sign_up_as("Find.Me@bücher.example", Some("Straße"));
    for name in [
        "find.me@xn--bcher-kva.example",
        " FIND.ME@BÜCHER.example ",
        "STRASSE",
        "straße",
        &user.id,
        &user.id.to_uppercase(),
    ] {
        let found = dev.run(&["find", name, "--json"]).json();
        let accounts = found["accounts"].as_array().unwrap();
        assert_eq!(accounts.len(), 1, "{name}");
        assert_eq!(accounts[0]["id"], user.id, "{name}");
        assert_eq!(accounts[0]["email"], "Find.Me@bücher.example");
        let text = dev.run(&["find", name]).ok();
        assert!(text.starts_with("ID "), "{text}");
        assert!(text.lines().nth(1).unwrap().starts_with(&user.id), "{text}");
    }
}

#[test]
fn a_username_that_is_anothers_id_is_ambiguous_until_it_is_said_which_is_meant() {
    let dev = Dev::shared();
    let one = dev.sign_up();
    let other = dev.sign_up_as("impostor@example.com", Some(&one.id));
    let both = dev.run(&["find", &one.id]).ok();
    assert!(
        both.contains(&one.email) && both.contains(&other.email),
        "{both}"
    );
    for command in [
        &["show"][..],
        &["suspend", "--yes"],
        &["delete", "--yes"],
        &["export"],
    ] {
        let refused = dev.run(&[command, &[&one.id]].concat());
        refused.refused("say which is meant with --by email, --by username or --by id");
    }
    for (by, user) in [("id", &one), ("username", &other)] {
        let shown = dev.run(&["show", &one.id, "--by", by, "--json"]).json();
        assert_eq!(shown["account"]["id"], user.id);
    }
    dev.run(&["show", &one.id, "--by", "email"])
        .refused("no account has the e-mail");
    assert_eq!(dev.me(&one.token), 200);
    assert_eq!(dev.me(&other.token), 200);
}

#[test]
fn an_unknown_user_is_one_sentence_in_every_command() {
    let dev = Dev::shared();
    for command in [
        &["find"][..],
        &["show"],
        &["suspend", "--yes"],
        &["reinstate"],
        &["end-sessions", "--yes"],
        &["unlock"],
        &["verify-email"],
        &["send-reset"],
        &["export"],
        &["delete", "--yes"],
    ] {
        for json in [&[][..], &["--json"]] {
            let ran = dev.run(&[command, &["nobody\u{1b}[2J@example.com"], json].concat());
            assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
            ran.refused("no account has the e-mail, username or id nobody");
        }
    }
}

#[test]
fn text_of_users_does_not_act_on_the_terminal() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let named = serde_json::json!({ "firstName": "Ada\u{200D}" });
    let (status, _) = dev.call("PATCH", "/api/auth/me", Some(&user.token), Some(&named));
    assert_eq!(status, 200);
    // The API refuses these. They may be there from before it did.
    let hidden = ['\u{1b}', '\u{202E}', '\u{200D}'];
    let last_name = AttributeValue::S("\u{1b}[31mLove\u{202E}lace".to_owned());
    dev.set_of_account(&user, "last_name", last_name);
    for json in [&[][..], &["--json"]] {
        let shown = dev.run(&[&["show", &user.email], json].concat()).ok();
        assert!(shown.contains("[31mLove"), "{shown:?}");
        assert!(
            !shown.chars().any(|c| c.is_control() && c != '\n'),
            "{shown:?}"
        );
        assert!(!shown.contains(hidden), "{shown:?}");
    }
    let shown = dev.run(&["show", &user.email, "--json"]).json();
    let account = &shown["account"];
    assert_eq!(account["last_name"], "\u{1b}[31mLove\u{202E}lace");
    assert_eq!(account["first_name"], "Ada\u{200D}");
}
