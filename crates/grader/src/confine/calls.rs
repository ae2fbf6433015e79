//! What a program may ask of the kernel: seccomp.
//!
//! Most calls are allowed, and those below are refused. A list of what is allowed would have to
//! follow every libc and every language; this one only has to follow Linux, and can't fall behind:
//! whatever is newer than [`NEWEST`] doesn't exist for the program, until somebody has looked at
//! it. Calls of other architectures (32 bits on x86_64 and aarch64) end the process; x32 has
//! numbers above all others, so those don't exist either.
//!
//! Calls that are for root alone need no rule: the kernel refuses them, since whoever is confined has
//! none of root's rights, and the ways to get any are closed here.
//!
//! A refused call fails with EPERM, as it does without the right to make it. A call that programs
//! try first, and replace when it isn't there, fails with ENOSYS, as in a kernel without it.

use super::order::{Order, Purpose};
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::libc::{self, c_long};
use seccompiler::SeccompCmpOp::{self, Eq, MaskedEq, Ne};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter, sock_filter,
};
use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::os::fd::RawFd;
use std::process;

/// Linux 6.10, of 2024. Before this is raised, look at each new call, on every architecture:
/// does it belong into a table?
const NEWEST: c_long = libc::SYS_mseal;

/// Each call that may be refused, with the conditions of which one must hold (none: always).
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Refuses calls for good. No rule can be taken back, by anyone. What is left to be started is the
/// program of this descriptor.
pub fn refuse(order: &Order, descriptor: RawFd) -> Result<()> {
    let mut absent = filter(SeccompAction::Errno(Errno::ENOSYS as u32), always(ABSENT))?;
    let mut program = up_to(NEWEST)?;
    program.append(&mut absent);
    apply(&program)?;
    let mut rules = conditions(order, descriptor)?;
    // Whatever is refused always must come last: it replaces the conditions of its call.
    rules.extend(always(REFUSED));
    rules.extend(match order.purpose {
        Purpose::Run => always(REFUSED_TO_ONE_PROCESS),
        Purpose::Compile => always(&[libc::SYS_socket]),
    });
    apply(&filter(SeccompAction::Errno(Errno::EPERM as u32), rules)?)
}

fn always(calls: &[c_long]) -> Rules {
    calls.iter().map(|&call| (call, Vec::new())).collect()
}

fn filter(action: SeccompAction, rules: Rules) -> Result<BpfProgram> {
    let failed = || format!("cannot filter system calls on {ARCH}; x86_64 and aarch64 are known");
    let architecture = TargetArch::try_from(ARCH).with_context(failed)?;
    let described = SeccompFilter::new(rules, SeccompAction::Allow, action, architecture);
    described.and_then(BpfProgram::try_from).with_context(failed)
}

/// The beginning of a filter: a call with a greater number doesn't exist.
///
/// seccompiler compares arguments, but not the call itself; these are the three instructions that
/// it would need.
fn up_to(newest: c_long) -> Result<BpfProgram> {
    let newest = u32::try_from(newest).context("a system call has a number out of range")?;
    let absent = u32::from(SeccompAction::Errno(Errno::ENOSYS as u32));
    Ok(vec![
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, NUMBER)?,
        instruction(libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K, 1, newest)?,
        instruction(libc::BPF_RET | libc::BPF_K, 0, absent)?,
    ])
}

/// Where the kernel's description of a call has the call's number.
const NUMBER: u32 = 0;

fn instruction(code: u32, skip_if_false: u8, operand: u32) -> Result<sock_filter> {
    let code = u16::try_from(code).context("an instruction of a filter is out of range")?;
    Ok(sock_filter { code, jt: 0, jf: skip_if_false, k: operand })
}

fn apply(program: &BpfProgram) -> Result<()> {
    apply_filter(program).context("cannot filter system calls: is seccomp missing in this kernel?")
}

/// `ioctl`: types into a terminal (`TIOCSTI`, `TIOCLINUX`).
const TYPING: [u64; 2] = [0x5412, 0x541c];

/// `ioctl`: a signal to another process when data comes (`FIOSETOWN`, `SIOCSPGRP`).
const OWNING: [u64; 2] = [0x8901, 0x8902];

