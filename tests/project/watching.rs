//! Logs and alarms of a deployed stack.

use std::collections::BTreeSet;

use serde_json::json;

use super::deployment::{functions, template, text};

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

/// The API depends on the aliases, and the aliases depend on the alarms of their deployment.
#[test]
fn deployments_watch_alarms_that_do_not_depend_on_the_api() {
    let template = template();
    for (binary, function) in functions() {
        let alarms = &function["Properties"]["DeploymentPreference"]["Alarms"];
        assert_eq!(
            alarms,
            &json!([{"Ref": "FunctionErrors"}, {"Ref": "Failures"}]),
            "{binary}"
        );
        for alarm in alarms.as_array().unwrap() {
            let alarm = &template["Resources"][text(&alarm["Ref"])];
            assert_eq!(alarm["Type"], "AWS::CloudWatch::Alarm", "{binary}");
            assert!(!alarm.to_string().contains(r#"{"Ref":"Api"}"#), "{binary}");
        }
    }
}

/// An alarm over a list of functions would be silent about a function that the list leaves out.
#[test]
fn the_alarms_over_all_functions_leave_none_out() {
    let resources = &template()["Resources"];
    let all: BTreeSet<String> = functions().into_keys().collect();
    for alarm in ["FunctionErrors", "FunctionThrottles"] {
        let metrics = resources[alarm]["Properties"]["Metrics"]
            .as_array()
            .unwrap();
        let watched = metrics.iter().filter_map(|metric| {
            let function = &metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"];
            let binary = &resources[function.as_str()?]["Metadata"]["BuildProperties"]["Binary"];
            binary.as_str().map(str::to_owned)
        });
        assert_eq!(watched.collect::<BTreeSet<_>>(), all, "{alarm}");
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
    assert_eq!(without_bell, ["Failures"]);
}
