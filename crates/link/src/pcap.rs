//! What crossed the wires on both sides of a link, as a file that Wireshark opens.
//!
//! The link sees payloads and addresses. The headers around them are made here, as they would be
//! on a network: so a datagram stands in the file once as it came to the link, and once for each
//! copy that left it.
//!
//! The file's format is the classic one of `draft-ietf-opsawg-pcap`. Its packets begin with an
//! IPv4 or IPv6 header: `LINKTYPE_RAW`, 101, in `draft-ietf-opsawg-pcaplinktype`.

mod packet;

use self::packet::packet;
use crate::event::{Event, Kind};
use std::io::{self, Write};
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
    /// A copy that the system refuses to send was written before that is known.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Direction, Route};
    use crate::fate::Fate;

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
}
