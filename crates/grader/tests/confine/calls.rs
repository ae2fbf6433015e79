//! What the kernel refuses.

use crate::stage::{Stage, confined, prints, program, signal};
use nix::libc::{self, EACCES, EBADF, ENOSYS, EPERM, c_long};
use std::process::Command;

/// A call, with its arguments in the words that the program `calls` understands.
struct Call(c_long, &'static [&'static str]);

impl Call {
    fn word(&self) -> String {
        let arguments = self.1.iter().map(|argument| format!(":{argument}"));
        format!("{}{}", self.0, arguments.collect::<String>())
    }
}

/// O_RDONLY with O_TRUNC, AT_FDCWD and AT_EMPTY_PATH.
const READ_AND_CUT: &str = "512";
const HERE: &str = "-100";
const EMPTY_PATH: &str = "4096";

/// What anyone may do who isn't confined, in most places.
const USUALLY_ALLOWED: &[Call] = &[
    Call(libc::SYS_kill, &["parent", "0"]),
    Call(libc::SYS_tgkill, &["parent", "parent", "0"]),
    Call(libc::SYS_tkill, &["parent", "0"]),
    Call(libc::SYS_kill, &["-1", "0"]),
    Call(libc::SYS_prlimit64, &["parent", "7", "0", "0"]),
    Call(libc::SYS_sched_setaffinity, &["parent", "0", "0"]),
    Call(libc::SYS_fcntl, &["0", "10", "9"]),
    Call(libc::SYS_prctl, &["1", "0"]),
    Call(libc::SYS_personality, &["262144"]),
    Call(libc::SYS_setpriority, &["0", "0", "19"]),
    Call(libc::SYS_setpgid, &["0", "0"]),
    Call(libc::SYS_socket, &["1", "1", "0"]),
    Call(libc::SYS_socket, &["16", "3", "0"]),
    Call(libc::SYS_socketpair, &["1", "2", "0", "0"]),
    Call(libc::SYS_clone, &["17"]),
    Call(libc::SYS_ptrace, &["0"]),
];

/// What mustn't do anything even where somebody may do it. The arguments are wrong on purpose.
const REFUSED: &[Call] = &[
    Call(libc::SYS_rt_sigqueueinfo, &["parent", "0", "0"]),
    Call(libc::SYS_pidfd_send_signal, &["-1", "0", "0", "0"]),
    Call(libc::SYS_process_vm_readv, &["parent"]),
    Call(libc::SYS_process_vm_writev, &["parent"]),
    Call(libc::SYS_pidfd_getfd, &["-1"]),
    Call(libc::SYS_sync, &[]),
    Call(libc::SYS_keyctl, &["0", "-4", "0"]),
    Call(libc::SYS_add_key, &[]),
    Call(libc::SYS_request_key, &[]),
    Call(libc::SYS_bpf, &["-1"]),
    Call(libc::SYS_perf_event_open, &[]),
    Call(libc::SYS_userfaultfd, &["-1"]),
    Call(libc::SYS_quotactl, &["-1"]),
    Call(libc::SYS_open_by_handle_at, &["-1"]),
    Call(libc::SYS_ioctl, &["0", "21522"]),
    Call(libc::SYS_fchmodat, &[HERE, "0"]),
    Call(libc::SYS_fchownat, &[HERE, "0"]),
    Call(libc::SYS_utimensat, &[HERE, "0"]),
    Call(libc::SYS_truncate, &["0"]),
    Call(libc::SYS_openat, &[HERE, "0", READ_AND_CUT]),
    // Another program: by its path, by a descriptor, and by ours but with other flags.
    Call(libc::SYS_execve, &["shell", "0", "0"]),
    Call(libc::SYS_execveat, &["0", "nothing", "0", "0", EMPTY_PATH]),
    Call(libc::SYS_execveat, &[HERE, "shell", "0", "0", "0"]),
    Call(libc::SYS_execveat, &["64", "shell", "0", "0", "0"]),
    // Memory of the kernel's: larger buffers of sockets and pipes, locks on files, rules.
    Call(libc::SYS_setsockopt, &["0", "1", "7"]),
    Call(libc::SYS_setsockopt, &["0", "1", "8"]),
    Call(libc::SYS_setsockopt, &["0", "1", "32"]),
    Call(libc::SYS_setsockopt, &["0", "1", "33"]),
    Call(libc::SYS_fcntl, &["1", "1031", "1048576"]),
    Call(libc::SYS_fcntl, &["0", "6"]),
    Call(libc::SYS_fcntl, &["0", "7"]),
    Call(libc::SYS_fcntl, &["0", "37"]),
    Call(libc::SYS_landlock_create_ruleset, &["0", "0", "1"]),
    Call(libc::SYS_landlock_add_rule, &["0"]),
    // An internet socket, but raw; for ping; and for another protocol.
    Call(libc::SYS_socket, &["2", "3", "1"]),
    Call(libc::SYS_socket, &["2", "2", "1"]),
    Call(libc::SYS_socket, &["2", "1", "132"]),
    Call(libc::SYS_socket, &["10", "524291", "58"]),
    // Packets below the internet; virtual machines; Bluetooth.
    Call(libc::SYS_socket, &["17", "2", "0"]),
    Call(libc::SYS_socket, &["40", "1", "0"]),
    Call(libc::SYS_socket, &["31", "1", "0"]),
    // The kernel looks at the lower half of these only: 1, and TIOCSTI.
    Call(libc::SYS_socket, &["4294967297", "1", "0"]),
    Call(libc::SYS_ioctl, &["0", "4294988818"]),
    // A raw one becomes one for datagrams.
    Call(libc::SYS_socketpair, &["1", "3", "0", "0"]),
];

