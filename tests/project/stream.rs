//! The functions that the table's stream calls, and the rights of their roles.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::store::keys::{MAIL_PREFIX, SWEEP_PREFIX};

use super::deployment::{functions, template, text};

const AN_HOUR: i64 = 3600;
/// A stream keeps its records for so long.
const A_DAY: i64 = 24 * AN_HOUR;

/// Each function of the stream, by its binary, with the start of the sort keys that it is for.
const PREFIXES: [(&str, &str); 2] = [("mailer", MAIL_PREFIX), ("sweeper", SWEEP_PREFIX)];

/// What the event on the table's stream says, by the function's binary.
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
            &get("Table", "StreamArn"),
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
    let is_set = |name: &str| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]});
    assert_eq!(
        template()["Conditions"]["HasMail"],
        json!({"Fn::And": [is_set("MailFrom"), is_set("AppUrl")]})
    );
}
