//! Binds TCP listeners, on the loopback address only.

use std::io::ErrorKind;
use std::net::Ipv4Addr;

use tokio::net::TcpListener;

use crate::start_error::StartError;

/// Port 0 picks a free port. An error names `option`, which sets the port on the command line.
///
/// # Errors
/// When the port is in use or may not be opened.
pub async fn on_loopback(port: u16, option: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::AddrInUse => "is in use".to_owned(),
                ErrorKind::PermissionDenied => "needs administrator rights".to_owned(),
                _ => format!("cannot be opened ({error})"),
            };
            StartError::new(format!(
                "port {port} {reason}: choose another with {option} (0 picks a free one)"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_an_error_that_names_the_option() {
        let first = on_loopback(0, "--port").await.unwrap();
        let address = first.local_addr().unwrap();
        assert!(address.ip().is_loopback());

        let error = on_loopback(address.port(), "--port").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "port {} is in use: choose another with --port (0 picks a free one).",
                address.port()
            )
        );
    }
}
