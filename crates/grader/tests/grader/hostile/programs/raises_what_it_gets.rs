//! Asks for larger buffers, and for more of what the kernel keeps for a program without counting it.
//! Afterwards it is right.

mod honest;

use std::ffi::{c_int, c_long, c_void};
use std::fs::File;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

unsafe extern "C" {
    fn setsockopt(socket: c_int, level: c_int, name: c_int, value: *const c_void, size: u32) -> c_int;
    fn getsockopt(socket: c_int, level: c_int, name: c_int, value: *mut c_void, size: *mut u32) -> c_int;
    fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
    fn setrlimit(resource: c_int, limits: *const [u64; 2]) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
}

const SOCKET: c_int = 1;
const SEND_BUFFER: c_int = 7;
const RECEIVE_BUFFER: c_int = 8;
const PIPE_SIZE: c_int = 1031;
const DESCRIPTORS: c_int = 7;
const CREATE_RULESET: c_long = 444;

fn main() -> impl std::process::Termination {
    if let Ok(socket) = UdpSocket::bind("127.0.0.1:0") {
        [SEND_BUFFER, RECEIVE_BUFFER].into_iter().for_each(|buffer| raise(&socket, buffer));
    }
    if let Ok((reader, _writer)) = std::io::pipe() {
        if unsafe { fcntl(reader.as_raw_fd(), PIPE_SIZE, 1 << 20) } != -1 {
            eprintln!("ESCAPED: raised the size of a pipe");
        }
    }
    if let Ok(own) = File::open("/proc/self/exe") {
        // Of type, start, length and process: a lock for reading.
        let lock: [i64; 4] = [0, 1, 1, 0];
        if unsafe { fcntl(own.as_raw_fd(), 6, &lock) } != -1 {
            eprintln!("ESCAPED: locked a part of a file");
        }
    }
    if unsafe { setrlimit(DESCRIPTORS, &[4096, 4096]) } != -1 {
        eprintln!("ESCAPED: raised a limit");
    }
    let (rules, flags): ([u64; 1], c_long) = ([1], 0);
    if unsafe { syscall(CREATE_RULESET, &rules, 8_i64, flags) } != -1 {
        eprintln!("ESCAPED: made rules");
    }
    honest::main()
}

fn raise(socket: &UdpSocket, buffer: c_int) {
    let size = || {
        let (mut size, mut length): (c_int, u32) = (0, 4);
        let value = (&raw mut size).cast();
        unsafe { getsockopt(socket.as_raw_fd(), SOCKET, buffer, value, &raw mut length) };
        size
    };
    let (before, wanted): (c_int, c_int) = (size(), 1 << 30);
    let value = (&raw const wanted).cast();
    unsafe { setsockopt(socket.as_raw_fd(), SOCKET, buffer, value, 4) };
    if size() > before {
        eprintln!("ESCAPED: raised a buffer from {before} to {} bytes", size());
    }
}
