//! The gateway's event: any JSON at all gets a complete answer below 500.

#![no_main]

use std::sync::{Arc, LazyLock};

use latchkey_fuzz::{app_without_store, send_event};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use shared::{
    App,
    http::{Event, Method, Response, Router, StatusCode, refuse_foreign_origin},
    native::NATIVE,
    session::session_token,
};

static APP: LazyLock<Arc<App>> = LazyLock::new(app_without_store);

fuzz_target!(|input: &[u8]| {
    // Lambda accepts nothing but JSON.
    let Ok(event) = serde_json::from_slice::<Event>(input) else {
        return;
    };
    // A HEAD has no body, and is GET otherwise.
    if serde_json::from_slice::<Value>(input)
        .is_ok_and(|event| event["requestContext"]["http"]["method"] == "HEAD")
    {
        return;
    }
    let reply = send_event(router(), &APP, event);
    assert!((200..500).contains(&reply.status), "{reply:?}");
});

/// Reads all that handlers read of a request.
fn router() -> Router {
    Router::new(NATIVE).path(
        "/fields",
        &[(Method::POST, |context, request| {
            Box::pin(async move {
                refuse_foreign_origin(context.app, request)?;
                let naming = context.app.settings.cookie_naming;
                let has_token = session_token(request.headers(), naming).is_ok();
                request.query_form().finish(Some(()))?;
                request.optional_form()?.finish(Some(()))?;
                Response::json(StatusCode::OK, &json!({ "has_token": has_token }))
            })
        })],
    )
}
