//! Packets of IPv4 and IPv6 with a UDP datagram in them, all checksums right.

use std::io::{self, ErrorKind};
use std::net::IpAddr::{V4, V6};
use std::net::SocketAddr;

/// UDP's number as the protocol within an IP packet.
const UDP: u8 = 17;
const UDP_HEADER: usize = 8;
const IPV4_HEADER: u16 = 20;
/// How many routers a packet may pass: what Linux and macOS put into theirs.
const HOPS: u8 = 64;

/// A whole packet: the IP header, the UDP header, and the payload.
pub fn packet(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> io::Result<Vec<u8>> {
    let too_long = || invalid(format!("no packet holds a payload of {} bytes", payload.len()));
    let length = u16::try_from(UDP_HEADER + payload.len()).map_err(|_| too_long())?;
    let (header, addresses) = match (from.ip(), to.ip()) {
        (V4(from), V4(to)) => {
            let addresses = [from.octets(), to.octets()].concat();
            let total = length.checked_add(IPV4_HEADER).ok_or_else(too_long)?;
            (ipv4_header(total, &addresses), addresses)
        }
        (V6(from), V6(to)) => {
            let addresses = [from.octets(), to.octets()].concat();
            (ipv6_header(length, &addresses), addresses)
        }
        _ => return Err(invalid(format!("no packet goes from {from} to {to}: IPv4 is not IPv6"))),
    };
    Ok([header, datagram(&addresses, [from.port(), to.port()], length, payload)].concat())
}

fn invalid(message: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, message)
}

/// The header of RFC 791, section 3.1, without options.
fn ipv4_header(total: u16, addresses: &[u8]) -> Vec<u8> {
    let [high, low] = total.to_be_bytes();
    // Version 4, and a length of 5 words. The packet is whole and must not be cut into fragments
    // (the bit 0x40), so that its identification may be 0 (RFC 6864, section 4.1).
    let start = [0x45, 0, high, low, 0, 0, 0x40, 0, HOPS, UDP];
    let checksum = checksum(sum(&start) + sum(addresses));
    [start.as_slice(), &checksum.to_be_bytes(), addresses].concat()
}

/// The header of RFC 8200, section 3. It has no checksum.
fn ipv6_header(length: u16, addresses: &[u8]) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    [&[0x60, 0, 0, 0, high, low, UDP, HOPS], addresses].concat()
}

/// The header of RFC 768, and the payload.
fn datagram(addresses: &[u8], ports: [u16; 2], length: u16, payload: &[u8]) -> Vec<u8> {
    let [from, to] = ports.map(u16::to_be_bytes);
    let start = [from, to, length.to_be_bytes()];
    // The sum is also over a pseudo-header: the addresses, the protocol, and the length. Those of
    // IPv4 (RFC 768) and IPv6 (RFC 8200, section 8.1) differ only in zeros, which add nothing.
    let pseudo_header = sum(addresses) + u64::from(UDP) + u64::from(length);
    let checksum = match checksum(pseudo_header + sum(start.as_flattened()) + sum(payload)) {
        // 0 would mean that there is no checksum.
        0 => 0xffff,
        checksum => checksum,
    };
    [start.as_flattened(), &checksum.to_be_bytes(), payload].concat()
}

/// The sum of all words of 16 bits; an odd byte at the end is the high half of one.
fn sum(bytes: &[u8]) -> u64 {
    let word = |pair: &[u8]| match *pair {
        [high, low] => u64::from(u16::from_be_bytes([high, low])),
        [high] => u64::from(high) << 8,
        _ => 0,
    };
    bytes.chunks(2).map(word).sum()
}

/// The Internet checksum of a sum (RFC 1071): the complement of what is left when all carries
/// have been added to the low 16 bits.
fn checksum(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// Words of 16 bits sum up to a multiple of 0xffff when a right checksum is among them.
    fn sums_up(bytes: &[u8]) -> bool {
        let padded = [bytes, &[0][..bytes.len() % 2]].concat();
        let words = padded.chunks(2).map(|pair| u64::from(pair[0]) * 256 + u64::from(pair[1]));
        words.sum::<u64>() % 0xffff == 0
    }

    /// The addresses begin at `addresses`, and the UDP header behind them at `udp`.
    fn has_right_udp_checksum(packet: &[u8], addresses: usize, udp: usize) -> bool {
        let length = u16::try_from(packet.len() - udp).unwrap().to_be_bytes();
        assert_eq!(packet[udp + 4..udp + 6], length);
        sums_up(&[&[0, UDP], &length, &packet[addresses..]].concat())
    }

    #[test]
    fn checksums_are_right_for_every_length() {
        let (from, to) = (address("127.0.0.1:40000"), address("127.0.0.1:50001"));
        let (from_v6, to_v6) = (address("[::1]:40000"), address("[::1]:50001"));
        for length in (0..260).chain([65_506, 65_507]) {
            let payload: Vec<u8> = (0..length).map(|i| (i * 31 % 251 + 4) as u8).collect();
            let v4 = packet(from, to, &payload).unwrap();
            assert!(sums_up(&v4[..20]) && has_right_udp_checksum(&v4, 12, 20), "{length}");
            assert_eq!(v4[2..4], u16::try_from(v4.len()).unwrap().to_be_bytes());
            assert_eq!(v4[28..], payload);
            let v6 = packet(from_v6, to_v6, &payload).unwrap();
            assert!(has_right_udp_checksum(&v6, 8, 40), "{length}");
            assert_eq!(v6[48..], payload);
        }
    }

    #[test]
    fn a_checksum_of_zero_is_sent_as_all_ones() {
        for text in ["127.0.0.1:40000", "[::1]:40000"] {
            let address = address(text);
            let at = if address.is_ipv4() { 26 } else { 46 };
            let checksum = packet(address, address, &[0, 0]).unwrap()[at..at + 2].to_vec();
            assert_eq!(packet(address, address, &checksum).unwrap()[at..at + 2], [0xff, 0xff]);
        }
    }

    #[test]
    fn what_no_packet_holds_is_refused_and_named() {
        let (v4, v6) = (address("127.0.0.1:1"), address("[::1]:1"));
        assert!(packet(v6, v6, &[0; 65_527]).is_ok());
        for (from, to, length) in [(v4, v4, 65_508), (v6, v6, 65_528), (v4, v6, 0)] {
            let error = packet(from, to, &vec![0; length]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
    }
}