/// `fcntl`: the same.
const OWNING_FILES: [u64; 3] = [F_SETOWN, F_SETSIG, F_SETOWN_EX];
const F_SETOWN: u64 = 8;
const F_SETSIG: u64 = 10;
const F_SETOWN_EX: u64 = 15;

/// `personality`: asks for the present one.
const ASKS: u64 = 0xffff_ffff;

/// The calls whose arguments decide. The kernel reads 32 bits of each argument that is compared
/// here, and so do these conditions.
fn conditions(order: &Order, program: RawFd) -> Result<Rules> {
    let mut rules = Rules::new();
    // Whoever makes a namespace of users has all of root's rights in it.
    let users = word(libc::CLONE_NEWUSER);
    refuse_if(&mut rules, libc::SYS_clone, &[(0, MaskedEq(users), users)])?;
    refuse_if(&mut rules, libc::SYS_personality, &[(0, Ne, 0), (0, Ne, ASKS)])?;
    for request in TYPING {
        refuse_if(&mut rules, libc::SYS_ioctl, &[(1, Eq, request)])?;
    }
    sockets(&mut rules, order.unix_sockets.is_some())?;
    if order.purpose == Purpose::Run {
        one_process(&mut rules)?;
        one_program(&mut rules, program)?;
        little_memory(&mut rules)?;
        one_view_of_files(&mut rules)?;
    }
    Ok(rules)
}

/// UDP and TCP, and pairs of connected sockets.
///
/// Sockets that have a path could reach services of the host, so there are none but for a lesson
/// about them, in a jail without such services. The C library asks one for names, and then `netlink`
/// for addresses; it does without both.
fn sockets(rules: &mut Rules, with_paths: bool) -> Result<()> {
    let among = |argument, allowed: &[i32]| -> Vec<Condition> {
        allowed.iter().map(|&value| (argument, Ne, word(value))).collect()
    };
    let kinds = |first: i32, second: i32| {
        let flags = [0, libc::SOCK_CLOEXEC, libc::SOCK_NONBLOCK];
        let flags = flags.iter().chain(&[libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK]);
        let kinds: Vec<i32> = flags.flat_map(|flag| [first | flag, second | flag]).collect();
        among(1, &kinds)
    };
    let protocols = [0, libc::IPPROTO_TCP, libc::IPPROTO_UDP];
    let families: &[i32] = &[libc::AF_INET, libc::AF_INET6, libc::AF_UNIX];
    let families = if with_paths { families } else { &[libc::AF_INET, libc::AF_INET6] };
    for socket in
        [among(0, families), kinds(libc::SOCK_STREAM, libc::SOCK_DGRAM), among(2, &protocols)]
    {
        refuse_if(rules, libc::SYS_socket, &socket)?;
    }
    // One for datagrams could be connected again, to a path.
    let pairs = [among(0, &[libc::AF_UNIX]), kinds(libc::SOCK_STREAM, libc::SOCK_SEQPACKET)];
    for pair in pairs {
        refuse_if(rules, libc::SYS_socketpair, &pair)?;
    }
    Ok(())
}

/// No second process, and nothing done to others. The number of this process stays.
fn one_process(rules: &mut Rules) -> Result<()> {
    let own = u64::from(process::id());
    let thread = word(libc::CLONE_THREAD);
    refuse_if(rules, libc::SYS_clone, &[(0, MaskedEq(thread), 0)])?;
    for call in [
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_tgkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
    ] {
        refuse_if(rules, call, &[(0, Ne, own)])?;
    }
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ] {
        refuse_if(rules, call, &[(0, Ne, 0), (0, Ne, own)])?;
    }
    for command in OWNING_FILES {
        refuse_if(rules, libc::SYS_fcntl, &[(1, Eq, command)])?;
    }
    for request in OWNING {
        refuse_if(rules, libc::SYS_ioctl, &[(1, Eq, request)])?;
    }
    refuse_if(rules, libc::SYS_prctl, &[(0, Eq, word(libc::PR_SET_PDEATHSIG))])
}

/// No other program in place of this one. The descriptor is closed when it starts, and so far above
/// the limit on descriptors that it can't be opened again. A path that begins at the root counts
/// whatever the descriptor is; landlock lets nothing be started by one.
fn one_program(rules: &mut Rules, program: RawFd) -> Result<()> {
    refuse_if(rules, libc::SYS_execveat, &[(0, Ne, word(program))])?;
    refuse_if(rules, libc::SYS_execveat, &[(4, Ne, word(libc::AT_EMPTY_PATH))])
}

