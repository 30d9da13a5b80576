//! The subject of a limit by address: the caller's address as the gateway or the edge before it tells.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// An IPv6 address counts by its /64: a subscriber can choose the rest freely (RFC 6177).
const NETWORK: u128 = !0 << 64;

/// A site often has a whole /48, which is 65,536 such networks (RFC 6177).
const SITE: u128 = !0 << 80;

/// All unknown addresses count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source(Option<IpAddr>);

impl Source {
    #[must_use]
    pub fn of(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & NETWORK)),
        }))
    }

    /// The site that an IPv6 network belongs to.
    #[must_use]
    pub fn site(self) -> Option<Site> {
        match self.0 {
            Some(IpAddr::V6(network)) => Some(Site(Ipv6Addr::from_bits(network.to_bits() & SITE))),
            Some(IpAddr::V4(_)) | None => None,
        }
    }
}

/// The /48 of an IPv6 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site(Ipv6Addr);

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/48", self.0)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("unknown"),
            Some(IpAddr::V4(address)) => address.fmt(f),
            Some(IpAddr::V6(address)) => write!(f, "{address}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(address: &str) -> String {
        Source::of(address.parse().ok()).to_string()
    }

    #[test]
    fn an_ipv6_address_counts_by_its_64_and_a_mapped_one_as_ipv4() {
        for (address, counted) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
            ("nonsense", "unknown"),
        ] {
            assert_eq!(source(address), counted, "{address}");
        }
    }

    #[test]
    fn an_ipv6_network_belongs_to_the_site_of_its_48() {
        for (address, counted) in [
            ("203.0.113.7", None),
            ("::ffff:203.0.113.7", None),
            ("nonsense", None),
            ("2001:db8:1:2:3:4:5:6", Some("2001:db8:1::/48")),
            ("2001:db8:1:ffff::", Some("2001:db8:1::/48")),
            ("2001:db8:2::", Some("2001:db8:2::/48")),
            ("::1", Some("::/48")),
        ] {
            let site = Source::of(address.parse().ok()).site();
            assert_eq!(
                site.map(|site| site.to_string()).as_deref(),
                counted,
                "{address}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_interface_id_of_an_ipv6_address_never_matters(
            network in (1_u64 << 32).., one: u64, other: u64
        ) {
            let address = |host: u64| {
                let bits = u128::from(network) << 64 | u128::from(host);
                Source::of(Some(IpAddr::V6(Ipv6Addr::from_bits(bits))))
            };
            prop_assert_eq!(address(one), address(other));
        }

        #[test]
        fn every_ipv4_address_counts_by_itself(one: [u8; 4], other: [u8; 4]) {
            let source = |bytes: [u8; 4]| Source::of(Some(IpAddr::from(bytes)));
            prop_assert_eq!(source(one) == source(other), one == other);
        }
    }
}
