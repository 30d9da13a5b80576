//! Logins and `GET me` in tables with few and many accounts.

use bench::{
    case::{self, Case, Table},
    item_template::ItemTemplate,
    service::{PASSWORD, Request, Service},
};
use shared::Entropy;

use crate::report::label;

pub async fn measure(sizes: [usize; 2], rounds: usize) -> [Vec<Case>; 2] {
    let mut logins = Vec::new();
    let mut tables = Vec::new();
    for size in sizes {
        eprintln!("Accounts, {size} in a table …");
        let table = Table::open().await;
        fill(&table.timed, size).await;
        // Another user each time, from the first to the last one.
        let emails = (0..rounds).map(|round| email(round * size / rounds));
        let requests = emails.map(|email| Request::login(&email, PASSWORD));
        let requests = requests.collect();
        logins.push(Case::new(label("login", size), &table, requests, 200));
        tables.push((size, table));
    }
    case::measure(&mut logins, rounds).await;

    let mut mes = Vec::new();
    for (login, (size, table)) in logins.iter().zip(tables) {
        let requests = login.responses.iter().map(|response| {
            let token = response.body["session"]["token"].as_str();
            Request::get("/api/auth/me", token.unwrap())
        });
        let requests = requests.collect();
        mes.push(Case::new(label("`GET me`", size), &table, requests, 200));
    }
    case::measure(&mut mes, rounds).await;
    [logins, mes]
}

/// The first account is made by the product, all others are copies of it.
async fn fill(service: &Service, size: usize) {
    let first = service.sign_up(&email(0)).await;
    let me = Request::get("/api/auth/me", &first.token);
    let me = service.send(&me, 200).await;
    let username = me.body["user"]["username"].as_str().unwrap();
    let template = ItemTemplate::new(&service.items(), &[&first.id, &first.email, username]);
    let entropy = Entropy::system();
    service.import((1..size).flat_map(|number| {
        let id = entropy.uuid().unwrap().to_string();
        // As long as a username that sign-up generates.
        template.copy(&[&id, &email(number), &format!("user_{number:026}")])
    }));
}

/// All have the same length, so that the bytes of two responses can be compared.
fn email(number: usize) -> String {
    format!("person-{number:07}@example.com")
}
