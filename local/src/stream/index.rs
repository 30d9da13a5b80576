//! An index on the records of the stream. The embedded database reads its last record at every write
//! and has no index for that: after 20,000 writes, a write would take many times as long.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

/// The expression is that of the embedded database's own queries, or it would not be used for them.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS _stream_records_by_number
     ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// The embedded database holds its lock for single writes.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Adds the index to a database file, which may be open.
pub fn create(file: &Path) -> rusqlite::Result<()> {
    connect(file)?.execute_batch(INDEX)
}

/// A second connection to the file of an open database.
pub fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(LOCK_TIMEOUT)?;
    Ok(connection)
}
