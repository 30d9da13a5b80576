//! Where a request came from: kept in audit entries.

use std::net::IpAddr;

use crate::account::is_hidden;

/// Browsers send well under this.
const LONGEST_USER_AGENT: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub request_id: String,
    /// The gateway's source address, or the edge's word for it; never another header's.
    pub address: Option<IpAddr>,
    /// Cut to a bounded length, without invisible characters.
    pub user_agent: Option<String>,
    /// The operator who acts in the owner's place.
    pub operator: Option<String>,
}

impl Trace {
    #[must_use]
    pub fn new(request_id: String, address: Option<&str>, user_agent: Option<&[u8]>) -> Self {
        Self {
            request_id,
            address: address.and_then(|address| address.parse().ok()),
            user_agent: user_agent.and_then(cleaned),
            operator: None,
        }
    }

    /// Of an act that came by no request.
    #[must_use]
    pub fn of_operator(request_id: String, operator: String) -> Self {
        Self {
            operator: Some(operator),
            ..Self::new(request_id, None, None)
        }
    }

    /// The address as it is stored and shown.
    #[must_use]
    pub fn ip(&self) -> Option<String> {
        self.address.map(|ip| ip.to_canonical().to_string())
    }
}

fn cleaned(user_agent: &[u8]) -> Option<String> {
    let visible: String = String::from_utf8_lossy(user_agent)
        .chars()
        .filter(|character| !is_hidden(*character))
        .take(LONGEST_USER_AGENT)
        .collect();
    let visible = visible.trim();
    (!visible.is_empty()).then(|| visible.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user_agent(bytes: &[u8]) -> Option<String> {
        Trace::new(String::new(), None, Some(bytes)).user_agent
    }

    #[test]
    fn a_user_agent_keeps_its_visible_characters() {
        assert_eq!(user_agent(b"curl/8.10.1").as_deref(), Some("curl/8.10.1"));
        assert_eq!(user_agent(b" a\x1b[31m\nb\x00 ").as_deref(), Some("a[31mb"));
        assert_eq!(user_agent("\u{202E}a".as_bytes()).as_deref(), Some("a"));
        assert_eq!(user_agent(b"\t \n"), None);
        assert_eq!(user_agent(b""), None);
    }

    #[test]
    fn an_invalid_address_is_left_out() {
        let address = |text| Trace::new(String::new(), Some(text), None).address;
        assert_eq!(address("203.0.113.7"), "203.0.113.7".parse().ok());
        assert_eq!(address("203.0.113.7, 10.0.0.1"), None);
        assert_eq!(address(""), None);
    }

    proptest! {
        #[test]
        fn any_user_agent_becomes_short_and_visible(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            if let Some(kept) = user_agent(&bytes) {
                prop_assert!(kept.chars().count() <= LONGEST_USER_AGENT);
                prop_assert!(!kept.chars().any(is_hidden));
            }
        }
    }
}
