//! Polls the stream for every function that the template connects to it. A function that fails holds up
//! no other one.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::checkpoint::Checkpoint;
use super::consumer::{Consumer, Pauses};
use super::rounds::Rounds;
use super::{Stream, Trimmer};
use crate::functions::Functions;
use crate::template::Function;

/// A poller that has not started.
#[derive(Debug)]
pub struct Poller {
    stream: Stream,
    trimmer: Option<Trimmer>,
    pauses: Pauses,
}

/// A function that fails, or deletes a large account, keeps nobody waiting for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Tells the poller that there may be new records.
#[derive(Debug, Clone)]
pub struct Wake(Rounds);

/// A poller at work. It ends when this value is dropped.
#[derive(Debug)]
pub struct Polling {
    wake: Wake,
    stop: watch::Sender<()>,
    consumers: JoinSet<()>,
    stop_trimming: watch::Sender<()>,
    trimming: Option<JoinHandle<()>>,
}

impl Poller {
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            trimmer: None,
            pauses: Pauses::default(),
        }
    }

    /// Handled records are deleted, so a later poller of the same file does not meet them again.
    #[must_use]
    pub fn trimming(mut self, trimmer: Option<Trimmer>) -> Self {
        self.trimmer = trimmer;
        self
    }

    #[must_use]
    pub fn with_pauses(mut self, pauses: Pauses) -> Self {
        self.pauses = pauses;
        self
    }

    /// Calls those of `functions` that have the stream as a source, from its first record on.
    #[must_use]
    pub fn start(self, functions: &Functions, declared: &[Function]) -> Polling {
        let (stop, _) = watch::channel(());
        let sources: Vec<_> = declared
            .iter()
            .filter_map(|function| Some((&function.binary, function.stream.as_ref()?)))
            .collect();
        let checkpoint = Checkpoint::new(sources.len());
        let rounds = Rounds::new(sources.len());
        let (stop_trimming, trimming_ends) = watch::channel(());
        let trimming = self
            .trimmer
            .map(|trimmer| tokio::spawn(checkpoint.clone().trim_with(trimmer, trimming_ends)));
        let mut consumers = JoinSet::new();
        for (number, (binary, source)) in sources.into_iter().enumerate() {
            let consumer = Consumer {
                number,
                binary: binary.clone(),
                source: source.clone(),
                stream: self.stream.clone(),
                functions: functions.clone(),
                checkpoint: checkpoint.clone(),
                pauses: self.pauses,
                wake: rounds.begun(),
                rounds: rounds.clone(),
                stop: stop.subscribe(),
            };
            consumers.spawn(consumer.run());
        }
        Polling {
            wake: Wake(rounds),
            stop,
            consumers,
            stop_trimming,
            trimming,
        }
    }
}

impl Wake {
    pub fn wake(&self) {
        self.0.begin();
    }

    /// Completes when everything that was written before is handled, or after some seconds.
    pub async fn until_handled(&self) {
        let handled = async {
            self.0.until_handled().await;
            // A finished deletion owes a mail.
            self.0.until_handled().await;
        };
        let _ = tokio::time::timeout(LONGEST_WAIT, handled).await;
    }
}

