//! The life of a deployed function.

use std::{process::ExitCode, sync::Arc};

use lambda_runtime::service_fn;

use super::{Endpoint, log};
use crate::App;

/// Builds the app in the init phase, then answers events. A function that cannot be built says why
/// in one line and stops, so that no request ever meets a half-configured one.
#[must_use]
pub fn serve(endpoint: Endpoint) -> ExitCode {
    log::install();
    log::quiet_panics();
    // One event at a time needs one thread; hashing has threads of its own.
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
        let app = match App::from_environment().await {
            Ok(app) => Arc::new(app),
            Err(error) => {
                tracing::error!(%error, "refusing to start");
                return ExitCode::FAILURE;
            }
        };
        endpoint.prepare(&app);
        match lambda_http::run_concurrent(service_fn(endpoint.service(app))).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tracing::error!(%error, "the connection to the runtime was lost");
                ExitCode::FAILURE
            }
        }
    })
}
