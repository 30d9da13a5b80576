//! The life of a deployed function.

use std::{convert::Infallible, process::ExitCode, sync::Arc};

use lambda_http::{BoxFuture, LambdaEvent};
use lambda_runtime::service_fn;
use serde::{Serialize, de::DeserializeOwned};

use crate::{App, SettingsError, log};

/// Builds the app in the init phase, then answers events. With a bad setting the function logs why
/// and stops, so no event meets a half-configured one.
#[must_use]
pub fn run<E, R, F>(make: impl FnOnce(Arc<App>) -> Result<F, SettingsError>) -> ExitCode
where
    E: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
    F: Fn(LambdaEvent<E>) -> BoxFuture<'static, Result<R, Infallible>> + Clone + Send + 'static,
{
    log::install();
    log::quiet_panics();
    // One event at a time needs one thread. Hashing has its own threads.
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the async runtime could not be built");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        let app = App::from_environment().await.map(Arc::new);
        let function = match app.and_then(make) {
            Ok(function) => function,
            Err(error) => {
                tracing::error!(%error, "refusing to start");
                return ExitCode::FAILURE;
            }
        };
        match lambda_runtime::run_concurrent(service_fn(function)).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tracing::error!(%error, "the connection to the runtime was lost");
                ExitCode::FAILURE
            }
        }
    })
}
