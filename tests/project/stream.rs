//! The functions that the table's stream calls, and the rights of their roles.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::{
    store::keys::{MAIL_PREFIX, SWEEP_PREFIX},
    stream::StreamEvent,
};
use uuid::Uuid;

use super::{
    deployment::{functions, template, text},
    events::{event, is_of_stream, names},
};

const AN_HOUR: i64 = 3600;
/// A stream keeps its records for so long.
const A_DAY: i64 = 24 * AN_HOUR;

/// Each function of the stream, by its binary, with the start of the sort keys that it is for.
const PREFIXES: [(&str, &str); 2] = [("mailer", MAIL_PREFIX), ("sweeper", SWEEP_PREFIX)];

/// The properties of the event on the table's stream, by the function's binary.
fn stream_events() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (binary, function) in functions() {
        let events = function["Properties"]["Events"].as_object().unwrap();
        for event in events.values().filter(|event| event["Type"] == "DynamoDB") {
            let earlier = found.insert(binary.clone(), event["Properties"].clone());
            assert!(earlier.is_none(), "{binary} has two events of the stream");
        }
    }
    found
}

fn get(resource: &str, attribute: &str) -> Value {
    json!({"Fn::GetAtt": [resource, attribute]})
}

/// With images, every password hash would lie readable in the stream for a day.
#[test]
fn the_stream_shows_keys_alone() {
    let table = &template()["Resources"]["Table"]["Properties"];
    assert_eq!(
        table["StreamSpecification"],
        json!({"StreamViewType": "KEYS_ONLY"})
    );
}

/// The linters accept any pattern. One that matches nothing would send no mail.
#[test]
fn each_function_of_the_stream_gets_new_items_of_its_own_kind_alone() {
    let events = stream_events();
    assert_eq!(
        events.keys().map(String::as_str).collect::<Vec<_>>(),
        PREFIXES.map(|(binary, _)| binary)
    );
    for (binary, prefix) in PREFIXES {
        let filters = events[binary]["FilterCriteria"]["Filters"]
            .as_array()
            .unwrap();
        assert_eq!(filters.len(), 1, "{binary}");
        let pattern: Value = serde_json::from_str(text(&filters[0]["Pattern"])).unwrap();
        let expected = json!({
            "eventName": ["INSERT"],
            "dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix}]}}},
        });
        assert_eq!(pattern, expected, "{binary}");
    }
}

/// Lambda's own form of a record. A person pastes two ids over the placeholders.
#[tokio::test]
async fn each_function_of_the_stream_has_an_event_that_its_filter_lets_through() {
    let mut there = names();
    there.retain(|name| is_of_stream(name));
    let expected = PREFIXES.map(|(binary, _)| format!("{binary}.json"));
    assert!(there.iter().eq(&expected), "{there:?}");
    for (binary, prefix) in PREFIXES {
        let event = event(&format!("{binary}.json"));
        let [record] = event["Records"].as_array().unwrap().as_slice() else {
            panic!("{binary}: more than one record");
        };
        let name = prefix.trim_end_matches('#');
        let sk = format!("{prefix}PASTE_A_{name}_ID");
        let number = text(&record["dynamodb"]["SequenceNumber"]);
        let user = "USER#PASTE_A_USER_ID";
        // Placeholders are shorter than ids.
        let ids = 2 * Uuid::nil().to_string().len();
        let size = "pk".len() + "USER#".len() + "sk".len() + prefix.len() + ids;
        let expected = json!({
            "eventID": record["eventID"],
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_176_000,
                "Keys": {"pk": {"S": user}, "sk": {"S": sk}},
                "SequenceNumber": number,
                "SizeBytes": size,
                "StreamViewType": "KEYS_ONLY",
            },
            "eventSourceARN": record["eventSourceARN"],
        });
        assert_eq!(record, &expected, "{binary}");
        assert!(text(&record["eventSourceARN"]).contains(":table/latchkey/stream/"));

        let event: StreamEvent = serde_json::from_value(event.clone()).unwrap();
        let repeated = event.each_new_item(prefix, async |item| {
            assert_eq!(format!("{} {}", item.pk, item.sk), format!("{user} {sk}"));
            Err(())
        });
        let failure = json!({"batchItemFailures": [{"itemIdentifier": number}]});
        assert_eq!(json!(repeated.await), failure, "{binary}");
    }
}

