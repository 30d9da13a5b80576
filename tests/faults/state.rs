//! What is in the table, without what is random: how much of each kind, and what it says.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::harness::Item;

/// Failed attempts at a password, forgotten by a success.
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

    /// Of all that any of them counts.
    pub fn names(states: [&Self; 3]) -> BTreeSet<&str> {
        let names = states.into_iter().flat_map(|state| state.counts.keys());
        names.map(String::as_str).collect()
    }

    fn add(&mut self, item: &Item) {
        let (pk, sk) = (text(item, "pk"), text(item, "sk"));
        let kind = sk.split('#').next().unwrap();
        match kind {
            "LIMIT" if pk.starts_with("LIMIT#LOGIN_FAILURES#") => {
                self.more(FAILURES, number(item, "failures"));
            }
            "LIMIT" => {
                let what = pk.split('#').nth(1).unwrap();
                self.more(&format!("counted {what}"), number(item, "so_far"));
            }
            "LOG" => {
                let is_success = item["success"].as_bool().unwrap();
                let name = format!("logged {} {is_success}", text(item, "action"));
                self.more(&name, 1);
            }
            _ => self.more(kind, 1),
        }
        match kind {
            "ACCOUNT" => {
                self.more("generation", number(item, "session_generation"));
                let hash = text(item, "password_hash");
                let is_current = hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$");
                self.say(item, &["username", "first_name", "last_name", "is_leaving"]);
                self.texts.insert(format!("hash is current: {is_current}"));
            }
            "TASK" => {
                self.more("versions", number(item, "version"));
                self.say(
                    item,
                    &["title", "version", "completed", "priority", "due_date"],
                );
            }
            "EMAIL" | "USERNAME" => drop(self.texts.insert(pk.to_owned())),
            "SESSION" | "TOKEN" => drop(self.texts.insert(sk.to_owned())),
            _ => {}
        }
    }

    fn more(&mut self, name: &str, so_many: i64) {
        *self.counts.entry(name.to_owned()).or_default() += so_many;
    }

    fn say(&mut self, item: &Item, names: &[&str]) {
        let said: Vec<_> = names.iter().map(|name| item.get(*name)).collect();
        self.texts.insert(format!("{said:?}"));
    }
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

fn number(item: &Item, name: &str) -> i64 {
    let value = item.get(name).map(AttributeValue::as_n);
    value.map_or(0, |number| number.unwrap().parse().unwrap())
}