/// Memory of the kernel's that counts as nobody's: larger buffers than all have, and locks on
/// parts of files, of which there may be any number.
fn little_memory(rules: &mut Rules) -> Result<()> {
    let socket = word(libc::SOL_SOCKET);
    for buffer in
        [libc::SO_SNDBUF, libc::SO_RCVBUF, libc::SO_SNDBUFFORCE, libc::SO_RCVBUFFORCE].map(word)
    {
        refuse_if(rules, libc::SYS_setsockopt, &[(1, Eq, socket), (2, Eq, buffer)])?;
    }
    let locks = [libc::F_SETLK, libc::F_SETLKW, libc::F_OFD_SETLK, libc::F_OFD_SETLKW];
    for command in locks.into_iter().chain([libc::F_SETPIPE_SZ]).map(word) {
        refuse_if(rules, libc::SYS_fcntl, &[(1, Eq, command)])?;
    }
    Ok(())
}

/// Until Linux 6.2, landlock lets who opens a file to read it cut it off.
fn one_view_of_files(rules: &mut Rules) -> Result<()> {
    let (mode, cut) = (word(libc::O_ACCMODE | libc::O_TRUNC), word(libc::O_TRUNC));
    #[cfg(target_arch = "x86_64")]
    refuse_if(rules, libc::SYS_open, &[(1, MaskedEq(mode), cut)])?;
    refuse_if(rules, libc::SYS_openat, &[(2, MaskedEq(mode), cut)])
}

/// The number of an argument, how it is compared, and with what.
type Condition = (u8, SeccompCmpOp, u64);

/// Refuses a call if all of the conditions hold.
fn refuse_if(rules: &mut Rules, call: c_long, conditions: &[Condition]) -> Result<()> {
    let failed = || format!("cannot describe when system call {call} is refused");
    let compare = |(argument, how, value): &Condition| {
        SeccompCondition::new(*argument, SeccompCmpArgLen::Dword, how.clone(), *value)
    };
    let conditions: Result<Vec<_>, _> = conditions.iter().map(compare).collect();
    let rule = SeccompRule::new(conditions.with_context(failed)?).with_context(failed)?;
    rules.entry(call).or_default().push(rule);
    Ok(())
}

/// A flag or a number of libc's, as 32 bits.
fn word(value: i32) -> u64 {
    u64::from(value.cast_unsigned())
}

/// What doesn't exist for a program; libraries know what to do without.
const ABSENT: &[c_long] = &[
    // Its flags are in memory, where a filter can't see them. glibc takes `clone` then.
    libc::SYS_clone3,
    // So are those of this one; everybody has `openat`.
    libc::SYS_openat2,
    // They do other calls' work past every filter.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // The whole system shares a limited number of these.
    libc::SYS_io_setup,
    // Memory that no limit counts, and that may outlive the program.
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
];

/// What neither a program nor a compiler has to do.
const REFUSED: &[c_long] = &[
    // Looking into other processes, or steering them.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_perf_event_open,
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    // A namespace of users, in which it would have root's rights.
    libc::SYS_unshare,
    libc::SYS_setns,
    // Files past their paths, and news of them.
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    // Keys, which outlive a program.
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // The system as a whole.
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    // Everybody waits for the disk then.
    libc::SYS_sync,
    libc::SYS_syncfs,
    // Memory and time of other processes.
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    libc::SYS_ioprio_set,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
];

/// What a program that is one process, and leaves files as they are, doesn't have to do either.
///
/// Landlock decides about the contents of files, but not about the rest of them.
const REFUSED_TO_ONE_PROCESS: &[c_long] = &[
    // The one that starts it goes by its descriptor.
    libc::SYS_execve,
    // Rules are memory of the kernel's, and there may be any number.
    libc::SYS_landlock_create_ruleset,
    libc::SYS_landlock_add_rule,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
    // It would leave the group of processes that is ended with it.
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_setpriority,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    FCHMODAT2,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    // Landlock knows this one since Linux 6.2.
    libc::SYS_truncate,
];

/// The `libc` crate doesn't have it everywhere; new calls have the same number on all systems.
const FCHMODAT2: c_long = 452;
