//! Calls to tasks.

use serde_json::json;

use super::case::{Case, READ, case};
use crate::{
    faults::fixture::{Fixture, Setup},
    harness::{Call, Server},
};

pub fn all() -> Vec<Case> {
    let create = &[READ, "TransactWriteItems account, task count, task"];
    let create_once = &[READ, "TransactWriteItems account, record, task count, task"];
    let change = &[READ, "UpdateItem task"];
    let setup = Setup::WithTasks;
    vec![
        case("create a task", setup, create, |server, fixture| {
            let call = server.tasks(&fixture.user, "POST", "");
            call.json(&json!({"title": "Bread"}))
        })
        .done("TASK"),
        case(
            "create a task by key",
            setup,
            create_once,
            |server, fixture| {
                let call = server.tasks(&fixture.user, "POST", "");
                call.json(&json!({"title": "Bread"}))
                    .header("idempotency-key", "k")
            },
        )
        .done("TASK"),
        case(
            "list tasks",
            setup,
            &[READ, "Query tasks"],
            |server, fixture| server.tasks(&fixture.user, "GET", ""),
        ),
        case(
            "list tasks by due date",
            setup,
            &[READ, "Query tasks due", "Query tasks without a date"],
            |server, fixture| server.tasks(&fixture.user, "GET", "?sort=due_date"),
        ),
        case("read a task", setup, &[READ], |server, fixture| {
            task_call(server, fixture, "GET")
        }),
        case("replace a task", setup, change, |server, fixture| {
            task_call(server, fixture, "PUT").json(&json!({"title": "Bread", "completed": true}))
        })
        .done("versions"),
        case(
            "replace a task, `If-Match`",
            setup,
            change,
            |server, fixture| {
                let call = task_call(server, fixture, "PUT").json(&json!({"title": "Bread"}));
                call.header("if-match", "\"1\"")
            },
        )
        .done("versions"),
        case("patch a task", setup, change, |server, fixture| {
            task_call(server, fixture, "PATCH").json(&json!({"priority": "high"}))
        })
        .done("versions"),
        case(
            "patch a task, `If-Match`",
            setup,
            change,
            |server, fixture| {
                let call = task_call(server, fixture, "PATCH").json(&json!({"priority": "high"}));
                call.header("if-match", "\"1\"")
            },
        )
        .done("versions"),
        case(
            "delete a task",
            setup,
            &[READ, "TransactWriteItems task, task count"],
            |server, fixture| task_call(server, fixture, "DELETE"),
        )
        .done("TASK"),
    ]
}

fn task_call(server: &Server, fixture: &Fixture, method: &str) -> Call {
    server.tasks(&fixture.user, method, &format!("/{}", fixture.task))
}
