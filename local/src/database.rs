//! The embedded `DynamoDB`, with the table that `template.yaml` declares.

use std::future::{Future, pending};
use std::net::SocketAddr;
use std::path::Path;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest};
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::start_error::StartError;
use crate::stream;
use crate::template::{StreamSpecification, Table};

pub const REGION: &str = "us-east-1";
/// Access key and secret key. The embedded database requires both and checks neither.
pub const CREDENTIAL: &str = "local";

/// Opens a database in memory. Its data is lost when the value is dropped.
///
/// # Errors
/// When `DynamoDB` would reject the table of the template.
pub fn open_memory(table: &Table, name: &str) -> Result<Database, StartError> {
    let memory_error =
        |reason: String| StartError::new(format!("cannot open a database in memory: {reason}"));
    let database = Database::memory().map_err(|error| memory_error(error.to_string()))?;
    if table.stream_specification.is_some() {
        // Only a file takes the index, and a copy of the file has it.
        let folder = tempfile::tempdir().map_err(|error| memory_error(error.to_string()))?;
        let file = folder.path().join("empty.sqlite");
        drop(open_file(&file, table, name)?);
        file.to_str()
            .ok_or_else(|| "the path of temporary files is not UTF-8".to_owned())
            .and_then(|file| {
                database
                    .restore_from(file)
                    .map_err(|error| error.to_string())
            })
            .map_err(memory_error)?;
    } else {
        create_table(&database, table, name)?;
    }
    Ok(database)
}

/// Opens a database file, or creates it.
///
/// # Errors
/// When the file cannot be opened, or its table differs from the template's.
pub fn open_file(file: &Path, table: &Table, name: &str) -> Result<Database, StartError> {
    let shown = file.display();
    let path = file
        .to_str()
        .ok_or_else(|| StartError::new(format!("the path {shown} is not UTF-8")))?;
    let database = Database::new(path).map_err(|error| {
        StartError::new(format!(
            "cannot open the database in {shown} ({error}): delete it to start over"
        ))
    })?;
    match stored_table(&database, name)? {
        None => create_table(&database, table, name)?,
        Some(stored) if schema(&stored) == schema(table) => {
            set_time_to_live(&database, table, name)?;
            if stored.stream_specification != table.stream_specification {
                set_stream(&database, table, name)?;
            }
        }
        Some(_) => {
            return Err(StartError::new(format!(
                "the table {name} in {shown} has other keys or indexes than template.yaml \
                 declares: delete the file to start over"
            )));
        }
    }
    if table.stream_specification.is_some() {
        stream::index::create(file)
            .map_err(|error| StartError::new(format!("cannot add an index to {shown}: {error}")))?;
    }
    // The embedded database deletes expired items only when told to.
    database
        .sweep_ttl()
        .map_err(|error| table_error(name, &error))?;
    Ok(database)
}

/// Serves requests until the future is dropped.
pub async fn serve(listener: TcpListener, database: Database) {
    serve_until(listener, database, pending()).await;
}

/// Serves requests until `stop` completes, then finishes those in progress.
pub async fn serve_until(
    listener: TcpListener,
    database: Database,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    if let Err(reason) = dynoxide::server::serve_with_shutdown(listener, database, stop).await {
        tracing::error!(%reason, "the embedded database stopped");
    }
}

/// A client for the database at `address`. It ignores the AWS settings of the environment.
#[must_use]
pub fn client(address: SocketAddr) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(Credentials::new(
            CREDENTIAL, CREDENTIAL, None, None, "local",
        ))
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

fn create_table(database: &Database, table: &Table, name: &str) -> Result<(), StartError> {
    let mut request = json!(table);
    request["TableName"] = json!(name);
    if let Some(stream) = &table.stream_specification {
        request["StreamSpecification"] = stream_on(stream);
    }
    let request = serde_json::from_value(request).map_err(|error| {
        // The library marks its validation errors with this prefix.
        let reason = error.to_string().replace("VALIDATION:", "");
        StartError::new(format!("cannot create the table {name}: {reason}"))
    })?;
    database
        .create_table(request)
        .map_err(|error| table_error(name, &error))?;
    set_time_to_live(database, table, name)
}

