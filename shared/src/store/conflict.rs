//! A write that meets a transaction on its item did nothing, and is tried again like a request that was
//! lost. The SDK by itself tries it no more.

use aws_sdk_dynamodb::{
    config::retry::{ClassifyRetry, RetryAction},
    operation::{put_item::PutItemError, update_item::UpdateItemError},
};
use aws_smithy_runtime_api::client::{
    interceptors::context::{Error, InterceptorContext},
    orchestrator::OrchestratorError,
};

#[derive(Debug)]
pub struct RetryOfConflicts;

impl ClassifyRetry for RetryOfConflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let answer = context.output_or_error();
        let refusal = answer
            .and_then(Result::err)
            .and_then(OrchestratorError::as_operation_error);
        if refusal.is_some_and(is_conflict) {
            RetryAction::transient_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "conflicts with transactions"
    }
}

fn is_conflict(refusal: &Error) -> bool {
    let put = refusal.downcast_ref::<PutItemError>();
    let update = refusal.downcast_ref::<UpdateItemError>();
    put.is_some_and(PutItemError::is_transaction_conflict_exception)
        || update.is_some_and(UpdateItemError::is_transaction_conflict_exception)
}
