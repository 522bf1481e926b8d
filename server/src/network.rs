//! Networks of addresses, and which client stands behind trusted proxies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network in CIDR notation, or one address (RFC 4632, RFC 4291 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether an address lies in the network. An IPv4 address embedded in IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "each item must be an address or a network such as 10.0.0.0/8".to_owned();
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| wanted())?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(whole), |prefix| prefix.parse().map_err(|_| wanted()))?;
        if prefix > whole {
            return Err(wanted());
        }
        Ok(Self { address, prefix })
    }
}

/// The client's address: the peer, or, when the peer is a trusted proxy, the last address in `X-Forwarded-For` that
/// is not a trusted proxy itself. What stands further left was written by the client and proves nothing.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[Network],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    for entry in forwarded_for.rev() {
        if !is_trusted(client) {
            break;
        }
        match entry.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

/// What limits count by: an IPv4 address, or the /64 network of an IPv6 address, which one client has whole.
pub fn limit_subject(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

/// The address of a caller nobody knows: a request made in a test without a connection.
pub const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_holds_its_first_and_last_address_and_no_other() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains(address("10.1.0.0")) && network.contains(address("10.1.255.255")));
        assert!(!network.contains(address("10.2.0.0")) && !network.contains(address("::1")));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains(address("255.255.255.255")));
        assert!("::/0".parse::<Network>().unwrap().contains(address("2001:db8::1")));
    }

    #[test]
    fn an_ipv4_address_in_ipv6_dress_is_the_same_address() {
        let network: Network = "127.0.0.1".parse().unwrap();
        assert!(network.contains(address("::ffff:127.0.0.1")));
    }

    #[test]
    fn other_texts_are_no_network() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "example.com", "10.0.0.0/8/8"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_peer_that_is_no_proxy_is_the_client_whatever_it_claims() {
        let client = client_address(address("192.0.2.7"), ["198.51.100.1"].into_iter(), &networks(&["10.0.0.0/8"]));
        assert_eq!(client, address("192.0.2.7"));
    }

    #[test]
    fn behind_trusted_proxies_the_last_untrusted_entry_is_the_client() {
        let claimed = ["203.0.113.66", "198.51.100.1", "10.0.0.2"];
        let client = client_address(address("10.0.0.1"), claimed.into_iter(), &networks(&["10.0.0.0/8"]));
        assert_eq!(client, address("198.51.100.1"));
    }

    #[test]
    fn an_entry_that_is_no_address_ends_the_search() {
        let client = client_address(address("10.0.0.1"), ["x", "10.0.0.3"].into_iter(), &networks(&["10.0.0.0/8"]));
        assert_eq!(client, address("10.0.0.3"));
    }

    #[test]
    fn one_ipv6_network_counts_as_one_client() {
        assert_eq!(limit_subject(address("2001:db8::1")), limit_subject(address("2001:db8::ffff:2")));
        assert_ne!(limit_subject(address("2001:db8::1")), limit_subject(address("2001:db8:0:1::1")));
    }
}
