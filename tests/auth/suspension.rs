//! The operator's commands of `docs/operations.md`, run as they are written there.

use std::fs;

use aws_sdk_dynamodb::types::AttributeValue;
use local::{database, template::workspace_root};

use crate::harness::{PASSWORD, Server, TABLE};

/// The update of the command below `heading`.
fn documented_update(heading: &str) -> String {
    let page = fs::read_to_string(workspace_root().join("docs/operations.md")).unwrap();
    let command = page.split(heading).nth(1).unwrap();
    let command = command.split("```").nth(1).unwrap();
    let update = command.split("--update-expression '").nth(1).unwrap();
    update.split('\'').next().unwrap().to_owned()
}

async fn run(server: &Server, user_id: &str, update: &str) {
    let mut call = database::client(server.database)
        .update_item()
        .table_name(TABLE)
        .key("pk", AttributeValue::S(format!("USER#{user_id}")))
        .key("sk", AttributeValue::S("ACCOUNT".to_owned()))
        .condition_expression("attribute_exists(pk)")
        .update_expression(update);
    let number = |value: i64| AttributeValue::N(value.to_string());
    for (name, value) in [
        (":no", AttributeValue::Bool(false)),
        (":yes", AttributeValue::Bool(true)),
        (":one", number(1)),
        (":now", number(server.now_seconds())),
    ] {
        // DynamoDB refuses values that an expression does not name.
        if update.contains(name) {
            call = call.expression_attribute_values(name, value);
        }
    }
    call.send().await.unwrap();
}

#[tokio::test]
async fn suspending_an_account_ends_its_sessions_for_good() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, PASSWORD).await;

    run(&server, &user.id, &documented_update("**Suspend.**")).await;
    for token in [&user.token[..], other.token()] {
        assert!([401, 403].contains(&server.me(token).await.status));
    }
    let refused = server.log_in(&user.email, PASSWORD).await;
    refused.assert_refused(401, "InvalidCredentials");

    run(&server, &user.id, &documented_update("**Reinstate.**")).await;
    for token in [&user.token[..], other.token()] {
        let reply = server.me(token).await;
        reply.assert_refused(401, "TokenRevoked");
    }
    let again = server.log_in(&user.email, PASSWORD).await;
    assert_eq!(server.me(again.token()).await.status, 200);
}
