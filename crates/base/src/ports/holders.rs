//! Which process holds which port. Only Linux tells; elsewhere nothing is known (`None`).
//!
//! Source: proc(5). `/proc/PID/net/udp` lists the sockets of the process's network, one a line,
//! with the local address and port in hexadecimal in column 2 and the inode in column 10. A
//! descriptor in `/proc/PID/fd` that is a socket is a link to `socket:[INODE]`.

use crate::programs::running;
use std::fs::{self, File};
use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, process, thread};

/// Under Wine there is a `/proc`, too, in which a process's number is that of another one.
const TELLS: bool = cfg!(target_os = "linux");

/// The two transport protocols, whose ports are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Tcp,
    Udp,
}

/// A process that holds a port.
pub struct Holder {
    pub pid: u32,
    pub name: String,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (process {})", self.name, self.pid)
    }
}

/// The ports that a process has bound; `None` where the system doesn't tell. Those of TCP are known
/// as soon as it listens.
pub fn ports_of(pid: u32, protocol: Protocol) -> Option<Vec<u16>> {
    let held = inodes(pid)?;
    let sockets = table(pid, protocol)?;
    Some(sockets.iter().filter(|socket| held.contains(&socket.inode)).map(|s| s.port).collect())
}

/// Whether any socket of this computer is bound to a port; `None` where the system doesn't tell.
pub fn is_bound(protocol: Protocol, port: u16) -> Option<bool> {
    addresses(protocol, port).map(|addresses| !addresses.is_empty())
}

/// The ports that sockets of this computer are bound to; `None` where the system doesn't tell.
pub fn bound_ports(protocol: Protocol) -> Option<Vec<u16>> {
    Some(look(protocol)?.iter().map(|socket| socket.port).collect())
}

/// The addresses at which sockets of this computer are bound to a port; `None` where the system
/// doesn't tell. Of IPv6, only addresses that aren't IPv4 ones in disguise stay such.
///
/// A long table comes in several pieces, and where sockets come and go meanwhile, one that is there
/// all the time may stand in none of them. So what isn't there is looked for again.
pub fn addresses(protocol: Protocol, port: u16) -> Option<Vec<IpAddr>> {
    for _ in 1..LOOKS {
        let seen = seen_addresses(protocol, port)?;
        if !seen.is_empty() {
            return Some(seen);
        }
    }
    seen_addresses(protocol, port)
}

/// The same at one look, which is enough for who will look again.
pub fn seen_addresses(protocol: Protocol, port: u16) -> Option<Vec<IpAddr>> {
    let sockets = look(protocol)?;
    let at = sockets.iter().filter(|socket| socket.port == port);
    Some(at.map(|socket| socket.ip.to_canonical()).collect())
}

/// How often a socket must be missed before it counts as not being there.
const LOOKS: usize = 3;

/// The process that holds a port, as far as the system lets us see.
pub fn holder(protocol: Protocol, port: u16) -> Option<Holder> {
    let sockets = look(protocol)?;
    let socket = sockets.iter().find(|socket| socket.port == port)?;
    let holds = |pid: &u32| inodes(*pid).is_some_and(|held| held.contains(&socket.inode));
    let pid = running()?.into_iter().filter(holds).min()?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end().to_owned();
    Some(Holder { pid, name })
}

struct Socket {
    ip: IpAddr,
    port: u16,
    inode: u64,
}

/// A look at the sockets of this computer.
struct Look {
    began: Instant,
    /// From when on the next one may begin.
    next: Instant,
    sockets: Arc<[Socket]>,
}

/// The last look at each protocol.
static LAST: [Mutex<Option<Look>>; 2] = [Mutex::new(None), Mutex::new(None)];

/// How long after a look the next one begins, in the time that it took: many threads that wait for a
/// port at the same time, and the programs that are to bind it, need the processors.
const REST: u32 = 9;

/// The sockets of this computer, as of a moment after the call. Who asks while another one looks, or
/// rests, is told what that one sees next.
fn look(protocol: Protocol) -> Option<Arc<[Socket]>> {
    let asked = Instant::now();
    let mut last = LAST[protocol as usize].lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(look) = &*last {
        if look.began >= asked {
            return Some(Arc::clone(&look.sockets));
        }
        thread::sleep(look.next.saturating_duration_since(Instant::now()));
    }
    let began = Instant::now();
    let sockets: Arc<[Socket]> = table(process::id(), protocol)?.into();
    let took = began.elapsed().min(LONGEST);
    *last = Some(Look { began, next: began + took * (1 + REST), sockets: Arc::clone(&sockets) });
    Some(sockets)
}

/// What a look may seem to take; where it takes longer, it had to wait itself.
const LONGEST: Duration = Duration::from_millis(10);

/// The inodes of the sockets that a process has open.
fn inodes(pid: u32) -> Option<Vec<u64>> {
    let descriptors = TELLS.then(|| fs::read_dir(format!("/proc/{pid}/fd")))?.ok()?;
    let inode = |link: &str| link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok();
    let links = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    Some(links.filter_map(|link| inode(link.to_str()?)).collect())
}

/// The sockets of a protocol, IPv4 and IPv6, in the network that a process sees.
fn table(pid: u32, protocol: Protocol) -> Option<Vec<Socket>> {
    let name = match protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    };
    let mut sockets = parse(&TELLS.then(|| read(&format!("/proc/{pid}/net/{name}")))?.ok()?);
    // A system without IPv6 has no second table.
    if let Ok(text) = read(&format!("/proc/{pid}/net/{name}6")) {
        sockets.extend(parse(&text));
    }
    Some(sockets)
}

/// Reads a table at once, as long as it is short: with each further read, the system goes through
/// all of its sockets again.
fn read(table: &str) -> io::Result<String> {
    let mut text = String::with_capacity(1 << 14);
    File::open(table)?.read_to_string(&mut text)?;
    Ok(text)
}

fn parse(table: &str) -> Vec<Socket> {
    table.lines().skip(1).filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Socket> {
    let mut columns = line.split_whitespace();
    let (ip, port) = columns.nth(1)?.rsplit_once(':')?;
    let inode = columns.nth(7)?.parse().ok()?;
    Some(Socket { ip: parse_ip(ip)?, port: u16::from_str_radix(port, 16).ok()?, inode })
}

/// One or four numbers of 32 bits, as they are in memory.
fn parse_ip(digits: &str) -> Option<IpAddr> {
    let mut bytes = Vec::new();
    for word in digits.as_bytes().chunks(8) {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(ip) => Some(ip.into()),
        Err(_) => Some(<[u8; 16]>::try_from(bytes.as_slice()).ok()?.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn reads_ports_and_inodes() {
        let sockets = parse(
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n  \
             512: 0100007F:1F9A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 65042 2 0000000000000000 0\n",
        );
        assert_eq!(sockets.len(), 1);
        let Socket { ip, port, inode } = sockets[0];
        assert_eq!((ip, port, inode), (Ipv4Addr::LOCALHOST.into(), 8090, 65042));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn finds_the_port_of_this_process() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert!(ports_of(std::process::id(), Protocol::Udp).unwrap().contains(&port));
        assert_eq!(holder(Protocol::Udp, port).unwrap().pid, std::process::id());
        assert_eq!(is_bound(Protocol::Udp, port), Some(true));
        assert_eq!(addresses(Protocol::Udp, port).unwrap(), [Ipv4Addr::LOCALHOST]);
        drop(socket);
        assert!(!ports_of(std::process::id(), Protocol::Udp).unwrap().contains(&port));
    }
}
