//! Each limit is reached, and holds.

use crate::stage::{CONFINE, Stage, confined, output, prints, program, signal};
use nix::libc;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

#[test]
fn memory_ends_below_512_mib() {
    let taken: u32 = Stage::new().prints("greedy", &["memory"]).trim().parse().unwrap();
    assert!((400..512).contains(&taken), "{taken} MiB");
}

#[test]
fn a_file_ends_at_4_mib() {
    let stage = Stage::new();
    let (scratch, file) = (stage.path("scratch"), stage.path("scratch/file"));
    let options = ["--writable", scratch.to_str().unwrap()];
    let command = confined(&options, "greedy", &["file", file.to_str().unwrap()]);
    assert_eq!(signal(command), Some(libc::SIGXFSZ));
    assert_eq!(file.metadata().unwrap().len(), 4 << 20);
}

#[test]
fn there_are_64_descriptors() {
    // Three of them are stdin, stdout and stderr.
    assert_eq!(Stage::new().prints("greedy", &["descriptors"]), "61\n");
}

#[test]
fn a_lesson_that_needs_more_gets_it() {
    let options = ["--tasks", "100", "--descriptors", "200", "--memory", "1024"];
    let limits = prints(confined(&options, "honest", &["read", "/proc/self/limits"]));
    assert_eq!(values(&limits, "Max open files")[..2], ["200", "200"]);
    assert_eq!(values(&limits, "Max address space")[0], "1073741824");
    assert!(values(&limits, "Max processes")[0].parse::<u32>().unwrap() >= 100);
    assert_eq!(prints(confined(&options, "greedy", &["descriptors"])), "197\n");
}

/// The limit of `confine` is 30 seconds, which a test can't wait for.
#[test]
fn a_lower_limit_that_was_inherited_stays() {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "ulimit -t 1; exec \"$@\"", "sh"]).arg(CONFINE);
    shell.arg("--").arg(program("greedy")).arg("time");
    let output = output(shell, "");
    // The kernel looks at the time at its ticks, so either limit may be seen first.
    let signal = output.status.signal();
    assert!([Some(libc::SIGKILL), Some(libc::SIGXCPU)].contains(&signal), "{output:?}");
}

#[test]
fn the_kernel_knows_all_limits() {
    let stage = Stage::new();
    let limits = stage.prints("honest", &["read", "/proc/self/limits"]);
    for (name, soft, hard) in [
        ("Max cpu time", "30", "31"),
        ("Max file size", "4194304", "4194304"),
        ("Max stack size", "8388608", "8388608"),
        ("Max core file size", "0", "0"),
        ("Max open files", "64", "64"),
        ("Max locked memory", "0", "0"),
        ("Max address space", "536870912", "536870912"),
        ("Max msgqueue size", "0", "0"),
        ("Max pending signals", "256", "256"),
        ("Max nice priority", "0", "0"),
        ("Max realtime priority", "0", "0"),
    ] {
        assert_eq!(values(&limits, name)[..2], [soft, hard], "{name}");
    }
    let processes = values(&limits, "Max processes");
    assert!(processes[0].parse::<u32>().unwrap() >= 64, "{processes:?}");
    assert_eq!(processes[0], processes[1]);
}

#[test]
fn a_compiler_has_other_limits() {
    let words = ["read", "/proc/self/limits"];
    let limits = prints(confined(&["--purpose", "compile"], "honest", &words));
    assert_eq!(values(&limits, "Max cpu time")[..2], ["10", "11"]);
    assert_eq!(values(&limits, "Max file size")[0], "67108864");
    assert_eq!(values(&limits, "Max open files")[0], "64");
    assert_eq!(values(&limits, "Max address space")[0], "3221225472");
}

/// The soft and the hard limit, and maybe their unit.
fn values<'a>(limits: &'a str, name: &str) -> Vec<&'a str> {
    let line = limits.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {limits}")).split_whitespace().collect()
}
