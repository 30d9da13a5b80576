//! What watches over a deployed stack: logs and alarms.

use std::collections::BTreeSet;

use serde_json::json;

use super::deployment::{functions, template, text};

#[test]
fn every_function_has_a_log_of_its_own_that_is_not_kept_for_ever() {
    let template = template();
    let mut logs = BTreeSet::new();
    for (binary, function) in functions() {
        let log = text(&function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]).to_owned();
        let group = &template["Resources"][&log];
        assert_eq!(group["Type"], "AWS::Logs::LogGroup", "{binary}");
        assert_eq!(
            group["Properties"]["RetentionInDays"],
            json!({"Ref": "ProcessLogDays"})
        );
        assert!(logs.insert(log), "{binary} writes to the log of another");
    }
}

/// The API waits for the aliases, and those for the alarms of their deployment.
#[test]
fn a_deployment_is_watched_by_alarms_that_do_not_wait_for_it() {
    let template = template();
    for (binary, function) in functions() {
        let alarms = function["Properties"]["DeploymentPreference"]["Alarms"]
            .as_array()
            .unwrap();
        assert_eq!(alarms.len(), 2, "{binary}");
        for alarm in alarms {
            let alarm = &template["Resources"][text(&alarm["Ref"])];
            assert_eq!(alarm["Type"], "AWS::CloudWatch::Alarm", "{binary}");
            assert!(!alarm.to_string().contains(r#"{"Ref":"Api"}"#), "{binary}");
        }
        let own = &template["Resources"][text(&alarms[0]["Ref"])]["Properties"]["Dimensions"][0];
        let name = text(&own["Value"]["Ref"]).to_owned();
        let watched = &template["Resources"][&name]["Metadata"]["BuildProperties"]["Binary"];
        assert_eq!(watched, &json!(binary));
    }
}

#[test]
fn an_alarm_is_silent_without_calls_and_tells_the_topic_if_there_is_one() {
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
