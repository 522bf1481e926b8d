//! Which addresses are public (RFC 6890 and the IANA special-purpose registries).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a refused address is for, in words that fit after "a".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved(pub &'static str);

/// What `address` is reserved for; `None` when it is a public one.
pub fn reserved(address: IpAddr) -> Option<Reserved> {
    match address {
        IpAddr::V4(address) => reserved_v4(address),
        IpAddr::V6(address) => reserved_v6(address),
    }
}

/// First address, prefix length, purpose.
const V4: [(Ipv4Addr, u32, &str); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, "\"this network\" address"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private address"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier's private address"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback address"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local address"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private address"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignment"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation address"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relay address"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private address"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking address"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation address"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation address"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast address"),
    // With 255.255.255.255, the broadcast address.
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved address"),
];

fn reserved_v4(address: Ipv4Addr) -> Option<Reserved> {
    let bits = address.to_bits();
    V4.iter().find(|(first, length, _)| (bits ^ first.to_bits()) >> (32 - length) == 0).map(|found| Reserved(found.2))
}

/// Named ranges, for the words; whatever is outside 2000::/3 is refused even when it is not named here.
const V6: [(Ipv6Addr, u32, &str); 17] = [
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified address"),
    (Ipv6Addr::LOCALHOST, 128, "loopback address"),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, "IPv4-mapped address"),
    (Ipv6Addr::UNSPECIFIED, 96, "IPv4-compatible address"),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, "NAT64 address"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "local NAT64 address"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "discard address"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "Teredo address"),
    // Benchmarking 2001:2::/48, ORCHID 2001:10::/28 and 2001:20::/28, and all else that was assigned to protocols.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "protocol assignment"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "documentation address"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4 address"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation address"),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "segment routing address"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "private address"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local address"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "site-local address"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast address"),
];

fn reserved_v6(address: Ipv6Addr) -> Option<Reserved> {
    let bits = address.to_bits();
    let within = |first: Ipv6Addr, length: u32| (bits ^ first.to_bits()) >> (128 - length) == 0;
    let named = V6.iter().find(|(first, length, _)| within(*first, *length)).map(|found| Reserved(found.2));
    let is_global_unicast = within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
    named.or((!is_global_unicast).then_some(Reserved("reserved address")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(text: &str) -> Option<&'static str> {
        reserved(text.parse().unwrap()).map(|reserved| reserved.0)
    }

    #[test]
    fn public_addresses_pass_with_octets_of_255_too() {
        for text in [
            "1.1.1.1",
            "8.8.8.255",
            "93.184.255.255",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "203.0.114.0",
            "223.255.255.255",
            "2001:200::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001:80e::200e",
            "3ffe:ffff::",
            "2003::1",
            "2000::",
        ] {
            assert_eq!(purpose(text), None, "{text}");
        }
    }

    #[test]
    fn every_reserved_ipv4_range_is_refused_from_its_first_to_its_last_address() {
        for (first, last, words) in [
            ("0.0.0.0", "0.255.255.255", "\"this network\" address"),
            ("10.0.0.0", "10.255.255.255", "private address"),
            ("100.64.0.0", "100.127.255.255", "carrier's private address"),
            ("127.0.0.0", "127.255.255.255", "loopback address"),
            ("169.254.0.0", "169.254.255.255", "link-local address"),
            ("172.16.0.0", "172.31.255.255", "private address"),
            ("192.0.0.0", "192.0.0.255", "protocol assignment"),
            ("192.0.2.0", "192.0.2.255", "documentation address"),
            ("192.88.99.0", "192.88.99.255", "6to4 relay address"),
            ("192.168.0.0", "192.168.255.255", "private address"),
            ("198.18.0.0", "198.19.255.255", "benchmarking address"),
            ("198.51.100.0", "198.51.100.255", "documentation address"),
            ("203.0.113.0", "203.0.113.255", "documentation address"),
            ("224.0.0.0", "239.255.255.255", "multicast address"),
            ("240.0.0.0", "255.255.255.255", "reserved address"),
        ] {
            assert_eq!((purpose(first), purpose(last)), (Some(words), Some(words)), "{first}");
        }
    }

    #[test]
    fn every_reserved_ipv6_range_is_refused_from_its_first_to_its_last_address() {
        for (first, last, words) in [
            ("::", "::", "unspecified address"),
            ("::1", "::1", "loopback address"),
            ("::2", "::ffff:ffff", "IPv4-compatible address"),
            ("::ffff:0:0", "::ffff:255.255.255.255", "IPv4-mapped address"),
            ("64:ff9b::", "64:ff9b::255.255.255.255", "NAT64 address"),
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "local NAT64 address"),
            ("100::", "100::ffff:ffff:ffff:ffff", "discard address"),
            ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "Teredo address"),
            ("2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "protocol assignment"),
            ("2001:10::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "protocol assignment"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation address"),
            ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "6to4 address"),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation address"),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "private address"),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local address"),
            ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "site-local address"),
            ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast address"),
        ] {
            assert_eq!((purpose(first), purpose(last)), (Some(words), Some(words)), "{first}");
        }
    }

    #[test]
    fn ipv6_that_is_not_global_unicast_is_refused_even_without_a_name() {
        for text in ["4000::1", "200::1", "1fff::1", "e000::1", "::ffff:0:127.0.0.1", "64:ff9b:2::1"] {
            assert!(purpose(text).is_some(), "{text}");
        }
    }

    #[test]
    fn an_embedded_public_address_is_refused_as_an_embedded_private_one_is() {
        for text in [
            "::ffff:1.1.1.1",
            "::ffff:10.0.0.1",
            "::1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2002:0101:0101::",
            "2002:0a00:0001::",
        ] {
            assert!(purpose(text).is_some(), "{text}");
        }
    }
}
