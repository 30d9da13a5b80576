//! Retries a single write that DynamoDB refused because a transaction was working on its item. Nothing
//! was written then, and the SDK does not retry it by itself.

use aws_sdk_dynamodb::{
    config::retry::{ClassifyRetry, RetryAction},
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
    },
};
use aws_smithy_runtime_api::client::{
    interceptors::context::{Error, InterceptorContext},
    orchestrator::OrchestratorError,
};

#[derive(Debug)]
pub struct RetryTransactionConflicts;

impl ClassifyRetry for RetryTransactionConflicts {
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
        "transaction conflicts"
    }
}

fn is_conflict(refusal: &Error) -> bool {
    let put = refusal.downcast_ref::<PutItemError>();
    let update = refusal.downcast_ref::<UpdateItemError>();
    let delete = refusal.downcast_ref::<DeleteItemError>();
    put.is_some_and(PutItemError::is_transaction_conflict_exception)
        || update.is_some_and(UpdateItemError::is_transaction_conflict_exception)
        || delete.is_some_and(DeleteItemError::is_transaction_conflict_exception)
}
