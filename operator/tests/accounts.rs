//! Every command on an account, with its effect as the owner sees it.

use serde_json::{Value, json};

use crate::harness::{Dev, PASSWORD, User};

/// The last entry of the owner's log.
fn last_entry(dev: &Dev, user: &User) -> Value {
    dev.activity(user)[0].clone()
}

fn assert_by_operator(entry: &Value, action: &str) {
    assert_eq!(entry["action"], action, "{entry}");
    assert_eq!(entry["operator"], "local:grace", "{entry}");
    assert_eq!(entry["success"], true, "{entry}");
    assert_eq!(entry["ip"], Value::Null, "{entry}");
    assert_eq!(entry["user_agent"], Value::Null, "{entry}");
    let request_id = entry["request_id"].as_str().unwrap();
    assert!(uuid::Uuid::try_parse(request_id).is_ok(), "{entry}");
}

/// Runs a command twice: the second time it says that nothing was left to do.
fn change_twice(dev: &Dev, user: &User, arguments: &[&str], first: &str, second: &str) {
    let arguments = [arguments, &[&user.email]].concat();
    let done = dev.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(done["changed"], true, "{done}");
    assert_eq!(done["account"]["id"], user.id, "{done}");
    assert_eq!(done["message"], format!("{} {first}", user.email));
    let again = dev.run(&arguments).ok();
    assert_eq!(again, format!("{} {second}\n", user.email));
    let again = dev.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(again["changed"], false, "{again}");
}

#[test]
fn suspending_ends_the_sessions_for_good_and_reinstating_lets_in_again() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let (_, other) = dev.log_in(&user.email, PASSWORD);
    let tokens = [
        user.token.as_str(),
        other["session"]["token"].as_str().unwrap(),
    ];

    let suspended = "is suspended, and all its sessions have ended.";
    change_twice(
        dev,
        &user,
        &["suspend", "--yes"],
        suspended,
        "is already suspended.",
    );
    for token in tokens {
        assert!([401, 403].contains(&dev.me(token)));
    }
    let (status, refused) = dev.log_in(&user.email, PASSWORD);
    assert_eq!(
        (status, &refused["error_code"]),
        (401, &json!("InvalidCredentials"))
    );

    let reinstated = "is reinstated; its sessions from before stay ended.";
    change_twice(dev, &user, &["reinstate"], reinstated, "is not suspended.");
    for token in tokens {
        assert_eq!(dev.me(token), 401);
    }
    // Nothing was written twice, and the refused login is there as well.
    let log = dev.activity(&user);
    assert_by_operator(&log[0], "account_reinstate");
    assert_eq!(log[1]["error_message"], "InvalidCredentials");
    assert_by_operator(&log[2], "account_suspend");
    assert_eq!(log[3]["action"], "login");
    // Other entries do not even name the field.
    assert!(log[3].get("operator").is_none());
}

#[test]
fn all_sessions_end_at_once() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let done = dev.run(&["end-sessions", "--yes", &user.id]).ok();
    assert_eq!(done, format!("{} has no session any more.\n", user.email));
    assert_eq!(dev.me(&user.token), 401);
    assert_by_operator(&last_entry(dev, &user), "logout");
    // It can be done once more: a login may have come meanwhile.
    dev.run(&["end-sessions", "--yes", &user.email]).ok();
}

#[test]
fn a_name_that_waits_is_unlocked() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let others = dev.sign_up();
    for victim in [&user, &others] {
        for _ in 0..5 {
            dev.log_in(&victim.email, "wrong quiet otters");
        }
        dev.count_failures(&victim.email, 20);
        assert_eq!(dev.log_in(&victim.email, PASSWORD).0, 429);
    }
    let shown = dev.run(&["show", &user.email, "--json"]).json();
    let failed = &shown["failed_logins"];
    assert_eq!(failed["by_email"]["count"], 20, "{failed}");
    assert_eq!(failed["by_username"], Value::Null);

    let unlocked = dev.run(&["unlock", &user.email, "--json"]).json();
    assert_eq!(unlocked["changed"], true, "{unlocked}");
    let sentence = "can log in at once: its failed logins are forgotten.";
    assert_eq!(unlocked["message"], format!("{} {sentence}", user.email));
    assert_eq!(dev.log_in(&user.email, PASSWORD).0, 200);
    assert_by_operator(&dev.activity(&user)[1], "login_unlock");
    // Nobody else's are forgotten.
    assert_eq!(dev.log_in(&others.email, PASSWORD).0, 429);
}

/// Failures of a browser that the owner has logged in with are counted by that browser.
#[test]
fn a_known_browser_that_waits_is_unlocked() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let (status, device) = dev.log_in_from("", &user.email, PASSWORD);
    assert!(status == 200 && device.starts_with("device="), "{device}");
    for _ in 0..9 {
        dev.log_in_from(&device, &user.email, "wrong quiet otters");
    }
    assert_eq!(dev.log_in_from(&device, &user.email, PASSWORD).0, 429);
    dev.run(&["unlock", &user.email]).ok();
    assert_eq!(dev.log_in_from(&device, &user.email, PASSWORD).0, 200);
}

