//! Reads a task's fields from a body.

use shared::{Patch, http::Form};

use crate::{due_date::DueDate, fields, task_patch::TaskPatch};

/// A merge patch: absent is kept, null goes back to the default.
pub(super) fn task_patch(form: &mut Form) -> TaskPatch {
    let patch = read(form);
    if patch.title == Patch::Clear {
        form.refuse(
            "title",
            "A task has a title; it can be changed and not cleared.",
        );
    }
    patch
}

/// A whole task: absent fields get their default, and the title is required.
pub(super) fn whole_task(form: &mut Form) -> TaskPatch {
    let patch = read(form);
    let has_title = matches!(patch.title, Patch::Set(_));
    if !has_title && !form.has_refused("title") {
        form.refuse("title", "This field is required.");
    }
    TaskPatch {
        title: patch.title,
        description: clear_if_absent(patch.description),
        completed: clear_if_absent(patch.completed),
        priority: clear_if_absent(patch.priority),
        due_date: clear_if_absent(patch.due_date),
        tags: clear_if_absent(patch.tags),
    }
}

fn read(form: &mut Form) -> TaskPatch {
    TaskPatch {
        title: form.patch("title", fields::title),
        description: form.patch("description", fields::description),
        completed: form.patch_value("completed", fields::completed),
        priority: form.patch("priority", fields::priority),
        due_date: form.patch("due_date", DueDate::parse),
        tags: form.patch_value("tags", fields::tags),
    }
}

fn clear_if_absent<T>(patch: Patch<T>) -> Patch<T> {
    match patch {
        Patch::Keep => Patch::Clear,
        patch => patch,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Map, Value, json};
    use shared::{
        Error,
        http::{Request, Response, StatusCode},
    };

    use super::*;
    use crate::test_support::TestRequest;

    fn respond(request: &Request, read: fn(&mut Form) -> TaskPatch) -> Result<Response, Error> {
        let mut form = request.form()?;
        let patch = read(&mut form);
        form.finish(Some(()))?;
        let body = json!({"patch": format!("{patch:?}"), "is_empty": patch.is_empty()});
        Response::json(StatusCode::OK, &body)
    }

    fn patch(fields: &Map<String, Value>) -> (u16, Value) {
        request(fields).send(|_, request| Box::pin(async { respond(request, task_patch) }))
    }

    fn whole(fields: &Map<String, Value>) -> (u16, Value) {
        request(fields).send(|_, request| Box::pin(async { respond(request, whole_task) }))
    }

    fn request(fields: &Map<String, Value>) -> TestRequest<'static> {
        TestRequest {
            body: Value::Object(fields.clone()).to_string(),
            ..TestRequest::default()
        }
    }

    /// A field and two values that it may be given.
    type Field = (&'static str, fn() -> [Value; 2]);

    const GOOD: [Field; 6] = [
        ("title", || [json!("a"), json!("b")]),
        ("description", || [json!(""), json!(null)]),
        ("completed", || [json!(true), json!(null)]),
        ("priority", || [json!("low"), json!(null)]),
        ("due_date", || [json!("2026-12-31"), json!(null)]),
        ("tags", || [json!(["a", "a"]), json!(null)]),
    ];

    fn good() -> impl Strategy<Value = Map<String, Value>> {
        proptest::array::uniform6(0_usize..3).prop_map(|choices| {
            let fields = GOOD.iter().zip(choices);
            fields
                .filter_map(|((name, values), choice)| {
                    Some(((*name).to_owned(), values().get(choice)?.clone()))
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_patch_without_fields_is_empty(fields in good()) {
            let (status, body) = patch(&fields);
            prop_assert_eq!(status, 200);
            prop_assert_eq!(&body["is_empty"], fields.is_empty());
        }

        #[test]
        fn a_whole_task_is_a_patch_that_clears_absent_fields(fields in good()) {
            let mut fields = fields;
            fields.entry("title").or_insert(json!("a"));
            let mut cleared = fields.clone();
            for (name, _) in GOOD {
                cleared.entry(name).or_insert(json!(null));
            }
            prop_assert_eq!(whole(&fields), patch(&cleared));
            prop_assert_eq!(whole(&fields), whole(&cleared));
        }

        #[test]
        fn exactly_the_bad_fields_are_named(
            fields in good(),
            bad in proptest::sample::subsequence(vec![
                ("title", json!(null)), ("description", json!(7)), ("completed", json!("true")),
                ("priority", json!("urgent")), ("due_date", json!("soon")), ("tags", json!(["a", 1])),
                ("id", json!("x")), ("version", json!(1)), ("__proto__", json!({})),
            ], 0..=9),
        ) {
            let mut fields = fields;
            fields.entry("title").or_insert(json!("a"));
            fields.extend(bad.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            let expected: BTreeSet<&str> = bad.iter().map(|(name, _)| *name).collect();
            for (status, body) in [patch(&fields), whole(&fields)] {
                prop_assert_eq!(status, if expected.is_empty() { 200 } else { 422 });
                let named = body["detail"]["fields"].as_object().into_iter().flat_map(Map::keys);
                prop_assert_eq!(named.map(String::as_str).collect::<BTreeSet<_>>(), expected.clone());
            }
        }

        #[test]
        fn any_value_of_any_field_is_accepted_or_refused(
            name in proptest::sample::select(&GOOD),
            value in prop_oneof![
                any::<String>().prop_map(Value::from), any::<f64>().prop_map(Value::from),
                proptest::collection::vec(any::<String>(), 0..30).prop_map(Value::from),
                any::<bool>().prop_map(|flag| json!({"a": flag})),
            ],
        ) {
            let mut fields = Map::from_iter([("title".to_owned(), json!("a"))]);
            fields.insert(name.0.to_owned(), value);
            for (status, body) in [patch(&fields), whole(&fields)] {
                let named = body["detail"]["fields"].as_object().map(Map::len);
                prop_assert!(matches!((status, named), (200, None) | (422, Some(1))));
                prop_assert!(status == 200 || body["detail"]["fields"][name.0].is_string());
            }
        }
    }
}
