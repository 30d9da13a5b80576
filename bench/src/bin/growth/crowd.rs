//! A table with so many accounts, all of which can log in.

use std::rc::Rc;

use bench::{Pattern, now};
use shared::Entropy;

use crate::{
    subject::{Asks, Subject},
    table::Table,
};

pub struct Crowd {
    table: Rc<Table>,
    count: usize,
}

impl Crowd {
    pub async fn gather(count: usize) -> Self {
        let table = Table::open().await;
        let service = &table.timed;
        let first = service.sign_up(&email_of(0)).await;
        let (_, answer, _) = service.get(&first.token, "/api/auth/me").await;
        let username = answer["user"]["username"].as_str().unwrap();
        let pattern = Pattern::among(service.items(), &[&first.id, &first.email, username]);

        let began = now();
        let entropy = Entropy::system();
        let copy = |number| {
            let id = entropy.uuid().unwrap().to_string();
            pattern.copy(&[&id, &email_of(number), &username_of(number)])
        };
        service.import((1..count).flat_map(copy));
        let items = count * pattern.items().len();
        eprintln!("… {items} items in {:.0?}", began.elapsed());
        Self {
            table: Rc::new(table),
            count,
        }
    }

    /// Another person each time, from the first to the last of them.
    pub fn logging_in(&self, turns: usize) -> Subject {
        let emails = (0..turns).map(|turn| email_of(turn * self.count / turns));
        let asks = Asks::Login {
            emails: emails.collect(),
        };
        Subject::new("login", self.count, &self.table, asks)
    }

    pub fn asking_who(&self, login: &Subject) -> Subject {
        let asks = Asks::Me {
            tokens: login.seen.tokens.clone(),
        };
        Subject::new("`GET me`", self.count, &self.table, asks)
    }
}

/// As long as every other, for the bytes of two answers to be compared.
fn email_of(number: usize) -> String {
    format!("person-{number:07}@example.com")
}

/// As long as one that sign-up makes.
fn username_of(number: usize) -> String {
    format!("user_{number:026}")
}
