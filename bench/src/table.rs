//! Tables as text: a line for each row, and `|` between cells.

pub fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    table.lines().map(|row| {
        let cells = row.trim_matches('|').split('|').map(str::trim);
        let cells: Vec<&str> = cells.collect();
        cells.try_into().unwrap()
    })
}
