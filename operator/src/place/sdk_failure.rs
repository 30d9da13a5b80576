//! The SDK's errors as sentences.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::failure::Failure;

/// A request to AWS, as its failure tells of it.
pub struct Asked<'a> {
    /// As a policy names it.
    pub action: &'static str,
    pub thing: &'a str,
    pub place: &'a str,
}

pub fn sdk_failure<E, R>(error: &SdkError<E, R>, asked: &Asked<'_>) -> Failure
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: std::fmt::Debug + 'static,
{
    let Asked {
        action,
        thing,
        place,
    } = asked;
    match error {
        SdkError::ServiceError(refusal) => by_code(
            refusal.err().code().unwrap_or_default(),
            refusal.err().message().unwrap_or_default(),
            asked,
        ),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            nothing_answers(place)
        }
        _ => Failure::new(format!(
            "no request for {thing} in {place} could be made ({action}): check region and credentials"
        )),
    }
}

pub fn nothing_answers(place: &str) -> Failure {
    Failure::new(if place.contains("`cargo dev`") {
        format!("nothing answers at {place}: start `cargo dev`, or name its port with --local-port")
    } else {
        format!("nothing answers in {place}: check the region and the network")
    })
}

pub fn by_code(code: &str, message: &str, asked: &Asked<'_>) -> Failure {
    let Asked {
        action,
        thing,
        place,
    } = asked;
    Failure::new(match code {
        "ResourceNotFoundException" => {
            format!("there is no {thing} in {place}: check name and region")
        }
        "ValidationError" if message.contains("does not exist") => {
            format!("there is no {thing} in {place}: check name and region")
        }
        "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => {
            "the AWS credentials have expired: get new ones and try again".to_owned()
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "AuthFailure"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => {
            "AWS does not accept the credentials: check them, and the profile they come from"
                .to_owned()
        }
        "AccessDeniedException" | "AccessDenied" => format!(
            "the credentials have no right to {action} on {thing} in {place}: add it to their policy"
        ),
        "ThrottlingException" | "Throttling" => {
            format!("AWS throttles {action} in {place}: try again in a minute")
        }
        "" => format!("something else than AWS answers in {place}: check port, proxy and network"),
        _ => format!("AWS answered {action} for {thing} in {place} with {code}: try again"),
    })
}
