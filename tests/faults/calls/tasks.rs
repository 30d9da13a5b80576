//! Calls to tasks.

use serde_json::json;

use super::case::{Case, READ, case};
use crate::{
    faults::fixture::{Fixture, Ready},
    harness::{Call, Server},
};

pub fn all() -> Vec<Case> {
    let create = &[READ, "TransactWriteItems account, task"];
    let create_once = &[READ, "TransactWriteItems account, task, record"];
    let change = &[READ, "UpdateItem task"];
    let ready = Ready::WithTasks;
    vec![
        case("create a task", ready, create, |server, fixture| {
            let call = server.tasks(&fixture.member, "POST", "");
            call.json(&json!({"title": "Bread"}))
        })
        .done("TASK"),
        case(
            "create a task by key",
            ready,
            create_once,
            |server, fixture| {
                let call = server.tasks(&fixture.member, "POST", "");
                call.json(&json!({"title": "Bread"}))
                    .header("idempotency-key", "k")
            },
        )
        .done("TASK"),
        case(
            "list tasks",
            ready,
            &[READ, "Query tasks"],
            |server, fixture| server.tasks(&fixture.member, "GET", ""),
        ),
        case(
            "list tasks by due date",
            ready,
            &[READ, "Query tasks due", "Query tasks without a date"],
            |server, fixture| server.tasks(&fixture.member, "GET", "?sort=due_date"),
        ),
        case("read a task", ready, &[READ], |server, fixture| {
            one(server, fixture, "GET")
        }),
        case("replace a task", ready, change, |server, fixture| {
            one(server, fixture, "PUT").json(&json!({"title": "Bread", "completed": true}))
        })
        .done("versions"),
        case(
            "replace a task, `If-Match`",
            ready,
            change,
            |server, fixture| {
                let call = one(server, fixture, "PUT").json(&json!({"title": "Bread"}));
                call.header("if-match", "\"1\"")
            },
        )
        .done("versions"),
        case("patch a task", ready, change, |server, fixture| {
            one(server, fixture, "PATCH").json(&json!({"priority": "high"}))
        })
        .done("versions"),
        case(
            "patch a task, `If-Match`",
            ready,
            change,
            |server, fixture| {
                let call = one(server, fixture, "PATCH").json(&json!({"priority": "high"}));
                call.header("if-match", "\"1\"")
            },
        )
        .done("versions"),
        case(
            "delete a task",
            ready,
            &[READ, "TransactWriteItems task"],
            |server, fixture| one(server, fixture, "DELETE"),
        )
        .done("TASK"),
    ]
}

fn one(server: &Server, fixture: &Fixture, method: &str) -> Call {
    server.tasks(&fixture.member, method, &format!("/{}", fixture.task))
}