fn set_time_to_live(database: &Database, table: &Table, name: &str) -> Result<(), StartError> {
    let Some(ttl) = &table.time_to_live_specification else {
        return Ok(());
    };
    let request = UpdateTimeToLiveRequest {
        table_name: name.to_owned(),
        time_to_live_specification: TimeToLiveSpecification {
            attribute_name: ttl.attribute_name.clone(),
            enabled: ttl.enabled,
        },
    };
    database
        .update_time_to_live(request)
        .map(drop)
        .map_err(|error| table_error(name, &error))
}

fn set_stream(database: &Database, table: &Table, name: &str) -> Result<(), StartError> {
    let off = json!({"StreamEnabled": false});
    let specification = table.stream_specification.as_ref().map_or(off, stream_on);
    let request = json!({"TableName": name, "StreamSpecification": specification});
    serde_json::from_value(request)
        .map_err(|error| error.to_string())
        .and_then(|request| {
            database
                .update_table(request)
                .map_err(|error| error.to_string())
        })
        .map(drop)
        .map_err(|reason| {
            StartError::new(format!(
                "cannot set the stream of the table {name}: {reason}"
            ))
        })
}

/// A template has no word for a stream that is off.
fn stream_on(stream: &StreamSpecification) -> Value {
    json!({"StreamEnabled": true, "StreamViewType": stream.stream_view_type})
}

fn stored_table(database: &Database, name: &str) -> Result<Option<Table>, StartError> {
    let request = DescribeTableRequest {
        table_name: name.to_owned(),
    };
    let description = match database.describe_table(request) {
        Ok(response) => serde_json::to_value(response.table),
        Err(DynoxideError::ResourceNotFoundException(_)) => return Ok(None),
        Err(error) => return Err(table_error(name, &error)),
    };
    // DescribeTable returns the fields of CreateTable under the same names.
    description
        .and_then(serde_json::from_value)
        .map(Some)
        .map_err(|error| StartError::new(format!("cannot read the table {name}: {error}")))
}

/// The parts of a table that `cargo dev` cannot change in place, in an order that can be compared.
fn schema(table: &Table) -> Value {
    let sorted = |indexes: &[crate::template::Index]| {
        let mut indexes: Vec<_> = indexes
            .iter()
            .map(|index| (&index.index_name, &index.key_schema, &index.projection))
            .collect();
        indexes.sort();
        json!(indexes)
    };
    let mut attributes = table.attribute_definitions.clone();
    attributes.sort();
    json!([
        table.key_schema,
        attributes,
        sorted(&table.global_secondary_indexes),
        sorted(&table.local_secondary_indexes),
    ])
}

