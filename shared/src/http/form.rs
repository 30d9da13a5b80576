//! Reads the fields of a body one by one and collects everything that is wrong with them, so that
//! one answer names it all.

use serde_json::Value;

use crate::{Error, FieldErrors};

const NOT_TEXT: &str = "This must be a string.";

#[derive(Debug)]
pub struct Form {
    /// Not read yet. They are few, and a map's removal is 10 KiB of every binary.
    fields: Vec<(String, Value)>,
    wrong: FieldErrors,
}

/// What a patch says of one field.
#[derive(Debug, PartialEq, Eq)]
pub enum Change<T> {
    Keep,
    Clear,
    Set(T),
}

impl Form {
    pub(super) fn new(
        fields: impl IntoIterator<Item = (String, Value)>,
        wrong: FieldErrors,
    ) -> Self {
        let fields = fields.into_iter().collect();
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

    /// For patches, where absent and null are two things.
    pub fn change<T, W: Into<String>>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, W>,
    ) -> Change<T> {
        self.change_of(name, |value| match value.as_str() {
            Some(text) => read(text).map_err(Into::into),
            None => Err(NOT_TEXT.to_owned()),
        })
    }

    /// The same for a field that is not a string.
    pub fn change_of<T, W: Into<String>>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Value) -> Result<T, W>,
    ) -> Change<T> {
        match self.take(name) {
            None => Change::Keep,
            Some(Value::Null) => Change::Clear,
            Some(value) => match read(&value) {
                Ok(value) => Change::Set(value),
                Err(wrong) => {
                    self.refuse(name, &wrong.into());
                    Change::Keep
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
        let mut fields = self.fields.iter();
        fields.any(|(there, value)| there == name && !value.is_null())
    }

    /// A field that goes by either of two names, for callers of both conventions.
    pub fn accept_alias(&mut self, name: &str, alias: &str) {
        let Some(value) = self.take(alias) else {
            return;
        };
        if self.fields.iter().any(|(there, _)| there == name) {
            self.refuse(
                alias,
                &format!("This is another name of {name}. Give one of them."),
            );
        } else {
            self.fields.push((name.to_owned(), value));
        }
    }

    /// Whether anything is wrong with a field so far.
    #[must_use]
    pub fn has_refused(&self, name: &str) -> bool {
        self.wrong.contains_key(name)
    }

    pub fn refuse(&mut self, name: &str, wrong: &str) {
        self.wrong.insert(name.to_owned(), wrong.to_owned());
    }

    /// What was built of the fields, if nothing was wrong with any and none is left over.
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
        let mut fields = self.fields.iter();
        let place = fields.position(|(there, _)| there == name)?;
        Some(self.fields.swap_remove(place).1)
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
        assert_eq!(form.change("a", short), Change::Clear);
        assert_eq!(form.change("b", short), Change::Set("x".to_owned()));
        assert_eq!(form.change("c", short), Change::Keep);
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

    /// A value and whether a reader of short texts takes it; nothing at all is `None`.
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
            let fields = all.iter().filter_map(|(name, value)| {
                let (value, _) = value.as_ref()?;
                Some(((*name).to_owned(), value.clone()))
            });
            let mut form = Form::new(fields, FieldErrors::new());
            let built = form.required("a", short);
            let _ = form.optional("b", short);
            let _ = form.change("c", short);

            let is_good = |given: &Option<(Value, bool)>| given.as_ref().is_none_or(|(_, good)| *good);
            let is_there = required.as_ref().is_some_and(|(value, _)| !value.is_null());
            let verdicts = [
                ("a", is_there && is_good(&required)),
                ("b", is_good(&optional)),
                ("c", is_good(&changed)),
                ("d", unknown.is_none()),
            ];
            let bad: Vec<&str> =
                verdicts.iter().filter(|(_, good)| !good).map(|(name, _)| *name).collect();
            match form.finish(built) {
                Ok(_) => prop_assert!(bad.is_empty()),
                Err(error) => prop_assert_eq!(wrong_fields(error), bad),
            }
        }
    }
}
