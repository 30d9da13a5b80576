//! The fields of a sign-up body: the response names every bad field and no good one.

#![no_main]

use std::{collections::BTreeSet, sync::LazyLock};

use latchkey_fuzz::{app_without_store, post};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use shared::{
    App,
    account::{CallbackUrl, Email, Password, PersonName, Username},
    http::{Method, Response, Router, StatusCode},
    native::{Delivery, NATIVE},
};
use std::sync::Arc;

static APP: LazyLock<Arc<App>> = LazyLock::new(app_without_store);

const OPTIONAL: [(&str, fn(&str) -> bool); 5] = [
    ("username", |text| Username::parse(text).is_ok()),
    ("firstName", |text| PersonName::parse(text).is_ok()),
    ("lastName", |text| PersonName::parse(text).is_ok()),
    ("callback_url", |text| CallbackUrl::parse(text).is_ok()),
    ("credentials_handling", |text| Delivery::parse(text).is_ok()),
];
const REQUIRED: [(&str, fn(&str) -> bool); 2] = [
    ("email", |text| Email::parse(text).is_ok()),
    ("password", |text| Password::read(text).is_ok()),
];

fuzz_target!(|body: &[u8]| {
    let reply = post(router(), &APP, "/fields", body);
    let plain = serde_json::from_slice::<Value>(body);
    match reply.status {
        // serde_json refuses it too, or accepts it because it keeps the last of two equal keys.
        400 => assert!(plain.is_err() || body.iter().filter(|byte| **byte == b':').count() > 1),
        200 | 422 => {
            let named: BTreeSet<&str> = reply.refused_fields().into_iter().collect();
            match plain.unwrap() {
                Value::Object(fields) => assert_eq!(named, bad_fields(&fields)),
                _ => assert_eq!(named, BTreeSet::from(["body"])),
            }
        }
        413 => assert!(body.len() > 65_536),
        status => panic!("{status}"),
    }
});

fn router() -> Router {
    Router::new(NATIVE).path(
        "/fields",
        &[(Method::POST, |_, request| {
            Box::pin(async move {
                let mut form = request.form()?;
                for (name, _) in REQUIRED {
                    let _: Option<()> = form.required(name, |text| check(name, text));
                }
                for (name, _) in OPTIONAL {
                    let _: Option<()> = form.optional(name, |text| check(name, text));
                }
                form.finish(Some(()))?;
                Response::json(StatusCode::OK, &json!({}))
            })
        })],
    )
}

fn check(name: &str, text: &str) -> Result<(), &'static str> {
    let mut rules = REQUIRED.iter().chain(&OPTIONAL);
    let (_, is_good) = rules.find(|(known, _)| *known == name).unwrap();
    is_good(text).then_some(()).ok_or("not good")
}

/// Checks each field by itself.
fn bad_fields(fields: &Map<String, Value>) -> BTreeSet<&str> {
    let missing = REQUIRED.iter().map(|(name, _)| *name);
    let missing = missing.filter(|name| fields.get(*name).is_none_or(Value::is_null));
    let given = fields.iter().filter(|(name, value)| {
        let mut rules = REQUIRED.iter().chain(&OPTIONAL);
        match rules.find(|(known, _)| known == name) {
            None => true,
            Some(_) if value.is_null() => false,
            Some((_, is_good)) => !value.as_str().is_some_and(is_good),
        }
    });
    missing
        .chain(given.map(|(name, _)| name.as_str()))
        .collect()
}
