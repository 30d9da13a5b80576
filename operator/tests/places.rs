//! The place of the accounts is looked at first: each trouble has its sentence, and nothing is changed.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};

use crate::harness::{Dev, FakeAws, Ran, operator};

#[expect(clippy::disallowed_methods, reason = "measures real time")]
#[test]
fn without_credentials_or_region_it_says_so_at_once() {
    let home = tempfile::tempdir().unwrap();
    let began = std::time::Instant::now();
    for place in ["--table", "--stack"] {
        let mut command = operator(&[place, "latchkey", "find", "ada"]);
        command
            .env("HOME", home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true");
        Ran::of(&mut command).refused("no AWS region is known: name it with --region");
        command.args(["--region", "eu-central-1"]);
        Ran::of(&mut command).refused("no AWS credentials were found");
    }
    // A profile that cannot give any has a sentence of its own.
    let config = home.path().join("config");
    std::fs::write(
        &config,
        "[profile broken]\ncredential_process = /no/such/program\n",
    )
    .unwrap();
    let mut command = operator(&["--table", "latchkey", "find", "ada", "--profile", "broken"]);
    command
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    Ran::of(&mut command).refused("cannot be had from their profile or program");
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn a_table_that_is_not_there_or_not_of_latchkey_is_refused() {
    let dev = Dev::shared();
    let aws = FakeAws::start(&[]);
    let on =
        |table: &str| Ran::of(&mut aws.command(dev.database, &["--table", table, "find", "ada"]));
    on("no-such-table").refused("there is no table no-such-table in the region eu-central-1");
    on("x").refused("TABLE_NAME must be");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let key = |name: &str, kind| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind)
                .build()
                .unwrap()
        };
        let attribute = |name: &str| {
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .unwrap()
        };
        let created = local::database::client(dev.database)
            .create_table()
            .table_name("another-product")
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key("pk", KeyType::Hash))
            .key_schema(key("sk", KeyType::Range))
            .attribute_definitions(attribute("pk"))
            .attribute_definitions(attribute("sk"));
        created.send().await.unwrap();
    });
    on("another-product").refused("is no table of Latchkey");
}

#[test]
fn a_database_that_does_not_run_is_named() {
    let mut command = operator(&["--local", "--local-port", "1", "find", "ada"]);
    Ran::of(&mut command)
        .refused("on port 1: start `cargo dev`, or name its port with --local-port");
    let aws = FakeAws::start(&[]);
    let nobody = "127.0.0.1:1".parse().unwrap();
    let mut command = aws.command(nobody, &["--table", "latchkey", "find", "ada"]);
    Ran::of(&mut command).refused("nothing answers in the region eu-central-1");
}

#[test]
fn without_the_secret_everything_works_but_what_needs_it() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let aws = FakeAws::start(&[]);
    let on_table = |arguments: &[&str]| {
        let arguments = [&["--table", "latchkey"], arguments, &[&user.email]].concat();
        Ran::of(&mut aws.command(dev.database, &arguments))
    };
    assert!(on_table(&["find"]).ok().contains(&user.id));
    assert!(
        on_table(&["show"])
            .ok()
            .contains("not known without the secret")
    );
    on_table(&["unlock"]).refused("`unlock` needs the secret of the functions");
    on_table(&["send-reset"]).refused("mail is off here");
    on_table(&["end-sessions", "--yes"]).ok();
    assert_eq!(dev.me(&user.token), 401);

    let mut elsewhere = dev.command(&["unlock", &user.email]);
    elsewhere.env("LATCHKEY_DATA_DIR", "/no/such/folder");
    Ran::of(&mut elsewhere).refused("`unlock` needs the secret");
}

/// `cargo dev -- --memory` has another secret than the run before, which left its own.
#[test]
fn the_secret_of_a_folder_that_nobody_runs_on_is_not_used() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let left = tempfile::tempdir().unwrap();
    std::fs::write(
        left.path().join("secret"),
        "left by a run before: 0123456789",
    )
    .unwrap();
    std::fs::write(left.path().join("lock"), "").unwrap();
    let mut unlock = dev.command(&["unlock", &user.email]);
    unlock.env("LATCHKEY_DATA_DIR", left.path());
    Ran::of(&mut unlock).refused("`unlock` needs the secret");
}
