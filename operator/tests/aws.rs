//! On a stack: its outputs, the settings of its functions, and the identity of the operator.

use std::{collections::BTreeSet, net::SocketAddr};

use crate::harness::{ARN, Dev, FakeAws, Ran, User, Watched};

const SECRET: &str = "the secret that the operator's tests sign with";
const STACK: [&str; 2] = ["--stack", "latchkey-test"];

fn fake() -> FakeAws {
    FakeAws::start(&[
        ("TABLE_NAME", "latchkey"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("MAIL_FROM", "no-reply@latchkey.example"),
        ("APP_URL", "https://app.example.com"),
        ("LOG_RETENTION_DAYS", "7"),
    ])
}

fn on_stack(aws: &FakeAws, database: SocketAddr, arguments: &[&str]) -> Ran {
    Ran::of(&mut aws.command(database, &[&STACK[..], arguments].concat()))
}

#[test]
fn a_stack_brings_its_table_and_settings_and_entries_name_the_identity() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    for _ in 0..8 {
        dev.log_in(&user.email, "wrong quiet otters");
    }
    let aws = fake();
    let unlocked = on_stack(&aws, dev.database, &["unlock", &user.email]);
    assert!(!format!("{unlocked:?}").contains(SECRET));
    assert!(unlocked.ok().contains("can log in at once"));
    assert_eq!(
        aws.asked(),
        [
            "cloudformation:DescribeStacks",
            "lambda:GetFunctionConfiguration",
            "sts:GetCallerIdentity"
        ]
    );
    on_stack(&aws, dev.database, &["send-reset", &user.email]).ok();
    dev.mails(&user.email, "reset-password", 1);
    let log = dev.activity(&user);
    assert_eq!(
        (&log[0]["action"], &log[0]["operator"]),
        (&"password_reset_send".into(), &ARN.into())
    );
    assert_eq!(
        (&log[1]["action"], &log[1]["operator"]),
        (&"login_unlock".into(), &ARN.into())
    );

    let mut by_environment = aws.command(dev.database, &["find", &user.email]);
    by_environment.env("LATCHKEY_STACK", "latchkey-test");
    assert!(Ran::of(&mut by_environment).ok().contains(&user.id));
}

#[test]
fn each_refusal_of_aws_has_its_sentence() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    for (action, fault, sentence) in [
        (
            "cloudformation:DescribeStacks",
            (400, "ValidationError"),
            "there is no stack latchkey-test in the region eu-central-1",
        ),
        (
            "cloudformation:DescribeStacks",
            (403, "ExpiredToken"),
            "the AWS credentials have expired",
        ),
        (
            "cloudformation:DescribeStacks",
            (403, "InvalidClientTokenId"),
            "AWS does not accept the credentials",
        ),
        (
            "cloudformation:DescribeStacks",
            (403, "AccessDenied"),
            "no right to cloudformation:DescribeStacks on stack latchkey-test",
        ),
        (
            "lambda:GetFunctionConfiguration",
            (403, "AccessDeniedException"),
            "no right to lambda:GetFunctionConfiguration on function",
        ),
        (
            "lambda:GetFunctionConfiguration",
            (404, "ResourceNotFoundException"),
            "there is no function latchkey-test-Sweeper",
        ),
        (
            "lambda:GetFunctionConfiguration",
            (200, "KMSAccessDeniedException"),
            "add kms:Decrypt on its key",
        ),
        (
            "lambda:GetFunctionConfiguration",
            (503, ""),
            "something else than AWS answers in the region eu-central-1",
        ),
        (
            "sts:GetCallerIdentity",
            (403, "ExpiredToken"),
            "the AWS credentials have expired",
        ),
    ] {
        let aws = fake();
        aws.fail(action, fault);
        on_stack(&aws, dev.database, &["end-sessions", "--yes", &user.email]).refused(sentence);
    }
    assert_eq!(dev.me(&user.token), 200);

    for missing in ["TableName", "SweeperFunctionName"] {
        let aws = fake();
        aws.outputs
            .lock()
            .unwrap()
            .retain(|(name, _)| *name != missing);
        on_stack(&aws, dev.database, &["find", &user.email]).refused(&format!(
            "has no output {missing}: it is no stack of Latchkey"
        ));
    }
    let aws = fake();
    aws.variables
        .lock()
        .unwrap()
        .insert("LOG_RETENTION_DAYS".into(), "many".into());
    on_stack(&aws, dev.database, &["find", &user.email]).refused("LOG_RETENTION_DAYS");
}

/// The `Action`s of the policy in docs/operations.md.
fn documented_actions() -> BTreeSet<String> {
    let page = crate::operations_page::page();
    let policy = page
        .split("```json\n")
        .find(|block| block.starts_with("{\n  \"Version\""))
        .unwrap();
    let policy: serde_json::Value =
        serde_json::from_str(policy.split("```").next().unwrap()).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements
        .iter()
        .flat_map(|it| it["Action"].as_array().unwrap());
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

/// A user with something in each place.
fn rich_user(dev: &Dev) -> User {
    let user = dev.sign_up();
    for _ in 0..2 {
        dev.log_in(&user.email, "wrong quiet otters");
    }
    user
}

#[test]
fn the_documented_rights_are_those_that_the_commands_use() {
    let dev = Dev::shared();
    let user = rich_user(dev);
    let aws = fake();
    let watched = Watched::start(dev.database);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.json");
    let mut needed = BTreeSet::new();
    for command in [
        &["find"][..],
        &["show"],
        &["verify-email"],
        &["unlock"],
        &["suspend", "--yes"],
        &["reinstate"],
        &["end-sessions", "--yes"],
        &["send-reset"],
        &["export", "--output", file.to_str().unwrap()],
        &["delete", "--yes"],
    ] {
        on_stack(&aws, watched.address, &[command, &[&user.email]].concat()).ok();
        let actions = watched.actions();
        assert!(
            actions.contains("dynamodb:DescribeTable"),
            "{command:?}: {actions:?}"
        );
        // Looking changes nothing.
        let reads =
            ["DescribeTable", "GetItem", "Query"].map(|action| format!("dynamodb:{action}"));
        let changes = actions.iter().any(|action| !reads.contains(action));
        assert_eq!(
            changes,
            !["find", "show"].contains(&command[0]),
            "{command:?}: {actions:?}"
        );
        needed.extend(actions);
    }
    // Everybody may ask STS who they are.
    needed.extend(
        aws.asked()
            .into_iter()
            .filter(|action| !action.starts_with("sts:")),
    );
    assert_eq!(needed, documented_actions());
}
