//! The first page of a list, for users with few, many and very many tasks in one table.

use bench::{
    calls::new_email,
    case::{self, Case, Table},
    item_template::ItemTemplate,
    service::{Request, Service, User},
};
use serde_json::{Value, json};
use shared::{Clock, Entropy, Timestamp};

use crate::report::label;

/// Tasks that differ in title and due date. All others are copies of these.
const TEMPLATES: usize = 100;
/// The template that the search finds. Its number is below 10, so that the smallest list has it.
const FOUND: usize = 7;
const MILLIS_BETWEEN_TASKS: i64 = 60_000;

pub async fn measure(sizes: [usize; 3], rounds: usize) -> Vec<Vec<Case>> {
    eprintln!("Tasks, {sizes:?} of three users …");
    let table = Table::open().await;
    let templates = templates(&table.timed).await;
    let mut owners = Vec::new();
    for size in sizes {
        let owner = table.timed.sign_up(&new_email()).await;
        fill(&table.timed, &owner, size, &templates);
        owners.push((owner, size));
    }
    let mut all = Vec::new();
    for (name, query) in [
        ("list, newest first", ""),
        ("list, `sort=due_date`", "?sort=due_date"),
        ("list, `q=` that one in 100 has", "?q=MOTH"),
    ] {
        let case = |(owner, size): &(User, usize)| {
            let path = format!("/api/{}/tasks{query}", owner.id);
            let request = Request::get(&path, &owner.token);
            Case::new(label(name, *size), &table, vec![request], 200)
        };
        let mut cases: Vec<Case> = owners.iter().map(case).collect();
        case::measure(&mut cases, rounds).await;
        all.push(cases);
    }
    all
}

async fn templates(service: &Service) -> Vec<ItemTemplate> {
    let author = service.sign_up(&new_email()).await;
    let mut tasks = Vec::new();
    for number in 0..TEMPLATES {
        tasks.push(service.create_task(&author, task(number)).await);
    }
    let items = service.items();
    let template = |task: &Value| {
        let values = ["id", "user_id", "created_at"].map(|name| task[name].as_str().unwrap());
        ItemTemplate::new(&items, &values)
    };
    tasks.iter().map(template).collect()
}

fn fill(service: &Service, owner: &User, size: usize, templates: &[ItemTemplate]) {
    let now = Clock::system().now().millis();
    service.import((0..size).flat_map(|number| {
        let age = i64::try_from(size - number).unwrap() * MILLIS_BETWEEN_TASKS;
        let created = Timestamp::from_millis(now - age);
        let id = Entropy::system().sortable_uuid(created).unwrap();
        templates[number % TEMPLATES].copy(&[&id.to_string(), &owner.id, &created.to_string()])
    }));
}

/// One in four has no due date.
fn task(number: usize) -> Value {
    let is_found = number == FOUND;
    let has_due_date = number % 4 != 3 || is_found;
    let due_date = format!("2027-{:02}-{:02}", number % 12 + 1, number % 28 + 1);
    json!({
        "title": if is_found { "Find the moth".to_owned() } else { format!("Program number {number:02}") },
        "description": "Numbers of Bernoulli, by the method that has the fewest cards.",
        "due_date": has_due_date.then_some(due_date),
        "tags": ["engine"],
    })
}
