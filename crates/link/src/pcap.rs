//! What crossed the wires on both sides of a link, as a file that Wireshark opens.
//!
//! The link sees payloads and addresses. The headers around them are made here, as they would be
//! on a network: so a datagram stands in the file once as it came to the link, and once for each
//! copy that left it.
//!
//! The file's format is the classic one of `draft-ietf-opsawg-pcap`. Its packets begin with an
//! IPv4 or IPv6 header: `LINKTYPE_RAW`, 101, in `draft-ietf-opsawg-pcaplinktype`.

use crate::event::{Event, Kind};
use std::io::{self, ErrorKind, Write};
use std::net::IpAddr::{V4, V6};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

/// Begins a file whose times are seconds and microseconds. Readers learn the byte order from it.
const MAGIC: u32 = 0xa1b2_c3d4;
const VERSION: [u16; 2] = [2, 4];
/// More than any packet here: 65,535 bytes behind the 40 of an IPv6 header. It is what tcpdump
/// takes if it isn't told otherwise.
const LONGEST_PACKET: u32 = 262_144;
const LINKTYPE_RAW: u32 = 101;

/// A capture file that is being written.
pub struct Capture<W: Write> {
    output: W,
    /// Since 1970, when the file's time begins.
    started: Duration,
}

impl<W: Write> Capture<W> {
    /// Writes the file's header. `started` is when the time of events was 0.
    pub fn new(mut output: W, started: SystemTime) -> io::Result<Self> {
        let started = started.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| {
            io::Error::other("a capture has no times before 1970: set this computer's clock")
        })?;
        let version = VERSION.map(u16::to_le_bytes);
        // The two zeros are reserved.
        let rest = [0, 0, LONGEST_PACKET, LINKTYPE_RAW].map(u32::to_le_bytes);
        let header = [&MAGIC.to_le_bytes(), version.as_flattened(), rest.as_flattened()];
        output.write_all(&header.concat())?;
        Ok(Self { output, started })
    }

    /// Writes the packets that were on a wire at the moment of an event, each of them with one
    /// call of the output. It isn't flushed.
    ///
    /// A copy that the system refuses to send was written before that is known. What no packet holds
    /// is an error: more than 65,507 bytes with IPv4 or 65,527 with IPv6, or addresses of both.
    pub fn add(&mut self, event: &Event) -> io::Result<()> {
        if event.kind == Kind::Arrived {
            self.write(event, event.incoming(), 1)?;
        }
        self.write(event, event.outgoing(), event.copies_that_leave())
    }

    /// Flushes the output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    fn write(
        &mut self,
        event: &Event,
        (from, to): (SocketAddr, SocketAddr),
        copies: u8,
    ) -> io::Result<()> {
        if copies == 0 {
            return Ok(());
        }
        let record = record(self.started + event.time, &packet(from, to, &event.payload)?)?;
        (0..copies).try_for_each(|_| self.output.write_all(&record))
    }
}

/// A packet and what the file says about it: when it was seen, how much of it there is in the
/// file, and how much there was.
fn record(time: Duration, packet: &[u8]) -> io::Result<Vec<u8>> {
    let seconds = u32::try_from(time.as_secs());
    let seconds = seconds.map_err(|_| io::Error::other("a capture has no times after 2106"))?;
    let length = u32::try_from(packet.len()).map_err(io::Error::other)?;
    let header = [seconds, time.subsec_micros(), length, length].map(u32::to_le_bytes);
    Ok([header.as_flattened(), packet].concat())
}

/// UDP's number as the protocol within an IP packet.
const UDP: u8 = 17;
const UDP_HEADER: usize = 8;
const IPV4_HEADER: u16 = 20;
/// How many routers a packet may pass: what Linux and macOS put into theirs.
const HOPS: u8 = 64;