fn table_error(name: &str, error: &DynoxideError) -> StartError {
    StartError::new(format!("cannot use the table {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::on_loopback;
    use crate::stream::{Stream, records::Position};
    use crate::template::{AttributeDefinition, Index, KeyElement, Projection, TimeToLive};
    use aws_sdk_dynamodb::types::{AttributeValue, TimeToLiveStatus};

    fn key(name: &str, key_type: &str) -> KeyElement {
        KeyElement {
            attribute_name: name.into(),
            key_type: key_type.into(),
        }
    }

    fn table() -> Table {
        let text = |name: &str| AttributeDefinition {
            attribute_name: name.into(),
            attribute_type: "S".into(),
        };
        let by = |name: &str| Index {
            index_name: format!("by_{name}"),
            key_schema: vec![key(name, "HASH"), key("pk", "RANGE")],
            projection: Projection {
                projection_type: "ALL".into(),
                non_key_attributes: None,
            },
            provisioned_throughput: None,
        };
        Table {
            key_schema: vec![key("pk", "HASH"), key("sk", "RANGE")],
            attribute_definitions: vec![text("sk"), text("pk"), text("one"), text("two")],
            global_secondary_indexes: vec![by("two"), by("one")],
            local_secondary_indexes: vec![],
            billing_mode: Some("PAY_PER_REQUEST".into()),
            provisioned_throughput: None,
            time_to_live_specification: Some(TimeToLive {
                attribute_name: "expires_at".into(),
                enabled: true,
            }),
            stream_specification: None,
        }
    }

    fn table_with_stream() -> Table {
        Table {
            stream_specification: Some(StreamSpecification {
                stream_view_type: "KEYS_ONLY".into(),
            }),
            ..table()
        }
    }

    async fn client_of(database: Database) -> aws_sdk_dynamodb::Client {
        let listener = on_loopback(0, "--database-port").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, database));
        client(address)
    }

    fn text(value: &str) -> AttributeValue {
        AttributeValue::S(value.into())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_sdk_finds_the_table_and_instances_are_independent() {
        let one = client_of(open_memory(&table(), "latchkey").unwrap()).await;
        let other = client_of(open_memory(&table(), "latchkey").unwrap()).await;

        let put = one.put_item().table_name("latchkey");
        put.item("pk", text("a"))
            .item("sk", text("b"))
            .send()
            .await
            .unwrap();
        let count = |client: &aws_sdk_dynamodb::Client| client.scan().table_name("latchkey").send();
        assert_eq!(count(&one).await.unwrap().count, 1);
        assert_eq!(count(&other).await.unwrap().count, 0);

        let ttl = one
            .describe_time_to_live()
            .table_name("latchkey")
            .send()
            .await
            .unwrap();
        let ttl = ttl.time_to_live_description.unwrap();
        assert_eq!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled));
        assert_eq!(ttl.attribute_name.as_deref(), Some("expires_at"));

        let described = one
            .describe_table()
            .table_name("latchkey")
            .send()
            .await
            .unwrap();
        assert_eq!(described.table.unwrap().global_secondary_indexes().len(), 2);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reopened_file_keeps_its_data_and_loses_expired_items() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db");
        {
            let database = open_file(&file, &table(), "latchkey").unwrap();
            let item = json!({
                "TableName": "latchkey", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}},
            });
            database
                .put_item(serde_json::from_value(item).unwrap())
                .unwrap();
            let expired = json!({
                "TableName": "latchkey",
                "Item": {"pk": {"S": "a"}, "sk": {"S": "old"}, "expires_at": {"N": "1"}},
            });
            database
                .put_item(serde_json::from_value(expired).unwrap())
                .unwrap();
        }
        let mut reordered = table();
        reordered.attribute_definitions.reverse();
        reordered.global_secondary_indexes.reverse();
        let client = client_of(open_file(&file, &reordered, "latchkey").unwrap()).await;
        let found = client.scan().table_name("latchkey").send().await.unwrap();
        assert_eq!(found.count, 1, "only the expired item is deleted");
    }

    fn put(database: &Database, sk: &str) {
        let item = json!({
            "TableName": "latchkey", "Item": {"pk": {"S": "a"}, "sk": {"S": sk}},
        });
        database
            .put_item(serde_json::from_value(item).unwrap())
            .unwrap();
    }

    #[test]
    fn the_stream_is_on_where_the_table_declares_it_in_new_and_old_files_and_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db");
        let without = open_file(&file, &table(), "latchkey").unwrap();
        assert!(Stream::of(&without, "latchkey").is_err());
        drop(without);
        let memory = open_memory(&table(), "latchkey").unwrap();
        assert!(Stream::of(&memory, "latchkey").is_err());

        let old = open_file(&file, &table_with_stream(), "latchkey").unwrap();
        let new = open_file(&folder.path().join("new"), &table_with_stream(), "latchkey").unwrap();
        let memory = open_memory(&table_with_stream(), "latchkey").unwrap();
        for database in [old, new, memory] {
            put(&database, "written");
            let stream = Stream::of(&database, "latchkey").unwrap();
            let records = stream.read(Position::START, 10).unwrap();
            assert_eq!(records.len(), 1);
            let change = &records[0].event["dynamodb"];
            let keys = json!({"pk": {"S": "a"}, "sk": {"S": "written"}});
            assert_eq!(change["Keys"], keys);
            assert_eq!(change["StreamViewType"], "KEYS_ONLY");
            assert_eq!(change.get("NewImage"), None);
        }

        let off = open_file(&file, &table(), "latchkey").unwrap();
        assert!(Stream::of(&off, "latchkey").is_err());
    }

    #[test]
    fn a_file_with_another_table_is_an_error_that_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db");
        open_file(&file, &table(), "latchkey").unwrap();
        let mut changed = table();
        changed.global_secondary_indexes.pop();
        changed
            .attribute_definitions
            .retain(|attribute| attribute.attribute_name != "one");
        let error = open_file(&file, &changed, "latchkey")
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(error.ends_with("delete the file to start over."), "{error}");
        open_file(&file, &changed, "another").unwrap();
    }

    #[test]
    fn a_file_that_is_not_a_database_is_an_error_that_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db");
        std::fs::write(
            &file,
            "not a database, and longer than a file header ".repeat(100),
        )
        .unwrap();
        let error = open_file(&file, &table(), "latchkey")
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(error.contains("delete it to start over"), "{error}");
    }
}