/// Where a right of root's could be had, or is needed. A compiler can't have it either.
const NEEDS_RIGHTS: &[Call] = &[
    // A process with users of its own, and with a network of its own.
    Call(libc::SYS_clone, &["268435473"]),
    Call(libc::SYS_clone, &["1073741841"]),
    Call(libc::SYS_unshare, &["-1"]),
    Call(libc::SYS_setns, &["-1"]),
    Call(libc::SYS_mount, &["nothing", "root", "nothing", "0", "0"]),
    Call(libc::SYS_chroot, &["root"]),
    Call(libc::SYS_fsopen, &[]),
    Call(libc::SYS_move_mount, &["-1"]),
    Call(libc::SYS_setdomainname, &["0", "-1"]),
    Call(libc::SYS_settimeofday, &["0", "0"]),
    Call(libc::SYS_reboot, &["0", "0"]),
];

const ABSENT: &[Call] = &[
    Call(libc::SYS_clone3, &[]),
    Call(libc::SYS_openat2, &["-1"]),
    Call(libc::SYS_io_uring_setup, &["1", "0"]),
    Call(libc::SYS_io_setup, &["1", "0"]),
    Call(libc::SYS_memfd_create, &["0"]),
    Call(libc::SYS_shmget, &["0", "4096", "896"]),
    Call(libc::SYS_semget, &["0", "1", "896"]),
    Call(libc::SYS_msgget, &["0", "896"]),
    Call(libc::SYS_mq_open, &["0"]),
    // What Linux has had since 6.13, and may have one day; the numbers of x32.
    Call(464, &[]),
    Call(500, &[]),
    Call(0x4000_0000 + 39, &[]),
    Call(-1, &[]),
];

#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[Call] = &[
    Call(libc::SYS_fork, &[]),
    Call(libc::SYS_modify_ldt, &["-1"]),
    Call(libc::SYS_chmod, &[]),
    Call(libc::SYS_chown, &[]),
    Call(libc::SYS_utimes, &[]),
    Call(libc::SYS_open, &["0", READ_AND_CUT]),
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[Call] = &[];