/// A whole packet: the IP header, the UDP header, and the payload, all checksums right. A length has
/// 16 bits: so a payload has at most 65,507 bytes with IPv4, and 65,527 with IPv6.
fn packet(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> io::Result<Vec<u8>> {
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
    use crate::event::{Direction, Fate, Route};

    /// Computed from the RFCs by a program in another language.
    const FILE_HEADER: &str = "d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000";
    const RECORD_31: &str = "00f15365 bcd10300 1f000000 1f000000";
    const INCOMING: &str = "4500001f 00004000 40113ccb 7f000002 7f000001 c3519c40 000b18d9 686921";
    const OUTGOING: &str = "4500001f 00004000 40113cca 7f000001 7f000003 c3522328 000b91ef 686921";
    const RECORD_51: &str = "00f15365 bcd10300 33000000 33000000";
    const IPV6: &str = "60000000 000b1140 00000000000000000000000000000001
        00000000000000000000000000000001 c3519c40 000b16db 686921";

    fn bytes(digits: &[&str]) -> Vec<u8> {
        let digits: Vec<u8> = digits.concat().bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    }

    fn event() -> Event {
        Event {
            time: Duration::from_micros(250_300),
            kind: Kind::Arrived,
            direction: Direction::Request,
            number: 1,
            route: Route {
                client: "127.0.0.2:50001".parse().unwrap(),
                link: "127.0.0.1:40000".parse().unwrap(),
                upstream: "127.0.0.1:50002".parse().unwrap(),
                server: "127.0.0.3:9000".parse().unwrap(),
            },
            payload: b"hi!".to_vec(),
            fate: Fate::PASS,
        }
    }

    fn capture(events: &[Event]) -> Vec<u8> {
        let mut file = Vec::new();
        let started = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let mut capture = Capture::new(&mut file, started).unwrap();
        events.iter().for_each(|event| capture.add(event).unwrap());
        file
    }

    #[test]
    fn a_request_is_seen_on_both_sides_byte_for_byte() {
        let expected = bytes(&[FILE_HEADER, RECORD_31, INCOMING, RECORD_31, OUTGOING]);
        assert_eq!(capture(&[event()]), expected);
    }

    #[test]
    fn a_reply_goes_the_other_way() {
        let incoming = "4500001f 00004000 40113cca 7f000003 7f000001 2328c352 000b91ef 686921";
        let outgoing = "4500001f 00004000 40113ccb 7f000001 7f000002 9c40c351 000b18d9 686921";
        let expected = bytes(&[FILE_HEADER, RECORD_31, incoming, RECORD_31, outgoing]);
        assert_eq!(capture(&[Event { direction: Direction::Reply, ..event() }]), expected);
    }

    #[test]
    fn each_packet_is_written_at_once() {
        struct Calls(Vec<usize>);
        impl Write for Calls {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.len());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                self.0.push(0);
                Ok(())
            }
        }
        let mut capture = Capture::new(Calls(Vec::new()), SystemTime::UNIX_EPOCH).unwrap();
        capture.add(&Event { fate: Fate { copies: 2, ..Fate::PASS }, ..event() }).unwrap();
        capture.flush().unwrap();
        assert_eq!(capture.output.0, [24, 47, 47, 47, 0]);
    }

    #[test]
    fn times_before_1970_and_after_2106_are_refused() {
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert!(Capture::new(io::sink(), early).is_err());
        let latest = SystemTime::UNIX_EPOCH + Duration::from_secs(u32::MAX.into());
        let mut capture = Capture::new(io::sink(), latest).unwrap();
        assert!(capture.add(&event()).is_ok());
        assert!(capture.add(&Event { time: Duration::from_secs(1), ..event() }).is_err());
    }

    #[test]
    fn an_ipv6_packet_is_right_byte_for_byte() {
        let (client, link) = ("[::1]:50001".parse().unwrap(), "[::1]:40000".parse().unwrap());
        let route = Route { client, link, ..event().route };
        let lost = Event { route, fate: Fate::LOST, ..event() };
        assert_eq!(capture(&[lost]), bytes(&[FILE_HEADER, RECORD_51, IPV6]));
    }

    #[test]
    fn a_lost_datagram_never_leaves_and_a_duplicate_leaves_twice() {
        let lost = Event { fate: Fate::LOST, ..event() };
        assert_eq!(capture(&[lost]), bytes(&[FILE_HEADER, RECORD_31, INCOMING]));
        let twice = Event { fate: Fate { copies: 2, ..Fate::PASS }, ..event() };
        let out = [RECORD_31, OUTGOING].concat();
        assert_eq!(capture(&[twice]), bytes(&[FILE_HEADER, RECORD_31, INCOMING, &out, &out]));
    }

    #[test]
    fn a_late_datagram_leaves_when_it_is_released() {
        let fate = Fate { delay: Duration::from_millis(300), ..Fate::PASS };
        let arrived = Event { fate, ..event() };
        let time = arrived.time + Duration::from_secs(1);
        let released = Event { kind: Kind::Released, time, ..arrived.clone() };
        let later = "01f15365 bcd10300 1f000000 1f000000";
        let expected = bytes(&[FILE_HEADER, RECORD_31, INCOMING, later, OUTGOING]);
        assert_eq!(capture(&[arrived, released]), expected);
    }

    #[test]
    fn news_about_a_datagram_is_no_packet() {
        let events = [Kind::Unreachable, Kind::Refused].map(|kind| Event { kind, ..event() });
        assert_eq!(capture(&events), bytes(&[FILE_HEADER]));
    }

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
