//! Reads the stream of the embedded database.

use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};

use crate::database::REGION;
use crate::start_error::StartError;

/// The embedded database adds this to the numbers that it stores.
const FIRST_NUMBER: u128 = 100_000_000_000_000_000_000;

/// A place between two records: behind the one whose number it holds, or before all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(i64);

impl Position {
    pub const START: Self = Self(0);

    fn behind(sequence_number: &str) -> Option<Self> {
        let number: u128 = sequence_number.parse().ok()?;
        let stored = number.checked_sub(FIRST_NUMBER)?;
        i64::try_from(stored).ok().map(Self)
    }

    pub(super) fn stored(self) -> i64 {
        self.0
    }

    fn sequence_number(self) -> String {
        (FIRST_NUMBER + u128::from(self.0.unsigned_abs())).to_string()
    }
}

/// A record in the form of Lambda's events.
#[derive(Debug, Clone)]
pub struct Record {
    pub position: Position,
    pub sequence_number: String,
    pub event: Value,
}

/// The stream of one table.
#[derive(Clone)]
pub struct Stream {
    database: Database,
    arn: String,
    shard: String,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

impl Stream {
    /// # Errors
    /// When the table has no stream.
    pub fn of(database: &Database, table_name: &str) -> Result<Self, StartError> {
        find(database, table_name)
            .map_err(|error| error.to_string())
            .and_then(|found| found.ok_or_else(|| "it is off".to_owned()))
            .map_err(|reason| {
                StartError::new(format!(
                    "cannot read the stream of the table {table_name}: {reason}"
                ))
            })
    }

    /// At most `limit` records, in the order of their writes.
    ///
    /// # Errors
    /// When the table or its stream is gone.
    pub fn read(&self, behind: Position, limit: usize) -> Result<Vec<Record>, DynoxideError> {
        let start = if behind == Position::START {
            ("TRIM_HORIZON", None)
        } else {
            ("AFTER_SEQUENCE_NUMBER", Some(behind.sequence_number()))
        };
        let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: self.arn.clone(),
            shard_id: self.shard.clone(),
            shard_iterator_type: start.0.to_owned(),
            sequence_number: start.1,
        })?;
        let found = self.database.get_records(GetRecordsRequest {
            shard_iterator: iterator.shard_iterator.unwrap_or_default(),
            limit: Some(limit),
        })?;
        let records = found.records.into_iter().filter_map(|record| {
            let sequence_number = record.dynamodb.sequence_number.clone();
            let position = Position::behind(&sequence_number)?;
            let mut event = serde_json::to_value(record).ok()?;
            event["awsRegion"] = json!(REGION);
            event["eventSourceARN"] = json!(self.arn);
            Some(Record {
                position,
                sequence_number,
                event,
            })
        });
        Ok(records.collect())
    }
}

fn find(database: &Database, table_name: &str) -> Result<Option<Stream>, DynoxideError> {
    let streams = database.list_streams(ListStreamsRequest {
        table_name: Some(table_name.to_owned()),
        ..ListStreamsRequest::default()
    })?;
    let Some(stream) = streams.streams.into_iter().next() else {
        return Ok(None);
    };
    let described = database.describe_stream(DescribeStreamRequest {
        stream_arn: stream.stream_arn.clone(),
        ..DescribeStreamRequest::default()
    })?;
    let shard = described.stream_description.shards.into_iter().next();
    Ok(shard.map(|shard| Stream {
        database: database.clone(),
        arn: stream.stream_arn,
        shard: shard.shard_id,
    }))
}
