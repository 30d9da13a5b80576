//! Three users in one table, with few, many and very many tasks.

use std::rc::Rc;

use bench::{Pattern, Person, Service, new_email};
use serde_json::{Value, json};
use shared::{Clock, Entropy, Timestamp};

use crate::{
    subject::{Asks, Subject},
    table::Table,
};

/// Tasks that differ in title and due date, of which all others are copies.
const KINDS: usize = 100;
/// The one that a search finds, among the first so that the user with few tasks has it, too.
const FOUND: usize = 7;
/// Between the making of one task and the next.
const MILLIS_APART: i64 = 60_000;

pub struct Backlog {
    table: Rc<Table>,
    owners: Vec<(Person, usize)>,
}

impl Backlog {
    pub async fn pile_up(sizes: [usize; 3]) -> Self {
        let table = Table::open().await;
        let kinds = kinds(&table.timed).await;
        let mut owners = Vec::new();
        for size in sizes {
            let owner = table.timed.sign_up(&new_email()).await;
            let task = |number: usize| {
                let made = made_at(size - number);
                let id = Entropy::system().sortable_uuid(made).unwrap().to_string();
                kinds[number % KINDS].copy(&[&id, &owner.id, &made.to_string()])
            };
            table.timed.import((0..size).flat_map(task));
            owners.push((owner, size));
        }
        Self {
            table: Rc::new(table),
            owners,
        }
    }

    pub fn subjects(&self, name: &'static str, query: &str) -> Vec<Subject> {
        let subject = |(owner, size): &(Person, usize)| {
            let asks = Asks::Get {
                token: owner.token.clone(),
                path: format!("/api/{}/tasks{query}", owner.id),
            };
            Subject::new(name, *size, &self.table, asks)
        };
        self.owners.iter().map(subject).collect()
    }
}

/// The product makes one of each kind.
async fn kinds(service: &Service) -> Vec<Pattern> {
    let author = service.sign_up(&new_email()).await;
    let mut made = Vec::new();
    for number in 0..KINDS {
        made.push(service.add_task(&author, &task(number)).await);
    }
    let items = service.items();
    let pattern = |task: &Value| {
        let words = ["id", "user_id", "created_at"].map(|name| task[name].as_str().unwrap());
        Pattern::among(items.clone(), &words)
    };
    made.iter().map(pattern).collect()
}

/// One in four has no due date.
fn task(number: usize) -> Value {
    let title = if number == FOUND {
        "Find the moth".to_owned()
    } else {
        format!("Program number {number:02}")
    };
    let due_date = (number % 4 != 3 || number == FOUND)
        .then(|| format!("2027-{:02}-{:02}", number % 12 + 1, number % 28 + 1));
    json!({
        "title": title,
        "description": "Numbers of Bernoulli, by the method that has the fewest cards.",
        "due_date": due_date,
        "tags": ["engine"],
    })
}

fn made_at(places_before_now: usize) -> Timestamp {
    let ago = i64::try_from(places_before_now).unwrap() * MILLIS_APART;
    Timestamp::from_millis(Clock::system().now().millis() - ago)
}
