//! The edge before the gateway: only calls that came through it pass, and it tells their address.

use std::net::IpAddr;

use http::HeaderValue;

use super::Request;
use crate::{Error, Settings};

/// Either header. `CloudFront` adds none whose name begins with `x-edge-`:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html>.
const SECRETS: [&str; 2] = ["x-edge-secret", "x-origin-secret"];
const VIEWER: &str = "cloudfront-viewer-address";

/// Without an `EDGE_SECRET` there is no edge, and anybody could have written both headers.
pub(super) fn pass(settings: &Settings, request: &mut Request) -> Result<(), Error> {
    let Some(secret) = &settings.edge_secret else {
        return Ok(());
    };
    let headers = request.headers();
    let mut given = SECRETS.iter().filter_map(|name| headers.get(*name));
    if !given.any(|given| secret.is(given.as_bytes())) {
        return Err(Error::NotThroughEdge);
    }
    // The gateway's source address is the edge's own.
    request.trace.address = headers.get(VIEWER).and_then(viewer_address);
    Ok(())
}

/// Reads `203.0.113.7:443` and `2001:db8::1:443`: the port is after the last colon.
fn viewer_address(value: &HeaderValue) -> Option<IpAddr> {
    let (address, port) = value.to_str().ok()?.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    let bare = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(address).parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<IpAddr> {
        viewer_address(&HeaderValue::from_str(text).ok()?)
    }

    #[test]
    fn anything_else_is_no_address() {
        for text in [
            "",
            ":",
            ":443",
            "203.0.113.7",
            "203.0.113.7:",
            "203.0.113.7:65536",
            "203.0.113.7:443, 198.51.100.1:443",
            "[203.0.113.7:443",
            "[2001:db8::1]",
            "2001:db8::g:443",
            "localhost:443",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_address_with_a_port_is_read(bits: u128, four: u32, port: u16) {
            let (six, four) = (IpAddr::V6(bits.into()), IpAddr::V4(four.into()));
            prop_assert_eq!(read(&format!("{four}:{port}")), Some(four));
            prop_assert_eq!(read(&format!("{six}:{port}")), Some(six));
            prop_assert_eq!(read(&format!("[{six}]:{port}")), Some(six));
        }
    }
}
