//! What all lists have in common: two parameters, and the form of their answer.

use serde::Serialize;

use super::Form;

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 100;

#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the list goes on, unless this was its end.
    pub next_cursor: Option<String>,
}

pub fn page_size(form: &mut Form) -> usize {
    form.optional("limit", size).unwrap_or(DEFAULT_SIZE)
}

/// As the caller gave it; only the list that it was made for can open it.
pub fn cursor(form: &mut Form) -> Option<String> {
    form.optional("cursor", |text| Ok::<_, String>(text.to_owned()))
}

fn size(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .ok()
        .filter(|size| (1..=LARGEST_SIZE).contains(size))
        .filter(|size| size.to_string() == text)
        .ok_or("Give a whole number from 1 to 100.")
}
