//! The content of the table without random values: counts by kind, and attributes.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::harness::Item;

/// Wrong passwords of a name, a device or a session.
pub const FAILURES: &str = "failures";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    counts: BTreeMap<String, i64>,
    texts: BTreeSet<String>,
}

impl State {
    pub fn of(items: &[Item]) -> Self {
        let mut state = Self::default();
        for item in items {
            state.add(item);
        }
        state
    }

    pub fn count(&self, name: &str) -> i64 {
        self.counts.get(name).copied().unwrap_or_default()
    }

    pub fn texts(&self) -> &BTreeSet<String> {
        &self.texts
    }

    /// The names of all counts in any of the states.
    pub fn names(states: [&Self; 3]) -> BTreeSet<&str> {
        let names = states.into_iter().flat_map(|state| state.counts.keys());
        names.map(String::as_str).collect()
    }

    fn add(&mut self, item: &Item) {
        let (pk, sk) = (text(item, "pk"), text(item, "sk"));
        let kind = sk.split('#').next().unwrap();
        match kind {
            "LIMIT" if pk.contains("_FAILURES#") => {
                self.add_count(FAILURES, number(item, "failures"));
            }
            "LIMIT" => {
                let limit = pk.split('#').nth(1).unwrap();
                self.add_count(&format!("counted {limit}"), number(item, "so_far"));
            }
            "LOG" => {
                let is_success = item["success"].as_bool().unwrap();
                let name = format!("logged {} {is_success}", text(item, "action"));
                self.add_count(&name, 1);
            }
            "DEVICE" if item.contains_key("is_ended") => self.add_count("taken off the list", 1),
            "COUNT" => self.add_count("counted tasks", number(item, "tasks")),
            "MAIL" => self.add_count(&format!("mail {}", text(item, "kind")), 1),
            _ => self.add_count(kind, 1),
        }
        match kind {
            "ACCOUNT" => {
                self.add_count("generation", number(item, "session_generation"));
                let hash = text(item, "password_hash");
                let is_current = hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$");
                self.add_attributes(item, &["username", "first_name", "last_name", "is_leaving"]);
                self.add_attributes(item, &["email", "email_verified"]);
                self.texts.insert(format!("hash is current: {is_current}"));
            }
            "TASK" => {
                self.add_count("versions", number(item, "version"));
                self.add_attributes(
                    item,
                    &["title", "version", "completed", "priority", "due_date"],
                );
            }
            "EMAIL" | "USERNAME" => drop(self.texts.insert(pk.to_owned())),
            "SESSION" | "TOKEN" => drop(self.texts.insert(sk.to_owned())),
            _ => {}
        }
    }

    fn add_count(&mut self, name: &str, count: i64) {
        *self.counts.entry(name.to_owned()).or_default() += count;
    }

    fn add_attributes(&mut self, item: &Item, names: &[&str]) {
        let attributes: Vec<_> = names.iter().map(|name| item.get(*name)).collect();
        self.texts.insert(format!("{attributes:?}"));
    }
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

fn number(item: &Item, name: &str) -> i64 {
    let value = item.get(name).map(AttributeValue::as_n);
    value.map_or(0, |number| number.unwrap().parse().unwrap())
}
