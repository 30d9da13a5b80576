//! Logins and `GET me` in tables with few and many accounts.

use std::rc::Rc;

use bench::{
    clock::now,
    item_template::ItemTemplate,
    service::{Request, Service},
};
use shared::Entropy;

use crate::{
    case::{self, Case},
    tables::Table,
};

pub async fn measure(sizes: [usize; 2], rounds: usize) -> Vec<Case> {
    let mut logins = Vec::new();
    let mut tables = Vec::new();
    for size in sizes {
        eprintln!("Accounts, {size} in a table …");
        let table = Rc::new(Table::open().await);
        fill(&table.timed, size).await;
        // Another user each time, from the first to the last one.
        let requests = (0..rounds).map(|round| Request::login(&email(round * size / rounds)));
        logins.push(Case::new("login", size, &table, requests.collect()));
        tables.push(table);
    }
    case::measure(&mut logins, rounds).await;

    let me = |(table, login): (&Rc<Table>, &Case)| {
        let requests = login
            .tokens
            .iter()
            .map(|token| Request::get("/api/auth/me", token));
        Case::new("`GET me`", login.size, table, requests.collect())
    };
    let mut mes: Vec<Case> = tables.iter().zip(&logins).map(me).collect();
    case::measure(&mut mes, rounds).await;
    logins.append(&mut mes);
    logins
}

/// The first account is made by the product, all others are copies of it.
async fn fill(service: &Service, size: usize) {
    let first = service.sign_up(&email(0)).await;
    let me = service
        .send(&Request::get("/api/auth/me", &first.token))
        .await;
    let username = me.body["user"]["username"].as_str().unwrap();
    let template = ItemTemplate::new(&service.items(), &[&first.id, &first.email, username]);
    let began = now();
    let entropy = Entropy::system();
    service.import((1..size).flat_map(|number| {
        let id = entropy.uuid().unwrap().to_string();
        // As long as a username that sign-up generates.
        template.copy(&[&id, &email(number), &format!("user_{number:026}")])
    }));
    eprintln!("… filled in {:.0?}", began.elapsed());
}

/// All have the same length, so that the bytes of two responses can be compared.
fn email(number: usize) -> String {
    format!("person-{number:07}@example.com")
}
