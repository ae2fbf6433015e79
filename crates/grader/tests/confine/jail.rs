//! Within bubblewrap, as programs are graded.

use crate::stage::{CONFINE, find, is_root, output, prints, program};
use std::path::Path;
use std::process::Command;

/// Around the checks.
const OUTER: &[&str] = &[
    "--unshare-user",
    "--unshare-net",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--die-with-parent",
    "--ro-bind",
    "/",
    "/",
    "--proc",
    "/proc",
    "--dev-bind",
    "/dev/null",
    "/dev/null",
    "--cap-add",
    "CAP_NET_ADMIN",
    "--cap-add",
    "CAP_SYS_ADMIN",
    "--",
    CONFINE,
    "--only-network",
    "--unix-sockets",
    OUTSIDE,
    "--",
];

/// A folder that every Linux has, and in which nobody keeps anything.
const OUTSIDE: &str = "/mnt";

/// Around the program.
const INNER: &[&str] = &[
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--die-with-parent",
    "--disable-userns",
    "--clearenv",
    "--proc",
    "/proc",
    "--dir",
    "/tmp",
    "--dev-bind",
    "/dev/null",
    "/dev/null",
];

#[test]
fn a_program_in_a_jail_does_what_it_may() {
    if is_impossible() {
        return;
    }
    assert_eq!(prints(jailed("honest", &["udp"])), "over UDP\n");
    assert_eq!(prints(jailed("honest", &["tcp"])), "over TCP\n");
    assert_eq!(prints(jailed("honest", &["threads", "60"])), "60\n");
    // bubblewrap tells of a signal as shells do.
    let aborted = output(jailed("honest", &["abort"]), "");
    assert_eq!(aborted.status.code(), Some(128 + nix::libc::SIGABRT));
}

#[test]
fn a_program_in_a_jail_does_nothing_else() {
    if is_impossible() {
        return;
    }
    for place in ["/new", "/tmp/new", "/dev/shm/new", "/dev/new", "/proc/self/comm"] {
        assert_ne!(prints(jailed("honest", &["write", place])), "written", "{place}");
    }
    assert_eq!(prints(jailed("honest", &["start", "/program"])), "PermissionDenied\n");
    assert_eq!(prints(jailed("honest", &["become", "/program"])), "PermissionDenied\n");
    let status = prints(jailed("honest", &["read", "/proc/self/status"]));
    for line in ["CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"] {
        assert!(status.contains(line), "{status}");
    }
}

#[test]
fn the_network_of_a_jail_keeps_little() {
    if is_impossible() {
        return;
    }
    for name in ["ipv4/tcp_rmem", "ipv4/tcp_wmem"] {
        let sizes = prints(jailed("honest", &["read", &format!("/proc/sys/net/{name}")]));
        assert_eq!(sizes.split_whitespace().last(), Some("32768"), "{name}: {sizes}");
    }
}

#[test]
fn a_program_in_a_jail_has_sockets_with_paths_only_where_its_lesson_has() {
    if is_impossible() {
        return;
    }
    let tried = output(jailed("honest", &["unix", "/sockets"]), "");
    assert_eq!(tried.status.code(), Some(101), "{tried:?}");
    let with = |words: &[&str]| prints(jailed_with(&["--unix-sockets", "/sockets"], words));
    assert_eq!(with(&["unix", "/sockets"]), "over a path\n");
    assert_eq!(with(&["write", "/sockets/new"]), "PermissionDenied");
    let count: u32 = with(&["sockets", "/sockets"]).trim().parse().unwrap();
    assert!((32..64).contains(&count), "{count}");
}

#[test]
fn a_program_in_a_jail_has_64_threads_whatever_others_run() {
    if is_impossible() {
        return;
    }
    let limits = prints(jailed("honest", &["read", "/proc/self/limits"]));
    let line = limits.lines().find(|line| line.starts_with("Max processes")).unwrap();
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let numbers: Vec<u32> = release.split(['.', '-']).map_while(|part| part.parse().ok()).collect();
    if numbers[..2] < [5, 14][..] {
        return checks::skip_this("before 5.14, Linux counts the user's threads everywhere");
    }
    assert!(line.contains(" 64 "), "{line}");
    let count: u32 = prints(jailed("greedy", &["threads"])).trim().parse().unwrap();
    assert!((48..64).contains(&count), "{count}");
}

/// A program of ours, confined, in both jails; as an ordinary user.
fn jailed(name: &str, words: &[&str]) -> Command {
    let (mut command, confine) = jail(name);
    command.arg("--").args([confine, "--", "/program"]).args(words);
    command
}

/// The same, with options of `confine`.
fn jailed_with(options: &[&str], words: &[&str]) -> Command {
    let (mut command, confine) = jail("honest");
    command.arg("--").arg(confine).args(options).args(["--", "/program"]).args(words);
    command
}

fn jail(name: &str) -> (Command, &'static str) {
    let mut command = Command::new("env");
    if is_root() {
        let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
        command.args(nobody);
    }
    let bwrap = find("bwrap").unwrap_or_default();
    command.arg(&bwrap).args(OUTER).arg(&bwrap).args(INNER).args(["--bind", OUTSIDE, "/sockets"]);
    for folder in ["/lib", "/lib64", "/usr/lib", "/usr/lib64"] {
        if Path::new(folder).exists() {
            command.args(["--ro-bind", folder, folder]);
        }
    }
    command.arg("--ro-bind").arg(CONFINE).arg("/confine");
    command.arg("--ro-bind").arg(program(name)).arg("/program");
    (command, "/confine")
}

/// Whether there are no such jails here; says so.
fn is_impossible() -> bool {
    if find("bwrap").is_none() {
        checks::skip_this("bubblewrap isn't installed");
        return true;
    }
    let (mut command, _) = jail("honest");
    command.args(["--", "/program", "hello"]);
    let tried = output(command, "");
    let is_impossible = !tried.status.success();
    if is_impossible {
        let why = String::from_utf8_lossy(&tried.stderr);
        checks::skip_this(&format!("bubblewrap can't make a jail in a jail here: {}", why.trim()));
    }
    is_impossible
}
