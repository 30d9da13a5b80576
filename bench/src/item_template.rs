//! Items that the product wrote, to be copied with other values. This fills a large table with items of the product's
//! own form, in a fraction of the time that calls would take.

use dynoxide::Item;

pub struct ItemTemplate {
    json: String,
    values: Vec<String>,
}

impl ItemTemplate {
    /// Keeps the items that contain the first of `values`. All of `values` are replaced in each copy.
    pub fn new(items: &[Item], values: &[&str]) -> Self {
        let json = |item| serde_json::to_string(item).unwrap();
        let mut items: Vec<String> = items.iter().map(json).collect();
        items.retain(|item| item.contains(values[0]));
        Self {
            json: format!("[{}]", items.join(",")),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        }
    }

    pub fn copy(&self, values: &[&str]) -> Vec<Item> {
        assert_eq!(values.len(), self.values.len());
        let pairs = self.values.iter().zip(values);
        let json = pairs.fold(self.json.clone(), |json, (old, new)| json.replace(old, new));
        serde_json::from_str(&json).unwrap()
    }
}