#[test]
fn a_record_is_repeated_alone_until_it_is_too_old_and_goes_to_a_queue_then() {
    let resources = &template()["Resources"];
    let events = stream_events();
    for (binary, queue, batch) in [
        ("mailer", "MailDeadLetters", 10),
        ("sweeper", "SweepDeadLetters", 1),
    ] {
        let event = &events[binary];
        assert_eq!(event["Stream"], get("Table", "StreamArn"), "{binary}");
        assert_eq!(event["StartingPosition"], "TRIM_HORIZON", "{binary}");
        assert_eq!(event["BatchSize"], batch, "{binary}");
        assert_eq!(event["MaximumRetryAttempts"], -1, "{binary}");
        assert_eq!(event["BisectBatchOnFunctionError"], true, "{binary}");
        let reports = &event["FunctionResponseTypes"];
        assert_eq!(reports, &json!(["ReportBatchItemFailures"]), "{binary}");
        let destination = json!({"OnFailure": {"Type": "SQS", "Destination": get(queue, "Arn")}});
        assert_eq!(event["DestinationConfig"], destination, "{binary}");
        let queue = &resources[queue];
        assert_eq!(queue["Type"], "AWS::SQS::Queue", "{binary}");
        let kept = json!({"SqsManagedSseEnabled": true, "MessageRetentionPeriod": 14 * A_DAY});
        assert_eq!(queue["Properties"], kept, "{binary}");
    }
    let age = |binary: &str| {
        events[binary]["MaximumRecordAgeInSeconds"]
            .as_i64()
            .unwrap()
    };
    assert!(age("mailer") > AN_HOUR, "an outage of SES loses mails");
    assert_eq!(age("sweeper"), A_DAY);
}

/// The statements of a role but the one about the table, which is held to the requests of the tests.
fn other_statements(role: &str) -> Vec<Value> {
    let role = &template()["Resources"][role]["Properties"];
    assert_eq!(
        role["AssumeRolePolicyDocument"]["Statement"],
        json!([{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }])
    );
    assert!(role.get("ManagedPolicyArns").is_none());
    let [policy] = role["Policies"].as_array().unwrap().as_slice() else {
        panic!("more than one policy");
    };
    let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    let others = statements
        .iter()
        .filter(|statement| statement["Resource"] != get("Table", "Arn"));
    others.cloned().collect()
}

fn allowed(actions: &Value, resource: &Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

/// Rights that Lambda itself uses in the name of a function behind the stream.
fn rights_of_lambda(queue: &str) -> Vec<Value> {
    vec![
        allowed(
            &json!([
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator"
            ]),
            &json!({"Fn::Sub": "${Table.Arn}/stream/*"}),
        ),
        allowed(
            &json!([
                "dynamodb:ListStreams",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments"
            ]),
            &json!("*"),
        ),
        allowed(
            &json!(["logs:CreateLogStream", "logs:PutLogEvents"]),
            &get("FunctionLogs", "Arn"),
        ),
        allowed(&json!("sqs:SendMessage"), &get(queue, "Arn")),
    ]
}

#[test]
fn the_sweeper_has_no_right_beside_the_table_but_those_of_lambda() {
    assert_eq!(
        other_statements("SweeperRole"),
        rights_of_lambda("SweepDeadLetters")
    );
}

#[test]
fn the_mailer_sends_from_one_address_alone_and_only_where_mail_is_on() {
    let mut expected = rights_of_lambda("MailDeadLetters");
    let of_ses = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}";
    let identity = json!({"Identity": {
        "Fn::If": ["HasMailIdentity", {"Ref": "MailIdentity"}, {"Ref": "MailFrom"}]
    }});
    let send = json!({
        "Effect": "Allow",
        "Action": "ses:SendEmail",
        "Resource": [
            {"Fn::Sub": [format!("{of_ses}:identity/${{Identity}}"), identity]},
            {"Fn::Sub": format!("{of_ses}:configuration-set/${{MailConfigurationSet}}")},
        ],
        "Condition": {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}},
    });
    expected.push(json!({"Fn::If": ["HasMail", send, {"Ref": "AWS::NoValue"}]}));
    assert_eq!(other_statements("MailerRole"), expected);
    // A value with a wildcard would let it send from other addresses.
    for (parameter, pattern) in [
        ("MailFrom", r"^([a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+)?$"),
        ("MailIdentity", "^([A-Za-z0-9._%+-]+@)?[A-Za-z0-9.-]*$"),
    ] {
        let parameter = &template()["Parameters"][parameter];
        assert_eq!(parameter["AllowedPattern"], pattern);
    }
    let is_set = |name: &str| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]});
    assert_eq!(
        template()["Conditions"]["HasMail"],
        json!({"Fn::And": [is_set("MailFrom"), is_set("AppUrl")]})
    );
}

