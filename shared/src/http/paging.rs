//! Pages of lists: the two parameters of all lists, and the form of their answers.

use serde::Serialize;

use super::Form;

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 100;

#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Null on the last page.
    pub next_cursor: Option<String>,
}

pub fn page_size(form: &mut Form) -> usize {
    form.optional("limit", size).unwrap_or(DEFAULT_SIZE)
}

/// Still sealed: only the list that it was made for can open it.
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
