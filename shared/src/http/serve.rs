//! The life of a deployed function.

use std::{process::ExitCode, sync::Arc};

use lambda_runtime::service_fn;

use super::{Router, answer_events, log, service};
use crate::App;

/// Builds the app in the init phase, then answers events. With a bad setting the function logs why
/// and stops, so no request meets a half-configured one.
#[must_use]
pub fn serve(router: Router) -> ExitCode {
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
        let app = match App::from_environment().await {
            Ok(app) => Arc::new(app),
            Err(error) => {
                tracing::error!(%error, "refusing to start");
                return ExitCode::FAILURE;
            }
        };
        router.prepare(&app);
        let function = answer_events(service(router, app));
        match lambda_runtime::run_concurrent(service_fn(function)).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tracing::error!(%error, "the connection to the runtime was lost");
                ExitCode::FAILURE
            }
        }
    })
}
