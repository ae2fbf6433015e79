//! Tries to get out of the jail that it is started in. It is told what to try for; whoever
//! started it looks whether anything happened. What it can see by itself, it prints.

use std::env;
use std::ffi::{CString, c_long};
use std::fs::{self, File};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::fs::chroot;
use std::os::unix::process::CommandExt;
use std::process::Command;

const AGAIN: &str = "again";

fn main() {
    let words: Vec<String> = env::args().collect();
    let (process, tcp, udp, target, secrets) = match words.as_slice() {
        [_, again] if again == AGAIN => return println!("broken: {OTHER}\ndone"),
        [_, process, tcp, udp, target, secrets @ ..] => (process, tcp, udp, target, secrets),
        _ => return println!("broken: the self-test was started with {} words", words.len()),
    };
    for secret in secrets {
        report(&format!("reads {secret}"), fs::read(secret).is_ok());
    }
    report("sees a process of the host", fs::metadata(format!("/proc/{process}/stat")).is_ok());
    report("connects to the host", TcpStream::connect(tcp.as_str()).is_ok());
    // Whether it arrives is seen outside.
    if let Ok(socket) = UdpSocket::bind("0.0.0.0:0") {
        let _ = socket.send_to(b"canary", udp.as_str());
    }
    let _ = fs::write(target, "the canary was here");
    let folders = ["/tmp", "/", ".", "/built", "/shop", "/dev/shm", "/var/tmp", "/run"];
    report("writes a file", folders.into_iter().any(can_be_written));
    report("keeps much in its network", !has_small_network());
    report("starts a program", Command::new("/bin/sh").arg("-c").arg(":").status().is_ok());
    report("has rights of root's", has_rights());
    become_other(&words[0]);
    report(OTHER, false);
    println!("done");
}

fn can_be_written(folder: &str) -> bool {
    let name = format!("{folder}/canary");
    File::create_new(&name).and_then(|_| fs::remove_file(name)).is_ok()
}

/// Whether at most 1 MiB may wait on each side of a connection.
fn has_small_network() -> bool {
    ["tcp_rmem", "tcp_wmem"].into_iter().all(|name| {
        let sizes = fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).unwrap_or_default();
        let most = sizes.split_whitespace().nth(2).and_then(|most| most.parse::<u32>().ok());
        most.is_some_and(|most| most <= 1 << 20)
    })
}

const OTHER: &str = "becomes another program";

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

/// Whether we are root, have its rights, or can have them in a namespace of users.
fn has_rights() -> bool {
    let is_root = unsafe { syscall(GETUID) } == 0;
    let unshared = unsafe { syscall(UNSHARE, NEW_USERS) } == 0;
    is_root || unshared || chroot("/").is_ok()
}

const GETUID: c_long = if cfg!(target_arch = "x86_64") { 102 } else { 174 };
const UNSHARE: c_long = if cfg!(target_arch = "x86_64") { 272 } else { 97 };
const NEW_USERS: c_long = 0x1000_0000;

/// `execveat`, which may start one descriptor's program, and no path's.
const EXECVEAT: c_long = if cfg!(target_arch = "x86_64") { 322 } else { 281 };
const EMPTY_PATH: c_long = 0x1000;

/// Returns only if it can't. Who becomes what we can't speak through says nothing more, which is
/// seen as well.
fn become_other(own: &str) {
    let script = format!("echo 'broken: {OTHER}'; echo done");
    let _ = Command::new("/bin/sh").args(["-c", &script]).exec();
    let _ = Command::new(own).arg(AGAIN).exec();
    for path in ["/bin/sh", "/confine"] {
        let words = [path, "-c", &script].map(|word| CString::new(word).unwrap_or_default());
        let [path, option, script] = &words;
        let words = [path.as_ptr(), option.as_ptr(), script.as_ptr(), std::ptr::null()];
        for descriptor in [64_i64, 1024] {
            unsafe {
                syscall(EXECVEAT, descriptor, path.as_ptr(), words.as_ptr(), 0_i64, EMPTY_PATH);
            }
        }
    }
}

fn report(what: &str, happens: bool) {
    println!("{}: {what}", if happens { "broken" } else { "held" });
}
