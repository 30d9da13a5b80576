//! Reads the fields of a body one by one and collects their errors, so one answer names every bad
//! field.

use serde_json::{Map, Value};

use crate::{Error, FieldErrors, Patch};

const NOT_TEXT: &str = "This must be a string.";

#[derive(Debug)]
pub struct Form {
    /// Fields that have not been read yet.
    fields: Map<String, Value>,
    wrong: FieldErrors,
}

impl Form {
    pub(super) fn new(fields: Map<String, Value>, wrong: FieldErrors) -> Self {
        Self { fields, wrong }
    }

    pub fn required<T, W: Into<String>>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, W>,
    ) -> Option<T> {
        match self.take(name) {
            None => {
                self.refuse(name, "This field is required.");
                None
            }
            Some(value) => self.text(name, &value, read),
        }
    }

    /// Null is absent.
    pub fn optional<T, W: Into<String>>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, W>,
    ) -> Option<T> {
        match self.take(name) {
            None | Some(Value::Null) => None,
            Some(value) => self.text(name, &value, read),
        }
    }

    /// For merge patches, which tell absent from null.
    pub fn patch<T, W: Into<String>>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, W>,
    ) -> Patch<T> {
        self.patch_value(name, |value| match value.as_str() {
            Some(text) => read(text).map_err(Into::into),
            None => Err(NOT_TEXT.to_owned()),
        })
    }

    /// The same for a field that is not a string.
    pub fn patch_value<T, W: Into<String>>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Value) -> Result<T, W>,
    ) -> Patch<T> {
        match self.take(name) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Clear,
            Some(value) => match read(&value) {
                Ok(value) => Patch::Set(value),
                Err(wrong) => {
                    self.refuse(name, &wrong.into());
                    Patch::Keep
                }
            },
        }
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(flag)) => Some(flag),
            Some(_) => {
                self.refuse(name, "This must be true or false.");
                None
            }
        }
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    /// Accepts a field by a second name, for callers of another naming convention.
    pub fn accept_alias(&mut self, name: &str, alias: &str) {
        let Some(value) = self.take(alias) else {
            return;
        };
        if self.fields.contains_key(name) {
            self.refuse(
                alias,
                &format!("This is another name of {name}. Give one of them."),
            );
        } else {
            self.fields.insert(name.to_owned(), value);
        }
    }

    /// Whether the field has been refused.
    #[must_use]
    pub fn has_refused(&self, name: &str) -> bool {
        self.wrong.contains_key(name)
    }

    pub fn refuse(&mut self, name: &str, wrong: &str) {
        self.wrong.insert(name.to_owned(), wrong.to_owned());
    }

    /// Returns what was built from the fields, unless one is bad or unknown.
    pub fn finish<T>(mut self, built: Option<T>) -> Result<T, Error> {
        for (name, _) in std::mem::take(&mut self.fields) {
            self.refuse(
                &name,
                "There is no such field, or it cannot be set. Leave it out.",
            );
        }
        match built {
            Some(built) if self.wrong.is_empty() => Ok(built),
            None if self.wrong.is_empty() => {
                Err(Error::Internal("a form was refused without a reason"))
            }
            _ => Err(Error::ValidationFailed(self.wrong)),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    fn text<T, W: Into<String>>(
        &mut self,
        name: &str,
        value: &Value,
        read: impl FnOnce(&str) -> Result<T, W>,
    ) -> Option<T> {
        let Some(text) = value.as_str() else {
            self.refuse(name, NOT_TEXT);
            return None;
        };
        read(text)
            .map_err(|wrong| self.refuse(name, &wrong.into()))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn form(fields: &Value) -> Form {
        Form::new(fields.as_object().unwrap().clone(), FieldErrors::new())
    }

    fn short(text: &str) -> Result<String, &'static str> {
        if text.len() < 4 {
            Ok(text.to_owned())
        } else {
            Err("Too long.")
        }
    }

    fn wrong_fields(error: Error) -> Vec<String> {
        match error {
            Error::ValidationFailed(fields) => fields.into_keys().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let mut form = form(&json!({"a": "long text", "b": 1, "d": "yes", "extra": 1, "e": null}));
        assert_eq!(form.required("a", short), None);
        assert_eq!(form.optional("b", short), None);
        assert_eq!(form.required("c", short), None);
        assert_eq!(form.flag("d"), None);
        assert_eq!(form.required("e", short), None);
        assert_eq!(
            wrong_fields(form.finish(Some(())).unwrap_err()),
            ["a", "b", "c", "d", "e", "extra"]
        );
    }

    #[test]
    fn a_patch_tells_absent_from_null() {
        let mut form = form(&json!({"a": null, "b": "x"}));
        assert_eq!(form.patch("a", short), Patch::Clear);
        assert_eq!(form.patch("b", short), Patch::Set("x".to_owned()));
        assert_eq!(form.patch("c", short), Patch::Keep);
        assert!(form.finish(Some(())).is_ok());
    }

    #[test]
    fn a_field_is_not_given_by_two_names() {
        let mut one = form(&json!({"first_name": "x"}));
        one.accept_alias("firstName", "first_name");
        assert_eq!(one.required("firstName", short), Some("x".to_owned()));
        assert!(one.finish(Some(())).is_ok());

        let mut both = form(&json!({"first_name": "x", "firstName": "y"}));
        both.accept_alias("firstName", "first_name");
        let _ = both.optional("firstName", short);
        assert_eq!(
            wrong_fields(both.finish(Some(())).unwrap_err()),
            ["first_name"]
        );
    }

    /// A value and whether `short` accepts it. `None` leaves the field out.
    fn given() -> impl Strategy<Value = Option<(Value, bool)>> {
        proptest::sample::select(vec![
            None,
            Some((json!(null), true)),
            Some((json!("x"), true)),
            Some((json!(""), true)),
            Some((json!("too long"), false)),
            Some((json!(7), false)),
            Some((json!(true), false)),
            Some((json!(["x"]), false)),
            Some((json!({"x": "x"}), false)),
        ])
    }

    proptest! {
        #[test]
        fn exactly_the_bad_fields_are_named(
            required in given(),
            optional in given(),
            changed in given(),
            unknown in given(),
        ) {
            let all = [("a", &required), ("b", &optional), ("c", &changed), ("d", &unknown)];
            let fields: Map<String, Value> = all
                .iter()
                .filter_map(|(name, value)| {
                    let (value, _) = value.as_ref()?;
                    Some(((*name).to_owned(), value.clone()))
                })
                .collect();
            let mut form = Form::new(fields, FieldErrors::new());
            let built = form.required("a", short);
            let _ = form.optional("b", short);
            let _ = form.patch("c", short);

            let is_good = |given: &Option<(Value, bool)>| given.as_ref().is_none_or(|(_, good)| *good);
            let is_there = required.as_ref().is_some_and(|(value, _)| !value.is_null());
            let expected = [
                ("a", is_there && is_good(&required)),
                ("b", is_good(&optional)),
                ("c", is_good(&changed)),
                ("d", unknown.is_none()),
            ];
            let bad: Vec<&str> =
                expected.iter().filter(|(_, good)| !good).map(|(name, _)| *name).collect();
            match form.finish(built) {
                Ok(_) => prop_assert!(bad.is_empty()),
                Err(error) => prop_assert_eq!(wrong_fields(error), bad),
            }
        }
    }
}
