//! An echo server in a process of its own, and a client that keeps it busy, and counts what comes
//! back.

use super::report::{create, results_directory, wait_for_line};
use crate::programs::start;
use anyhow::{Context, Result, bail};
use base::ports::Port;
use base::programs::Keeper;
use std::fs;
use std::io::ErrorKind::WouldBlock;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub const IN_FLIGHT: u8 = 64;
pub const SIZE: usize = 64;

/// When nothing has come for so long, what is in flight counts as lost.
const SILENCE: Duration = Duration::from_millis(200);

/// A running server; it is ended with this value.
pub struct Server {
    pub address: SocketAddr,
    /// Nobody else is given it meanwhile.
    _port: Port,
    process: Child,
    /// What it writes; some megabytes a second.
    output: PathBuf,
}

impl Server {
    /// Starts a server that takes its port as the last argument, and writes a line when it is
    /// bound.
    pub fn start(keeper: &mut Keeper, mut command: Command) -> Result<Self> {
        let port = Port::new().context("cannot find a free UDP port")?;
        let address = port.address();
        let output = results_directory()?.join("server-output.txt");
        command.arg(address.port().to_string()).stdin(Stdio::null()).stdout(create(&output)?);
        let process = start(keeper, &mut command)?;
        let mut server = Self { address, _port: port, process, output };
        wait_for_line(&mut server.process, &server.output)?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.output);
    }
}

/// The result of a round.
pub struct Load {
    /// Round trips a second.
    pub rate: f64,
    pub lost: u64,
}

/// Keeps the server busy for a while, with `IN_FLIGHT` datagrams of `SIZE` bytes.
pub fn generate(server: SocketAddr, time: Duration) -> Result<Load> {
    let mut client = Client::new(server)?;
    let (mut trips, mut lost) = (0_u32, 0);
    let clock = Instant::now();
    let mut heard = clock;
    client.send_all()?;
    while clock.elapsed() < time {
        let count = client.receive()?;
        if count > 0 {
            trips += count;
            heard = Instant::now();
            client.send_answered()?;
        } else if heard.elapsed() >= SILENCE {
            lost += client.open();
            heard = Instant::now();
            client.send_all()?;
        } else {
            // Asking again costs the server less than waking us up would.
            thread::yield_now();
        }
    }
    let rate = f64::from(trips) / clock.elapsed().as_secs_f64();
    while client.open() > 0 && heard.elapsed() < SILENCE {
        match client.receive()? {
            0 => thread::yield_now(),
            _ => heard = Instant::now(),
        }
    }
    Ok(Load { rate, lost: lost + client.open() })
}

/// A client with `IN_FLIGHT` places for datagrams.
struct Client {
    socket: UdpSocket,
    /// In each place, what was sent last.
    sent: Vec<[u8; SIZE]>,
    /// The places whose datagrams have come back.
    answered: Vec<u8>,
    /// Whether a datagram may come back that was taken for lost.
    gave_up: bool,
}

impl Client {
    fn new(server: SocketAddr) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot create a socket")?;
        socket.connect(server).context("cannot connect the socket")?;
        socket.set_nonblocking(true).context("cannot make the socket non-blocking")?;
        let sent = (0..IN_FLIGHT).map(datagram).collect();
        Ok(Self { socket, sent, answered: (0..IN_FLIGHT).collect(), gave_up: false })
    }

    /// How many datagrams are in flight.
    fn open(&self) -> u64 {
        self.sent.len().saturating_sub(self.answered.len()) as u64
    }

    /// Fills all places anew.
    fn send_all(&mut self) -> Result<()> {
        self.gave_up |= self.open() > 0;
        self.answered = (0..IN_FLIGHT).collect();
        self.send_answered()
    }

    /// Fills the places whose datagrams have come back.
    fn send_answered(&mut self) -> Result<()> {
        for place in self.answered.drain(..) {
            let datagram = &mut self.sent[usize::from(place)];
            count_up(datagram);
            match self.socket.send(datagram) {
                // Then it counts as lost.
                Err(error) if error.kind() == WouldBlock => {}
                result => drop(result.context("cannot send to the server: has it ended?")?),
            }
        }
        Ok(())
    }

    /// Takes all replies that are there; returns how many they were.
    fn receive(&mut self) -> Result<u32> {
        let mut reply = [0; SIZE + 1];
        let mut count = 0;
        loop {
            let length = match self.socket.recv(&mut reply) {
                Err(error) if error.kind() == WouldBlock => return Ok(count),
                result => result.context("cannot receive from the server: has it ended?")?,
            };
            let reply = &reply[..length];
            let place = reply.first().map_or(u8::MAX, |byte| byte.wrapping_sub(b'0'));
            let sent = self.sent.get(usize::from(place));
            if sent.is_some_and(|sent| sent == reply) && !self.answered.contains(&place) {
                self.answered.push(place);
                count += 1;
            } else if !self.gave_up {
                bail!("a reply is wrong, or came twice: `{}`", reply.escape_ascii());
            }
        }
    }
}

/// A printable byte that stands for the place, and a number of 63 digits.
fn datagram(place: u8) -> [u8; SIZE] {
    let mut datagram = [b'0'; SIZE];
    datagram[0] += place;
    datagram
}

/// Adds 1 to the number, digit by digit: the generator mustn't lose time with formatting.
fn count_up(datagram: &mut [u8]) {
    for digit in datagram.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_in_decimal_and_leaves_the_place_alone() {
        let mut text = *b"o00199";
        count_up(&mut text);
        assert_eq!(&text, b"o00200");
        let last = datagram(IN_FLIGHT - 1);
        assert!(last.iter().all(u8::is_ascii_graphic));
    }

    #[test]
    fn a_reply_counts_once_and_only_if_it_is_the_same() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut client = Client::new(server.local_addr().unwrap()).unwrap();
        client.send_all().unwrap();
        let mut buffer = [0; SIZE];
        let (_, address) = server.recv_from(&mut buffer).unwrap();
        server.send_to(&buffer, address).unwrap();
        assert_eq!((client.receive().unwrap(), client.open()), (1, 63));
        server.send_to(&buffer, address).unwrap();
        assert!(client.receive().is_err());
        server.send_to(&buffer[1..], address).unwrap();
        assert!(client.receive().is_err());
    }
}
