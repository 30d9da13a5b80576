//! Logs and alarms of a deployed stack.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use local::template::workspace_root;
use serde_json::{Value, json};
use shared::{ErrorCode, native::status};

use super::deployment::{functions, functions_with_routes, overrides, template, text};

/// An alarm on metric math takes no more.
const METRICS_OF_AN_ALARM: usize = 10;
/// A dashboard with more costs money.
const METRICS_OF_A_DASHBOARD: usize = 50;
const TEN_MINUTES_IN_MILLIS: i64 = 10 * 60 * 1000;

#[test]
fn every_function_logs_to_a_group_with_a_retention() {
    let template = template();
    for (binary, function) in functions() {
        let log = text(&function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]).to_owned();
        let group = &template["Resources"][&log];
        assert_eq!(group["Type"], "AWS::Logs::LogGroup", "{binary}");
        assert_eq!(
            group["Properties"]["RetentionInDays"],
            json!({"Ref": "ProcessLogDays"})
        );
    }
}

/// The alarms that take a deployment back, by name.
fn roll_back_alarms() -> BTreeMap<String, Value> {
    let template = template();
    let (_, me) = functions().remove_entry("me").unwrap();
    let choice = &me["Properties"]["DeploymentPreference"]["Alarms"]["Fn::If"];
    let listed = choice[2].as_array().unwrap();
    let names = listed.iter().map(|alarm| text(&alarm["Ref"]).to_owned());
    names
        .map(|name| {
            let alarm = template["Resources"][&name].clone();
            (name, alarm)
        })
        .collect()
}

