//! What a body says of each writable field.

use shared::http::{Change, Form};

use crate::{due_date::DueDate, fields, task::Priority};

#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) title: Change<String>,
    pub(crate) description: Change<String>,
    pub(crate) completed: Change<bool>,
    pub(crate) priority: Change<Priority>,
    pub(crate) due_date: Change<DueDate>,
    pub(crate) tags: Change<Vec<String>>,
}

impl Changes {
    /// Of a merge patch: absent is kept, null goes back to the default.
    pub(crate) fn of_patch(form: &mut Form) -> Self {
        let changes = Self::read(form);
        if changes.title == Change::Clear {
            form.refuse(
                "title",
                "A task has a title; it can be changed and not cleared.",
            );
        }
        changes
    }

    /// Of a whole task: what is absent goes to its default, and a title must be there.
    pub(crate) fn of_whole(form: &mut Form) -> Self {
        let changes = Self::read(form);
        let has_title = matches!(changes.title, Change::Set(_));
        if !has_title && !form.has_refused("title") {
            form.refuse("title", "This field is required.");
        }
        Self {
            title: changes.title,
            description: or_default(changes.description),
            completed: or_default(changes.completed),
            priority: or_default(changes.priority),
            due_date: or_default(changes.due_date),
            tags: or_default(changes.tags),
        }
    }

    fn read(form: &mut Form) -> Self {
        Self {
            title: form.change("title", fields::title),
            description: form.change("description", fields::description),
            completed: form.change_of("completed", fields::completed),
            priority: form.change("priority", fields::priority),
            due_date: form.change("due_date", DueDate::parse),
            tags: form.change_of("tags", fields::tags),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.title == Change::Keep
            && self.description == Change::Keep
            && self.completed == Change::Keep
            && self.priority == Change::Keep
            && self.due_date == Change::Keep
            && self.tags == Change::Keep
    }
}

fn or_default<T>(change: Change<T>) -> Change<T> {
    match change {
        Change::Keep => Change::Clear,
        change => change,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Map, Value, json};
    use shared::{
        Error,
        http::{Answer, Request, StatusCode},
    };

    use super::*;
    use crate::asked::Asked;

    fn seen(request: &Request, read: fn(&mut Form) -> Changes) -> Result<Answer, Error> {
        let mut form = request.form()?;
        let changes = read(&mut form);
        form.finish(Some(()))?;
        let body = json!({"changes": format!("{changes:?}"), "is_empty": changes.is_empty()});
        Answer::of(StatusCode::OK, &body)
    }

    fn patch(fields: &Map<String, Value>) -> (u16, Value) {
        asked(fields).of(|_, request| Box::pin(async { seen(request, Changes::of_patch) }))
    }

    fn whole(fields: &Map<String, Value>) -> (u16, Value) {
        asked(fields).of(|_, request| Box::pin(async { seen(request, Changes::of_whole) }))
    }

    fn asked(fields: &Map<String, Value>) -> Asked<'static> {
        Asked {
            body: Value::Object(fields.clone()).to_string(),
            ..Asked::default()
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
        fn a_patch_is_empty_only_without_fields(fields in good()) {
            let (status, body) = patch(&fields);
            prop_assert_eq!(status, 200);
            prop_assert_eq!(&body["is_empty"], fields.is_empty());
        }

        #[test]
        fn a_whole_task_is_the_patch_that_clears_what_is_absent(fields in good()) {
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
        fn any_value_of_any_field_is_read_or_refused(
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
