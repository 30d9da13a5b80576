//! Opening a port, on the loopback address and nowhere else.

use std::io::ErrorKind;
use std::net::Ipv4Addr;

use tokio::net::TcpListener;

use crate::start_error::StartError;

/// Port 0 picks a free one. `option` is what the developer can type to choose another.
///
/// # Errors
/// When the port is taken or not ours to take.
pub async fn on_loopback(port: u16, option: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::AddrInUse => "is in use".to_owned(),
                ErrorKind::PermissionDenied => "is reserved for the system".to_owned(),
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
    async fn a_port_in_use_is_one_sentence_with_a_way_out() {
        let first = on_loopback(0, "--port").await.unwrap();
        let address = first.local_addr().unwrap();
        assert!(address.ip().is_loopback());

        let refusal = on_loopback(address.port(), "--port").await.unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!(
                "port {} is in use: choose another with --port (0 picks a free one).",
                address.port()
            )
        );
    }
}
