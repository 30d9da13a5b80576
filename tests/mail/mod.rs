//! The function that sends mails, on hand-made events of the table's stream.

mod feedback;
mod life;
mod refusals;
mod request;
mod whole;

use serde_json::Value;

use crate::harness::secrets;

/// The last line about a mail, without its time.
fn log_line(mail_id: &str) -> Value {
    let lines = secrets::LOG_LINES.lock().unwrap();
    let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    let mut own = lines.filter(|line: &Value| line["mail_id"] == mail_id);
    let mut line = own.next_back().unwrap();
    assert!(line.as_object_mut().unwrap().remove("timestamp").is_some());
    line
}
