//! Maps errors of the SDK to ours. The causes are our own words: the SDK's name tables and addresses.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::Error;

pub fn from_sdk<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Error {
    match error {
        SdkError::ConstructionFailure(_) => Error::Unavailable(
            "no request to the store could be made: check region and credentials",
        ),
        SdkError::TimeoutError(_) => Error::Unavailable("the store did not answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            Error::Unavailable("the store did not answer in time")
        }
        SdkError::DispatchFailure(_) => {
            Error::Unavailable("the store could not be reached: check endpoint and region")
        }
        SdkError::ResponseError(_) => Error::Unavailable("the store's answer could not be read"),
        SdkError::ServiceError(refusal) => by_code(refusal.err().code()),
        _ => Error::Unavailable("the store failed"),
    }
}

fn by_code(code: Option<&str>) -> Error {
    match code {
        Some("ResourceNotFoundException") => {
            Error::Unavailable("the table is missing: check its name and the region")
        }
        Some(
            "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "ThrottlingException",
        ) => Error::Unavailable("the store is throttling"),
        Some(
            "AccessDeniedException"
            | "UnrecognizedClientException"
            | "ExpiredTokenException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException",
        ) => Error::Unavailable("the store refused our rights or credentials"),
        Some("ValidationException" | "SerializationException") => {
            Error::Internal("the store found a request invalid")
        }
        _ => Error::Unavailable("the store failed"),
    }
}
