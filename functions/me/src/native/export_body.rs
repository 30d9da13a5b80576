//! The body of a page of an export. Items are written into it one by one, each once and in place: the page
//! is as large as it is sent, and nothing of it is copied on the way.

use shared::{
    Error,
    http::{Response, StatusCode},
};

use super::export_item::ExportItemJson;
use crate::export::ExportItem;

/// Of the whole body.
const LARGEST_BODY: usize = 1_000_000;
/// Room for what comes behind the items. A cursor is base64 of a MAC, a section and an id.
const CLOSING: usize = 1_000;
const OPENING: &[u8] = br#"{"items":["#;

pub(crate) struct ExportBody {
    json: Vec<u8>,
}

impl ExportBody {
    pub(crate) fn new() -> Self {
        Self {
            json: OPENING.to_vec(),
        }
    }

    /// False for an item that has no room. The first one always has: no item is larger than 400 KB in the
    /// table, and an export that cannot get past it would never end.
    pub(crate) fn take(&mut self, item: &ExportItem<'_>) -> Result<bool, Error> {
        let before = self.json.len();
        let is_first = before == OPENING.len();
        if !is_first {
            self.json.push(b',');
        }
        self.write(&ExportItemJson::from(item))?;
        let has_room = is_first || self.json.len() + CLOSING <= LARGEST_BODY;
        if !has_room {
            self.json.truncate(before);
        }
        Ok(has_room)
    }

    pub(crate) fn response(mut self, next_cursor: Option<&str>) -> Result<Response, Error> {
        self.json.extend_from_slice(br#"],"next_cursor":"#);
        self.write(&next_cursor)?;
        self.json.push(b'}');
        let json = String::from_utf8(self.json);
        let json = json.map_err(|_| Error::Internal("an export is no text"))?;
        Ok(Response::written_json(StatusCode::OK, json))
    }

    fn write(&mut self, value: &impl serde::Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.json, value)
            .map_err(|_| Error::Internal("an item of an export could not be written"))
    }
}
