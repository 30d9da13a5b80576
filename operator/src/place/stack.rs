//! The settings of a deployed stack: those of its functions, exactly as they run.

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::Stack;
use shared::Settings;

use super::{
    aws, lambda_settings,
    sdk_failure::{Asked, sdk_failure},
    settings::{TABLE_NAME, read_settings},
};
use crate::failure::Failure;

/// All functions have the same settings. This one is in every stack.
const FUNCTION_OUTPUT: &str = "SweeperFunctionName";

pub async fn settings_of(config: &SdkConfig, stack: &str) -> Result<Settings, Failure> {
    let client = aws_sdk_cloudformation::Client::new(config);
    let asked = Asked {
        action: "cloudformation:DescribeStacks",
        thing: &format!("stack {stack}"),
        place: &aws::where_it_is(config),
    };
    let answer = client.describe_stacks().stack_name(stack).send().await;
    let answer = answer.map_err(|error| sdk_failure(&error, &asked))?;
    let outputs = answer.stacks().iter().flat_map(Stack::outputs);
    let output = |name: &str| {
        let mut outputs = outputs.clone();
        let found = outputs.find(|output| output.output_key() == Some(name));
        found.and_then(|output| output.output_value()).ok_or_else(|| {
            Failure::new(format!(
                "the stack {stack} has no output {name}: it is no stack of Latchkey, or one of an old version"
            ))
        })
    };
    let table = output("TableName")?;
    let function = output(FUNCTION_OUTPUT)?;
    let mut variables = lambda_settings::read(config, function).await?;
    // The output is what the stack says. A function without the variable would use the default.
    variables.insert(TABLE_NAME.to_owned(), table.to_owned());
    read_settings(|name| variables.get(name).cloned())
}
