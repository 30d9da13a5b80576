//! The two parameters of every list.

use super::Form;

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 100;

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