#[test]
fn an_email_is_counted_as_verified_and_its_link_is_void() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let mail = dev.mails(&user.email, "verify-email", 1).remove(0);
    change_twice(
        dev,
        &user,
        &["verify-email"],
        "is verified.",
        "is already verified.",
    );
    let (_, me) = dev.call("GET", "/api/auth/me", Some(&user.token), None);
    assert_eq!(me["user"]["email_verified"], true, "{me}");
    let link = json!({ "token": mail["token"] });
    let (status, answer) = dev.call("POST", "/api/auth/email/verify", None, Some(&link));
    assert_eq!(
        (status, &answer["error_code"]),
        (400, &json!("LinkInvalid"))
    );
    assert_by_operator(&last_entry(dev, &user), "email_verify");
}

#[test]
fn a_link_for_a_new_password_is_mailed_and_works() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    // More often than users may ask for it.
    for _ in 0..5 {
        let sent = dev.run(&["send-reset", &user.email]).ok();
        assert_eq!(
            sent,
            format!("{} is sent a link for a new password.\n", user.email)
        );
    }
    assert_by_operator(&last_entry(dev, &user), "password_reset_send");
    // The last link is mailed. Those before it may have become void unsent.
    let new = "eight quiet otters";
    let works = |mail: &Value| {
        let body = json!({ "token": mail["token"], "new_password": new });
        dev.call("POST", "/api/auth/password/reset", None, Some(&body))
            .0
            == 200
    };
    while !dev
        .mails(&user.email, "reset-password", 1)
        .iter()
        .any(works)
    {}
    assert_eq!(dev.log_in(&user.email, new).0, 200);

    dev.run(&["suspend", "--yes", &user.email]).ok();
    dev.run(&["send-reset", &user.email])
        .refused("the account is suspended, and gets no mail: reinstate it first");
}

#[test]
fn an_address_that_mails_came_back_from_gets_them_again_once_it_is_verified() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    dev.mark_undeliverable(&user);
    let shown = dev.run(&["show", &user.email]).ok();
    assert!(shown.contains("no, and mails come back"), "{shown}");
    dev.run(&["send-reset", &user.email])
        .refused("mails to this address came back, or its reader complained");
    let first = "is verified, and mails are sent to it again.";
    change_twice(dev, &user, &["verify-email"], first, "is already verified.");
    dev.run(&["send-reset", &user.email]).ok();
    dev.mails(&user.email, "reset-password", 1);
}

#[test]
fn an_account_is_shown_with_its_sessions_and_log_and_without_secrets() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let task = json!({ "title": "Water the otters" });
    let path = format!("/api/{}/tasks", user.id);
    assert_eq!(
        dev.call("POST", &path, Some(&user.token), Some(&task)).0,
        201
    );

    let shown = dev.run(&["show", &user.email, "--json"]).json();
    let fields: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["account", "failed_logins", "log", "sessions", "tasks"]
    );
    assert_eq!(shown["account"]["state"], "active");
    assert_eq!(shown["tasks"], 1);
    assert_eq!(shown["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(shown["log"][0]["action"], "signup");
    let text = dev.run(&["show", &user.email, "--log", "0"]).ok();
    for line in [
        "state                 active",
        "tasks                 1",
        "Sessions\nID ",
    ] {
        assert!(text.contains(line), "{text}");
    }
    for secret in ["argon2", &user.token] {
        assert!(!text.contains(secret) && !shown.to_string().contains(secret));
    }
    assert!(!text.contains("signup"), "{text}");
}

#[test]
fn deleting_leaves_nothing_and_frees_the_email() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let deleted = dev.run(&["delete", "--yes", &user.email, "--json"]).json();
    assert_eq!(deleted["account"]["id"], user.id);
    assert_eq!(dev.me(&user.token), 401);
    dev.mails(&user.email, "account-deleted", 1);
    dev.run(&["delete", "--yes", &user.email])
        .refused("no account has the e-mail, username or id");
    dev.sign_up_as(&user.email, None);
}

#[test]
fn of_many_operators_at_once_one_suspends() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let run = |command: &'static [&str]| {
        let arguments = [command, &[&user.email, "--json"]].concat();
        let ran = dev.run(&arguments).json();
        (command[0], ran["changed"] == true)
    };
    let changes = std::thread::scope(|scope| {
        let commands: [&'static [&str]; 2] = [&["suspend", "--yes"], &["end-sessions", "--yes"]];
        let running: Vec<_> = (0..8)
            .map(|number| scope.spawn(move || run(commands[number % 2])))
            .collect();
        let ended = running.into_iter().map(|running| running.join().unwrap());
        ended.filter(|(_, changed)| *changed).collect::<Vec<_>>()
    });
    let suspended = changes.iter().filter(|(command, _)| *command == "suspend");
    assert_eq!(suspended.count(), 1);
    assert_ne!(dev.me(&user.token), 200);
    dev.run(&["reinstate", &user.email]).ok();
    let log = dev.activity(&user);
    let entries = |action: &str| log.iter().filter(|entry| entry["action"] == action).count();
    assert_eq!(entries("account_suspend"), 1);
    assert_eq!(entries("logout"), changes.len() - 1);
}
