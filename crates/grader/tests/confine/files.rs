//! What a program can read and write, and which files it starts with.

use crate::stage::{CONFINE, Stage, confined, prints, program};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::{self, Command};

#[test]
fn only_what_is_writable_can_be_written() {
    let stage = Stage::new();
    let inside = stage.path("scratch/new");
    let outside = stage.path("new");
    assert_eq!(stage.prints("honest", &["write", inside.to_str().unwrap()]), "written");
    assert_eq!(stage.prints("honest", &["write", "/dev/null"]), "written");
    assert_eq!(stage.prints("honest", &["write", outside.to_str().unwrap()]), "PermissionDenied");
    assert!(!outside.exists());
    // umask
    assert_eq!(inside.metadata().unwrap().mode() & 0o777, 0o600);
}

#[test]
fn without_readable_all_that_is_visible_can_be_read() {
    let stage = Stage::new();
    fs::write(stage.path("notes"), "some notes").unwrap();
    let notes = stage.path("notes");
    assert_eq!(stage.prints("honest", &["read", notes.to_str().unwrap()]), "some notes");
}

#[test]
fn with_readable_nothing_else_can_be_read() {
    let stage = Stage::new();
    fs::create_dir(stage.path("folder")).unwrap();
    fs::write(stage.path("folder/notes"), "some notes").unwrap();
    fs::write(stage.path("secret"), "a secret").unwrap();
    let folder = stage.path("folder");
    let folder = folder.to_str().unwrap();
    let read = |path: &str| prints(confined(&["--readable", folder], "honest", &["read", path]));
    assert_eq!(read(&format!("{folder}/notes")), "some notes");
    assert_eq!(read(&format!("{folder}/../secret")), "PermissionDenied");
    assert_eq!(read("/etc/passwd"), "PermissionDenied");
    assert_eq!(read(&format!("/proc/{}/environ", process::id())), "PermissionDenied");
    assert_ne!(read("/etc/hosts"), "PermissionDenied");
    assert!(read("/proc/self/status").contains("NoNewPrivs:\t1"));
    let list = prints(confined(&["--readable", folder], "honest", &["list", "/"]));
    assert_eq!(list, "PermissionDenied");
}

#[test]
fn a_writable_folder_can_be_read_but_nothing_in_it_be_started() {
    let stage = Stage::new();
    let scratch = stage.path("scratch");
    let copy = scratch.join("program");
    fs::hard_link(program("greedy"), &copy).unwrap();
    fs::write(scratch.join("notes"), "some notes").unwrap();
    let scratch = scratch.to_str().unwrap();
    let options = ["--readable", "/usr", "--writable", scratch];
    let read = confined(&options, "honest", &["read", &format!("{scratch}/notes")]);
    assert_eq!(prints(read), "some notes");
    let options = [&["--purpose", "compile"], &options[..]].concat();
    let start = confined(&options, "honest", &["start", copy.to_str().unwrap()]);
    assert_eq!(prints(start), "PermissionDenied\n");
}

#[test]
fn inherited_descriptors_are_closed() {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "exec \"$@\" 3</etc/passwd 7</etc/passwd 9>/dev/null", "sh"]);
    let mut free = Command::new(shell.get_program());
    free.args(shell.get_args()).arg(program("honest")).args(["list", "/proc/self/fd"]);
    let inherited = prints(free);
    assert!(["3", "7", "9"].iter().all(|fd| inherited.lines().any(|line| line == *fd)));
    shell.arg(CONFINE).arg("--").arg(program("honest"));
    shell.args(["list", "/proc/self/fd"]);
    // The last one is the list itself.
    assert_eq!(prints(shell), "0\n1\n2\n3\n");
}

#[test]
fn a_program_ends_with_its_parent() {
    use std::io::{BufRead, BufReader, Read};
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "\"$@\" & wait", "sh"]).arg(CONFINE).arg("--");
    shell.arg(program("honest")).arg("wait");
    let mut shell = shell.stdout(process::Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(shell.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "waiting\n");
    let start = std::time::Instant::now();
    shell.kill().unwrap();
    shell.wait().unwrap();
    // It ends when nobody can write any more. The program would wait for a minute.
    stdout.read_to_end(&mut Vec::new()).unwrap();
    assert!(start.elapsed().as_secs() < 30);
}
