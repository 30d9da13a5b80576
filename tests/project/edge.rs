//! The stack in front of the API: `edge.yaml`.

use std::fs;

use local::{template::workspace_root, yaml};
use serde_json::{Value, json};

use super::deployment::{template, text};

fn properties(resource: &str) -> Value {
    let page = fs::read_to_string(workspace_root().join("edge.yaml")).unwrap();
    yaml::to_json(&page).unwrap()["Resources"][resource]["Properties"].clone()
}

fn distribution() -> Value {
    properties("Distribution")["DistributionConfig"].clone()
}

#[test]
fn cloudfront_can_add_the_header_of_the_edge() {
    for header in distribution()["Origins"][0]["OriginCustomHeaders"]
        .as_array()
        .unwrap()
    {
        let name = text(&header["HeaderName"]).to_ascii_lowercase();
        assert!(!name.starts_with("x-edge-") && !name.starts_with("x-amz-"));
        assert_eq!(header["HeaderValue"], json!({"Ref": "EdgeSecret"}));
    }
}

#[test]
fn nothing_is_cached_and_everything_is_forwarded_with_the_callers_address() {
    let behaviour = &distribution()["DefaultCacheBehavior"];
    let disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    assert_eq!(behaviour["CachePolicyId"], disabled);
    let for_errors = distribution()["CustomErrorResponses"].clone();
    let kept = |error: &Value| error["ErrorCachingMinTTL"] != 0;
    assert!(!for_errors.as_array().unwrap().iter().any(kept));

    assert_eq!(
        behaviour["OriginRequestPolicyId"],
        json!({"Ref": "Forwarded"})
    );
    let forwarded = &properties("Forwarded")["OriginRequestPolicyConfig"];
    assert_eq!(
        forwarded["HeadersConfig"],
        json!({
            "HeaderBehavior": "allViewerAndWhitelistCloudFront",
            "Headers": ["CloudFront-Viewer-Address"],
        })
    );
    assert_eq!(forwarded["CookiesConfig"]["CookieBehavior"], "all");
}

#[test]
fn the_stricter_rule_covers_every_route_that_hashes() {
    let rules = properties("WebAcl")["Rules"].clone();
    let rate = &rules[1]["Statement"]["RateBasedStatement"];
    let endings: Vec<String> = rate["ScopeDownStatement"]["OrStatement"]["Statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["ByteMatchStatement"]["SearchString"]).to_owned())
        .collect();
    let api = &template()["Resources"]["Api"]["Properties"];
    let export = json!({"Ref": "ExportRateLimit"});
    for (route, limits) in api["RouteSettings"].as_object().unwrap() {
        // An export of a thousand tasks is many calls of one address.
        if limits["ThrottlingRateLimit"] == export {
            continue;
        }
        let covers = |ending: &String| route.ends_with(ending.as_str());
        assert!(endings.iter().any(covers), "{route}");
    }
}
