//! What a student's program may do works as if nobody watched.

use crate::stage::{CONFINE, Stage, confined, output, prints, signal};
use nix::libc;
use std::path::Path;
use std::process::Command;

#[test]
fn udp_and_tcp_work_on_loopback() {
    let stage = Stage::new();
    assert_eq!(stage.prints("honest", &["udp"]), "over UDP\n");
    assert_eq!(stage.prints("honest", &["tcp"]), "over TCP\n");
}

#[test]
fn names_are_looked_up() {
    let stage = Stage::new();
    assert_eq!(stage.prints("honest", &["lookup"]), "true\n");
    let options = ["--readable", "/usr"];
    assert_eq!(prints(confined(&options, "honest", &["lookup"])), "true\n");
}

#[test]
fn sixty_threads_run_at_once() {
    assert_eq!(Stage::new().prints("honest", &["threads", "60"]), "60\n");
}

#[test]
fn stdin_is_read_to_its_end() {
    let output = output(confined(&[], "honest", &["stdin"]), "a line\nanother\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a line\nanother\n");
}

#[test]
fn a_panic_ends_with_101() {
    let output = output(confined(&[], "honest", &["panic"]), "");
    assert_eq!(output.status.code(), Some(101));
    assert!(String::from_utf8_lossy(&output.stderr).contains("as any program may"));
}

#[test]
fn an_abort_is_seen_as_sigabrt() {
    for how in ["abort", "abort in a thread"] {
        assert_eq!(signal(confined(&[], "honest", &[how])), Some(libc::SIGABRT), "{how}");
    }
}

#[test]
fn a_program_starts_no_other() {
    assert_eq!(Stage::new().prints("honest", &["start", "/bin/true"]), "PermissionDenied\n");
}

#[test]
fn the_environment_is_kept_but_for_one_variable() {
    let mut command = confined(&[], "honest", &["environment"]);
    command.env_clear().env("WORD", "word");
    assert_eq!(prints(command), "WORD=word\nMALLOC_ARENA_MAX=1\n");
}

#[test]
fn a_program_in_python_works_too() {
    let python = Path::new("/usr/bin/python3");
    if !python.exists() {
        return checks::skip_this("/usr/bin/python3 isn't installed");
    }
    let script = "import socket, threading\n\
        a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
        a.bind(('localhost', 0))\n\
        threads = [threading.Thread(target=a.sendto, args=(b'x', a.getsockname())) for _ in 'abc']\n\
        [thread.start() for thread in threads]\n\
        print([a.recv(9) for _ in threads])";
    let mut command = Command::new(CONFINE);
    command.args(["--readable", "/usr", "--"]).arg(python).args(["-c", script]);
    assert_eq!(prints(command), "[b'x', b'x', b'x']\n");
}