/// The configuration set of this stack alone: the account may send for others.
#[test]
fn bounces_and_complaints_reach_the_mailer_and_the_topic_of_the_alarms() {
    let resources = &template()["Resources"];
    assert_eq!(
        resources["MailConfigurationSet"],
        json!({
            "Type": "AWS::SES::ConfigurationSet",
            "Properties": {
                "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
                "ReputationOptions": {"ReputationMetricsEnabled": true},
            },
        })
    );
    let set = json!({"Ref": "MailConfigurationSet"});
    let destination = |name: &str, kind: &str, place: Value| {
        json!({
            "ConfigurationSetName": set,
            "EventDestination": {
                "Name": name,
                "Enabled": true,
                "MatchingEventTypes": ["bounce", "complaint"],
                kind: place,
            },
        })
    };
    let bus = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default";
    let bus = json!({"EventBusArn": {"Fn::Sub": bus}});
    let to_mailer = &resources["FeedbackToMailer"];
    assert!(to_mailer.get("Condition").is_none());
    assert_eq!(
        to_mailer["Properties"],
        destination("mailer", "EventBridgeDestination", bus)
    );
    let to_topic = &resources["FeedbackToAlarmTopic"];
    // A topic that SES may not publish to fails the deployment, which must not meet a stack without mail.
    assert_eq!(to_topic["Condition"], "TellsOfFeedback");
    assert_eq!(
        template()["Conditions"]["TellsOfFeedback"],
        json!({"Fn::And": [{"Condition": "HasMail"}, {"Condition": "HasAlarmTopic"}]})
    );
    assert_eq!(
        to_topic["Properties"],
        destination(
            "alarm-topic",
            "SnsDestination",
            json!({"TopicARN": {"Ref": "AlarmTopicArn"}})
        )
    );

    let mailer = functions().remove("mailer").unwrap();
    assert_eq!(
        mailer["Properties"]["Events"]["Feedback"],
        json!({
            "Type": "EventBridgeRule",
            "Properties": {"Pattern": {
                "source": ["aws.ses"],
                "detail-type": ["Email Bounced", "Email Complaint Received"],
                "detail": {"mail": {"tags": {"ses:configuration-set": [set]}}},
            }},
        })
    );
    let variables = &mailer["Properties"]["Environment"]["Variables"];
    assert_eq!(variables["MAIL_CONFIGURATION_SET"], set);
}

#[test]
fn a_mail_that_the_mailer_begins_ends_within_its_timeout() {
    let timeout = functions()["mailer"]["Properties"]["Timeout"].as_u64();
    let needed = mailer::TIME_TO_BEGIN + mailer::TIME_FOR_A_MAIL;
    assert!(needed.as_secs() <= timeout.unwrap());
}
