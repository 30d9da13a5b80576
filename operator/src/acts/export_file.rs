//! The text of an export: one object, with a list for each kind of item. It is taken off page by page.

use std::{
    io::{self, Write},
    mem,
};

use me::{ExportItemJson, export::ExportItem};
use serde::Serialize;
use shared::Timestamp;

use crate::output::EscapingJson;

/// In the order in which an export hands them out.
const LISTS: [&str; 3] = ["sessions", "log", "tasks"];

pub struct ExportFile {
    /// The rest, which has not been taken off yet.
    out: Vec<u8>,
    /// The list that is open, by its place.
    list: Option<usize>,
    is_first: bool,
    items: u64,
}

impl ExportFile {
    pub fn begin(now: Timestamp) -> io::Result<Self> {
        let mut out = Vec::new();
        write!(out, "{{\"exported_at\":\"{now}\"")?;
        Ok(Self {
            out,
            list: None,
            is_first: true,
            items: 0,
        })
    }

    pub fn take(&mut self, item: &ExportItem<'_>) -> io::Result<()> {
        self.items += 1;
        match ExportItemJson::from(item) {
            ExportItemJson::Account(account) => {
                self.out.write_all(b",\n\"account\":")?;
                self.value(&account)
            }
            ExportItemJson::Session(session) => self.listed(0, &session),
            ExportItemJson::Log(entry) => self.listed(1, entry),
            ExportItemJson::Task(task) => self.listed(2, &task),
        }
    }

    pub fn take_text(&mut self) -> Vec<u8> {
        mem::take(&mut self.out)
    }

    /// Returns the last text, and the number of items.
    pub fn end(mut self) -> io::Result<(Vec<u8>, u64)> {
        self.open(LISTS.len() - 1)?;
        self.out.write_all(b"]}\n")?;
        Ok((self.out, self.items))
    }

    fn listed(&mut self, list: usize, value: &impl Serialize) -> io::Result<()> {
        self.open(list)?;
        let separator: &[u8] = if self.is_first { b"\n" } else { b",\n" };
        self.is_first = false;
        self.out.write_all(separator)?;
        self.value(value)
    }

    /// Lists without items are there as well.
    fn open(&mut self, list: usize) -> io::Result<()> {
        let next = self.list.map_or(0, |open| open + 1);
        for name in LISTS.iter().take(list + 1).skip(next) {
            if self.list.is_some() {
                self.out.write_all(b"]")?;
            }
            write!(self.out, ",\n\"{name}\":[")?;
            self.list = Some(self.list.map_or(0, |open| open + 1));
            self.is_first = true;
        }
        Ok(())
    }

    fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        let formatter = EscapingJson::compact();
        let mut serializer = serde_json::Serializer::with_formatter(&mut self.out, formatter);
        value.serialize(&mut serializer).map_err(io::Error::from)
    }
}