impl Polling {
    #[must_use]
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }

    /// Completes when the functions have handled what they were called with.
    pub async fn stop(mut self) {
        self.stop.send_replace(());
        while self.consumers.join_next().await.is_some() {}
        self.stop_trimming.send_replace(());
        if let Some(trimming) = self.trimming {
            let _ = trimming.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Instant;

    use dynoxide::Database;
    use serde_json::{Value, json};

    use super::*;
    use crate::database::{open_file, open_memory};
    use crate::stream::{pattern::Pattern, records::Position};
    use crate::template::{StreamSource, Table};

    const NAME: &str = "latchkey";
    const SOON: Duration = Duration::from_secs(10);

    /// When a function was called, and with which sort keys.
    type Call = (Instant, Vec<String>);

    #[derive(Clone, Default)]
    struct Calls {
        made: Arc<Mutex<Vec<Call>>>,
        /// Those of the next calls. The last one comes first.
        failures: Arc<Mutex<Vec<Failure>>>,
    }

    enum Failure {
        At(&'static str),
        Panic,
    }

    impl Calls {
        fn failing(failures: Vec<Failure>) -> Self {
            Self {
                failures: Arc::new(Mutex::new(failures)),
                ..Self::default()
            }
        }

        fn keys(&self) -> Vec<Vec<String>> {
            let calls = self.made.lock().unwrap();
            calls.iter().map(|(_, keys)| keys.clone()).collect()
        }

        fn times(&self) -> Vec<Instant> {
            let calls = self.made.lock().unwrap();
            calls.iter().map(|(time, _)| *time).collect()
        }

        fn add_to(&self, functions: &mut Functions, binary: &'static str) {
            let calls = self.clone();
            functions.add_events(binary, move |event: lambda_http::LambdaEvent<Value>| {
                let answer = calls.answer(&event.payload);
                Box::pin(async { Ok(answer) })
            });
        }

        fn answer(&self, event: &Value) -> Value {
            let records = event["Records"].as_array().unwrap();
            let key = |record: &Value| {
                let key = record["dynamodb"]["Keys"]["sk"]["S"].as_str();
                key.unwrap().to_owned()
            };
            #[expect(clippy::disallowed_methods, reason = "measures real time")]
            let call = (Instant::now(), records.iter().map(key).collect());
            self.made.lock().unwrap().push(call);
            // A panic must not poison the lock.
            let failure = self.failures.lock().unwrap().pop();
            let failed = match failure {
                None => None,
                Some(Failure::Panic) => panic!("on purpose"),
                Some(Failure::At(sk)) => records.iter().find(|record| key(record) == sk),
            };
            let failed = failed
                .map(|record| json!({"itemIdentifier": record["dynamodb"]["SequenceNumber"]}));
            json!({"batchItemFailures": failed.into_iter().collect::<Vec<_>>()})
        }
    }

    fn table() -> Table {
        serde_json::from_value(json!({
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
        }))
        .unwrap()
    }

    fn function(binary: &str, prefix: &str) -> Function {
        let pattern = json!({
            "eventName": ["INSERT"],
            "dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix}]}}},
        });
        Function {
            logical_id: binary.into(),
            binary: binary.into(),
            routes: vec![],
            stream: Some(StreamSource {
                batch_size: 3,
                filters: vec![Pattern::parse(&pattern.to_string()).unwrap()],
            }),
        }
    }

    fn put(database: &Database, sk: &str) {
        let item = json!({"TableName": NAME, "Item": {"pk": {"S": "USER#1"}, "sk": {"S": sk}}});
        let item = serde_json::from_value(item).unwrap();
        database.put_item(item).unwrap();
    }

    fn poller(database: &Database) -> Poller {
        let pauses = Pauses {
            first: Duration::from_millis(40),
            longest: Duration::from_millis(160),
        };
        Poller::new(Stream::of(database, NAME).unwrap()).with_pauses(pauses)
    }

    fn start(poller: Poller, mail: &Calls, sweep: &Calls) -> Polling {
        let mut functions = Functions::default();
        mail.add_to(&mut functions, "mail");
        sweep.add_to(&mut functions, "sweep");
        let declared = [function("mail", "MAIL#"), function("sweep", "SWEEP#")];
        poller.start(&functions, &declared)
    }

    async fn until(reached: impl Fn() -> bool) {
        let wait = async {
            while !reached() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(SOON, wait).await.unwrap();
    }

    fn lists(calls: &[&[&str]]) -> Vec<Vec<String>> {
        let list = |keys: &&[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        calls.iter().map(list).collect()
    }

    fn left_in(database: &Database) -> usize {
        let stream = Stream::of(database, NAME).unwrap();
        stream.read(Position::START, 1000).unwrap().len()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_function_gets_the_records_of_its_pattern_in_the_order_of_their_writes() {
        let database = open_memory(&table(), NAME).unwrap();
        for sk in [
            "MAIL#1", "LOG#2", "SWEEP#3", "MAIL#4", "MAIL#4", "MAIL#5", "MAIL#6",
        ] {
            put(&database, sk);
        }
        let (mail, sweep) = (Calls::default(), Calls::default());
        let polling = start(poller(&database), &mail, &sweep);
        until(|| mail.keys().len() == 2 && sweep.keys().len() == 1).await;
        put(&database, "MAIL#7");
        polling.wake().wake();
        until(|| mail.keys().len() == 3).await;
        polling.stop().await;
        // The second write of MAIL#4 is no INSERT.
        let expected: [&[&str]; 3] = [&["MAIL#1", "MAIL#4", "MAIL#5"], &["MAIL#6"], &["MAIL#7"]];
        assert_eq!(mail.keys(), lists(&expected));
        assert_eq!(sweep.keys(), lists(&[&["SWEEP#3"]]));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_can_be_waited_for_all_that_is_written() {
        let database = open_memory(&table(), NAME).unwrap();
        let (mail, sweep) = (Calls::default(), Calls::failing(vec![Failure::Panic]));
        let polling = start(poller(&database), &mail, &sweep);
        for number in 1..=20 {
            put(&database, &format!("MAIL#{number}"));
            put(&database, &format!("SWEEP#{number}"));
            polling.wake().until_handled().await;
            let handled = mail.keys().concat().len();
            assert_eq!(handled, number);
        }
        // The first one came twice.
        assert_eq!(sweep.keys().concat().len(), 21);
        polling.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failed_record_comes_again_after_growing_pauses_and_holds_up_no_other_function() {
        let database = open_memory(&table(), NAME).unwrap();
        for sk in ["MAIL#1", "MAIL#2", "MAIL#3", "MAIL#4", "SWEEP#5"] {
            put(&database, sk);
        }
        let failures = [
            Failure::At("MAIL#2"),
            Failure::Panic,
            Failure::At("MAIL#2"),
            Failure::At("MAIL#2"),
        ];
        let (mail, sweep) = (Calls::failing(failures.into()), Calls::default());
        let polling = start(poller(&database), &mail, &sweep);
        until(|| sweep.keys().len() == 1).await;
        let behind = mail.keys().len();
        until(|| mail.keys().len() == 5).await;
        polling.stop().await;

        assert!(behind < 5, "the other function waited");
        let rest: &[&str] = &["MAIL#2", "MAIL#3", "MAIL#4"];
        let first: &[&str] = &["MAIL#1", "MAIL#2", "MAIL#3"];
        assert_eq!(mail.keys(), lists(&[first, rest, rest, rest, rest]));
        let times = mail.times();
        let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (pause, least) in pauses.iter().zip([40, 80, 160, 160]) {
            assert!(*pause >= Duration::from_millis(least), "{pauses:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn handled_and_unwanted_records_are_deleted_and_the_failed_ones_come_again_after_a_restart()
     {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db");
        let database = open_file(&file, &table(), NAME).unwrap();
        for sk in ["LOG#1", "MAIL#2", "SWEEP#3", "MAIL#4", "LOG#5"] {
            put(&database, sk);
        }
        let with_trimmer = |database: &Database| {
            let trimmer = Trimmer::open(&file, NAME).unwrap();
            poller(database).trimming(Some(trimmer))
        };
        let always = (0..1000).map(|_| Failure::At("MAIL#4")).collect();
        let (mail, sweep) = (Calls::failing(always), Calls::default());
        let polling = start(with_trimmer(&database), &mail, &sweep);
        until(|| mail.keys().len() >= 2 && sweep.keys().len() == 1).await;
        // SWEEP#3 is the last that all have handled.
        until(|| left_in(&database) == 3).await;
        polling.stop().await;
        drop(database);

        let database = open_file(&file, &table(), NAME).unwrap();
        let (mail, sweep) = (Calls::default(), Calls::default());
        let polling = start(with_trimmer(&database), &mail, &sweep);
        until(|| left_in(&database) == 1).await;
        polling.stop().await;
        assert_eq!(mail.keys(), lists(&[&["MAIL#4"]]));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_write_that_nothing_tells_of_is_found_within_two_seconds() {
        let database = open_memory(&table(), NAME).unwrap();
        let (mail, sweep) = (Calls::default(), Calls::default());
        let polling = start(poller(&database), &mail, &sweep);
        tokio::time::sleep(Duration::from_millis(100)).await;
        put(&database, "MAIL#1");
        until(|| mail.keys().len() == 1).await;
        polling.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_event_has_the_form_of_lambdas() {
        let database = open_memory(&table(), NAME).unwrap();
        put(&database, "MAIL#1");
        let seen = Arc::new(Mutex::new(Value::Null));
        let mut functions = Functions::default();
        let kept = Arc::clone(&seen);
        functions.add_events("mail", move |event: lambda_http::LambdaEvent<Value>| {
            *kept.lock().unwrap() = event.payload;
            Box::pin(async { Ok(json!({"batchItemFailures": []})) })
        });
        let polling = poller(&database).start(&functions, &[function("mail", "MAIL#")]);
        until(|| !seen.lock().unwrap().is_null()).await;
        polling.stop().await;
        let event = seen.lock().unwrap().clone();
        let record = &event["Records"][0];
        let number = record["dynamodb"]["SequenceNumber"].as_str().unwrap();
        assert!(number.len() >= 21, "{number}");
        let arn = record["eventSourceARN"].as_str().unwrap();
        assert!(arn.contains(":table/latchkey/stream/"), "{arn}");
        let expected = json!({"Records": [{
            "eventID": record["eventID"].as_str().unwrap(),
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime":
                    record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap(),
                "Keys": {"pk": {"S": "USER#1"}, "sk": {"S": "MAIL#1"}},
                "SequenceNumber": number,
                "SizeBytes": record["dynamodb"]["SizeBytes"].as_u64().unwrap(),
                "StreamViewType": "KEYS_ONLY",
            },
            "eventSourceARN": arn,
        }]});
        assert_eq!(event, expected);
    }
}