#[test]
fn a_program_is_refused_what_could_reach_beyond_it() {
    let stage = Stage::new();
    let all = [USUALLY_ALLOWED, REFUSED, REFUSED_HERE, NEEDS_RIGHTS];
    let all = all.map(|calls| all_fail(&stage, calls, EPERM));
    assert_eq!(all.concat(), Vec::<String>::new());
}

/// Whoever starts it: here that may be root.
#[test]
fn neither_a_program_nor_a_compiler_has_rights_or_gets_any() {
    for options in [&["--purpose", "run"], &["--purpose", "compile"]] {
        let status = prints(confined(options, "honest", &["read", "/proc/self/status"]));
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert!(status.contains(&format!("{set}:\t0000000000000000\n")), "{status}");
        }
        let words = words(NEEDS_RIGHTS);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let tried = prints(confined(options, "calls", &words));
        assert_eq!(tried, format!("{EPERM}\n").repeat(words.len()), "{options:?}");
    }
}

#[test]
fn what_could_get_around_a_filter_is_absent() {
    assert_eq!(all_fail(&Stage::new(), ABSENT, ENOSYS), Vec::<String>::new());
}

/// Otherwise the tests above would prove nothing.
#[test]
fn without_confine_much_of_it_is_allowed() {
    let mut command = Command::new(program("calls"));
    command.args(USUALLY_ALLOWED.iter().map(Call::word));
    let text = prints(command);
    let allowed = text.lines().filter(|&line| line == "ok").count();
    assert!(allowed * 2 > USUALLY_ALLOWED.len(), "{text}");
}

/// The filter lets these through: the kernel ignores the descriptor if there is a path from the
/// root.
#[test]
fn what_could_get_around_the_filter_starts_no_other_program() {
    let stage = Stage::new();
    let gone = Call(libc::SYS_execveat, &["64", "nothing", "0", "0", EMPTY_PATH]);
    assert_eq!(results(&stage, &words(&[gone])), [EBADF.to_string()]);
    let shell = Call(libc::SYS_execveat, &["64", "shell", "0", "0", EMPTY_PATH]);
    assert_eq!(results(&stage, &words(&[shell])), [EACCES.to_string()]);
}

#[test]
fn a_program_stays_the_program_that_it_is() {
    let stage = Stage::new();
    for other in ["/bin/true", "/proc/self/exe"] {
        assert_eq!(stage.prints("honest", &["become", other]), "PermissionDenied\n", "{other}");
    }
}

#[test]
fn a_program_may_do_to_itself_what_it_likes() {
    let calls = [
        Call(libc::SYS_kill, &["self", "0"]),
        Call(libc::SYS_tgkill, &["self", "self", "0"]),
        Call(libc::SYS_prlimit64, &["0", "7", "0", "0"]),
        Call(libc::SYS_personality, &["4294967295"]),
        Call(libc::SYS_getpid, &[]),
    ];
    assert_eq!(results(&Stage::new(), &words(&calls)), ["ok"; 5]);
}

#[test]
fn a_call_in_the_way_of_another_architecture_ends_the_program() {
    let mut free = Command::new(program("calls"));
    free.arg("i386");
    if !cfg!(target_arch = "x86_64") || signal(free).is_some() {
        return checks::skip_this("this system has no calls in the way of i386");
    }
    assert_eq!(signal(confined(&[], "calls", &["i386"])), Some(libc::SIGSYS));
}

/// The calls that didn't fail with this error.
fn all_fail(stage: &Stage, calls: &[Call], error: i32) -> Vec<String> {
    let words = words(calls);
    let results = results(stage, &words);
    let wrong = words.iter().zip(&results).filter(|(_, result)| **result != error.to_string());
    wrong.map(|(word, result)| format!("{word} gave {result}")).collect()
}

/// What comes of each call.
fn results(stage: &Stage, words: &[String]) -> Vec<String> {
    let text = stage.prints("calls", &words.iter().map(String::as_str).collect::<Vec<_>>());
    let results: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(results.len(), words.len(), "{text}");
    results
}

fn words(calls: &[Call]) -> Vec<String> {
    calls.iter().map(Call::word).collect()
}
