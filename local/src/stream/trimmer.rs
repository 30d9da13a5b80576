//! Deletes the records that were handled, which the embedded database never does.

use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use super::{index, records::Position};
use crate::start_error::StartError;

/// A second connection to the database file. A restart begins with the first record that is left, so no
/// position is kept anywhere.
pub struct Trimmer {
    connection: Connection,
    table_name: String,
}

impl fmt::Debug for Trimmer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trimmer").finish_non_exhaustive()
    }
}

impl Trimmer {
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(file: &Path, table_name: &str) -> Result<Self, StartError> {
        let open = || {
            let connection = index::connect(file)?;
            // A deletion that a power failure undoes costs no more than a record handled twice.
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            Ok(connection)
        };
        let connection = open().map_err(|error: rusqlite::Error| {
            StartError::new(format!(
                "cannot open the stream in {}: {error}",
                file.display()
            ))
        })?;
        Ok(Self {
            connection,
            table_name: table_name.to_owned(),
        })
    }

    /// Deletes the records before the last handled one. That one stays, so that the number of the next
    /// record is higher even if the clock was set back.
    pub(super) fn trim(&self, handled: Position) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "DELETE FROM _stream_records
                 WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
            )?
            .execute((&self.table_name, handled.stored()))
            .map(drop)
    }
}