/// The API depends on the aliases, and the aliases depend on the alarms of their deployment.
#[test]
fn deployments_watch_alarms_that_do_not_depend_on_the_api() {
    let alarms = roll_back_alarms();
    assert_eq!(
        alarms.keys().collect::<Vec<_>>(),
        ["CrashShare", "InternalShare"]
    );
    for (name, alarm) in alarms {
        assert_eq!(alarm["Type"], "AWS::CloudWatch::Alarm", "{name}");
        assert!(!alarm.to_string().contains(r#"{"Ref":"Api"}"#), "{name}");
    }
}

/// Users can cause a single 5xx. So nobody may veto the change of a leaked secret with one.
#[test]
fn a_deployment_is_taken_back_by_a_share_of_the_calls_against_a_floor() {
    for (name, alarm) in roll_back_alarms() {
        let metrics = alarm["Properties"]["Metrics"].as_array().unwrap();
        let judging: Vec<&Value> = metrics
            .iter()
            .filter(|one| one.get("ReturnData") != Some(&json!(false)))
            .collect();
        assert_eq!(judging.len(), 1, "{name}");
        let judging = text(&judging[0]["Expression"]);
        assert!(judging.contains(" >= 5 AND "), "{name}: {judging}");
        assert!(judging.contains(" > 0.01 * "), "{name}: {judging}");
        assert!(judging.contains("FILL(calls, 0)"), "{name}: {judging}");
        assert_eq!(alarm["Properties"]["Threshold"], 1, "{name}");
    }
}

/// A 503 is an answer by design: the store is away.
#[test]
fn no_503_takes_a_deployment_back() {
    let pattern = |filter: &str| {
        let resource = template()["Resources"][filter].clone();
        assert_eq!(resource["Type"], "AWS::Logs::MetricFilter", "{filter}");
        text(&resource["Properties"]["FilterPattern"]).to_owned()
    };
    let internal = ErrorCode::Internal;
    let (code, counted) = (internal.as_str(), status(internal).as_u16());
    assert_eq!(
        pattern("InternalErrors"),
        format!(r#"{{ ($.status = {counted}) && ($.error_code = "{code}") }}"#)
    );
    assert_ne!(status(ErrorCode::Unavailable).as_u16(), counted);
    assert_eq!(pattern("AnsweredCalls"), "{ $.status >= 100 }");

    let resources = template()["Resources"].clone();
    let filtered: BTreeSet<String> = resources["InternalShare"]["Properties"]["Metrics"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["MetricStat"]["Metric"].get("MetricName"))
        .map(Value::to_string)
        .collect();
    let made: BTreeSet<String> = ["InternalErrors", "AnsweredCalls"]
        .iter()
        .map(|filter| &resources[filter]["Properties"]["MetricTransformations"][0]["MetricName"])
        .map(Value::to_string)
        .collect();
    assert_eq!(filtered, made);
}

/// The change of a leaked secret must go through, whatever an attacker makes the alarms say.
#[test]
fn a_parameter_takes_the_alarms_from_a_deployment() {
    let template = template();
    let parameter = &template["Parameters"]["RollbackAlarms"];
    assert_eq!(parameter["Default"], "on");
    assert_eq!(parameter["AllowedValues"], json!(["on", "off"]));
    let is_off = json!({"Fn::Equals": [{"Ref": "RollbackAlarms"}, "off"]});
    assert_eq!(template["Conditions"]["IgnoresRollbackAlarms"], is_off);
    for (binary, function) in functions() {
        let choice = &function["Properties"]["DeploymentPreference"]["Alarms"]["Fn::If"];
        assert_eq!(choice[0], "IgnoresRollbackAlarms", "{binary}");
        assert_eq!(choice[1], json!([{"Ref": "NoAlarm"}]), "{binary}");
    }
    // Nothing else writes or reads the metric of the alarm that never rings.
    let silent = &template["Resources"]["NoAlarm"]["Properties"]["MetricName"];
    let everything = template["Resources"].to_string();
    assert_eq!(everything.matches(&silent.to_string()).count(), 1);
    // The lists of `samconfig.toml` replace the value that a rotation left in the stack.
    for environment in ["dev", "prod"] {
        assert_eq!(overrides(environment)["RollbackAlarms"], "on");
    }
}

/// A version of a function has the secret of its day in its environment.
#[test]
fn the_operations_page_moves_no_alias_back() {
    let page = fs::read_to_string(workspace_root().join("docs/operations.md")).unwrap();
    assert!(!page.contains("aws lambda update-alias"));
    let leaked = page.split("### When the secret has leaked").nth(1).unwrap();
    for step in [
        "RollbackAlarms=off",
        "DeploymentPreference=AllAtOnce",
        "aws lambda delete-function",
    ] {
        assert!(leaked.contains(step), "{step}");
    }
}

/// An alarm over a list of functions would be silent about a function that the list leaves out.
#[test]
fn the_alarms_over_all_functions_leave_none_out() {
    let resources = &template()["Resources"];
    let all: BTreeSet<String> = functions().into_keys().collect();
    // A share of the answered calls is about the functions that answer calls. A deployment that
    // breaks another one loses nothing: the stream brings its records again.
    let answering: BTreeSet<String> = functions_with_routes().into_keys().collect();
    for (alarms, metric, all) in [
        (
            &["SessionFunctionErrors", "FunctionErrors"][..],
            "Errors",
            &all,
        ),
        (
            &["SessionFunctionThrottles", "FunctionThrottles"],
            "Throttles",
            &all,
        ),
        (&["CrashShare"], "Errors", &answering),
    ] {
        let metrics = alarms.iter().flat_map(|alarm| {
            let metrics = resources[*alarm]["Properties"]["Metrics"].as_array();
            metrics.unwrap()
        });
        let watched = metrics.filter_map(|one| {
            let watched = &one["MetricStat"]["Metric"];
            let function = &watched["Dimensions"][0]["Value"]["Ref"];
            let binary = &resources[function.as_str()?]["Metadata"]["BuildProperties"]["Binary"];
            assert_eq!(watched["MetricName"], metric, "{alarms:?}");
            binary.as_str().map(str::to_owned)
        });
        assert_eq!(&watched.collect::<BTreeSet<_>>(), all, "{alarms:?}");
    }
}

#[test]
fn the_share_of_crashes_adds_up_every_function_that_answers_calls() {
    let alarms = roll_back_alarms();
    let metrics = alarms["CrashShare"]["Properties"]["Metrics"]
        .as_array()
        .unwrap();
    let sum = metrics.iter().find(|one| one["Id"] == "crashes").unwrap();
    for id in functions_with_routes().into_keys() {
        assert!(metrics.iter().any(|one| one["Id"] == id.as_str()), "{id}");
        assert!(
            text(&sum["Expression"]).contains(&format!("FILL({id}, 0)")),
            "{id}"
        );
    }
}

#[test]
fn no_alarm_and_no_dashboard_has_more_metrics_than_it_can_have() {
    for (name, resource) in template()["Resources"].as_object().unwrap() {
        if let Some(metrics) = resource["Properties"]["Metrics"].as_array() {
            let counted = metrics.iter().filter(|one| one.get("MetricStat").is_some());
            assert!(counted.count() <= METRICS_OF_AN_ALARM, "{name}");
        }
    }
    assert!(metrics_of_the_dashboard().len() <= METRICS_OF_A_DASHBOARD);
}

fn metrics_of_the_dashboard() -> Vec<Value> {
    let body = template()["Resources"]["Dashboard"]["Properties"]["DashboardBody"].clone();
    let body: Value = serde_json::from_str(text(&body["Fn::Sub"])).unwrap();
    let widgets = body["widgets"].as_array().unwrap().iter();
    let metrics = widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap());
    metrics.cloned().collect()
}

/// The alarms over all functions do not say which one it was.
#[test]
fn the_dashboard_shows_the_errors_of_every_function_and_the_times_of_those_that_answer() {
    let metrics = metrics_of_the_dashboard();
    let shown = |name: &str| -> BTreeSet<String> {
        let of_name = metrics
            .iter()
            .filter(|one| one[1] == name && one[2] == "FunctionName");
        of_name
            .map(|one| text(&one[4]["label"]).to_owned())
            .collect()
    };
    let answering: BTreeSet<String> = functions_with_routes().into_keys().collect();
    assert_eq!(shown("Errors"), functions().into_keys().collect());
    assert_eq!(shown("Invocations"), answering);
    assert_eq!(shown("Duration"), answering);
}

/// The metric of each part of an alarm, the names of its dimensions' resources, and the threshold.
fn watched(alarm: &str) -> Value {
    let alarm = template()["Resources"][alarm]["Properties"].clone();
    let metrics = alarm["Metrics"].as_array().unwrap().iter();
    let stats = metrics.clone().filter_map(|one| one.get("MetricStat"));
    let stats: Vec<Value> = stats
        .map(|stat| {
            json!([
                stat["Metric"]["MetricName"],
                stat["Metric"]["Dimensions"][0]["Value"]
            ])
        })
        .collect();
    let judging = metrics.filter_map(|one| one.get("Expression"));
    json!({
        "of": stats,
        "by": judging.collect::<Vec<_>>(),
        "above": [alarm["ComparisonOperator"], alarm["Threshold"]],
    })
}

/// Nobody waits for the stream's functions, so nobody else notices.
#[test]
fn late_and_lost_records_of_the_stream_raise_an_alarm() {
    let age = |function: &str| json!(["IteratorAge", {"Ref": function}]);
    assert_eq!(
        watched("StreamAge"),
        json!({
            "of": [age("MailerFunction"), age("SweeperFunction")],
            "by": ["MAX(METRICS())"],
            "above": ["GreaterThanThreshold", TEN_MINUTES_IN_MILLIS],
        })
    );
    let depth = |queue: &str| {
        let name = json!({"Fn::GetAtt": [queue, "QueueName"]});
        json!(["ApproximateNumberOfMessagesVisible", name])
    };
    assert_eq!(
        watched("DeadLetters"),
        json!({
            "of": [depth("MailDeadLetters"), depth("SweepDeadLetters")],
            "by": ["SUM(METRICS())"],
            "above": ["GreaterThanThreshold", 0],
        })
    );
}

/// Anybody can ask again and again for a mail to an address that bounced before. The mailer refuses
/// that itself, and nobody has to do anything about it.
#[test]
fn a_mail_that_ses_refuses_raises_an_alarm() {
    let resources = &template()["Resources"];
    let filter = &resources["MailRefusals"]["Properties"];
    assert_eq!(filter["LogGroupName"], json!({"Ref": "FunctionLogs"}));
    assert_eq!(
        filter["FilterPattern"],
        r#"{ ($.outcome = "refused") && ($.code != "undeliverable") }"#
    );
    let written = &filter["MetricTransformations"][0];
    let alarm = &resources["RefusedMails"]["Properties"];
    assert_eq!(alarm["MetricName"], written["MetricName"]);
    assert_eq!(alarm["Namespace"], written["MetricNamespace"]);
    assert_eq!(alarm["Threshold"], 1);
}

/// At these rates SES begins to review an account.
#[test]
fn rates_of_bounces_and_complaints_raise_an_alarm_where_mail_is_on() {
    let resources = &template()["Resources"];
    for (alarm, metric, rate) in [
        ("BounceRate", "Reputation.BounceRate", 0.05),
        ("ComplaintRate", "Reputation.ComplaintRate", 0.001),
    ] {
        let alarm = &resources[alarm];
        assert_eq!(alarm["Condition"], "HasMail", "{metric}");
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["Namespace"], "AWS/SES", "{metric}");
        assert_eq!(alarm["MetricName"], metric);
        assert!(alarm.get("Dimensions").is_none(), "{metric}");
        assert_eq!(alarm["Threshold"], rate, "{metric}");
    }
}

#[test]
fn alarms_ignore_missing_data_and_notify_the_topic() {
    let topic =
        json!({"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]});
    let mut without_bell = Vec::new();
    for (name, resource) in template()["Resources"].as_object().unwrap() {
        if resource["Type"] == "AWS::CloudWatch::Alarm" {
            let alarm = &resource["Properties"];
            assert_eq!(alarm["TreatMissingData"], "notBreaching", "{name}");
            match alarm.get("AlarmActions") {
                Some(actions) => assert_eq!(actions, &topic, "{name}"),
                None => without_bell.push(name.clone()),
            }
        }
    }
    assert_eq!(without_bell, ["CrashShare", "InternalShare", "NoAlarm"]);
}
