//! The calls whose arguments decide. The kernel reads 32 bits of each argument that is compared
//! here, and so do these conditions.

use super::Rules;
use crate::confine::order::{Order, Purpose};
use anyhow::{Context, Result};
use nix::libc::{self, c_long};
use seccompiler::SeccompCmpOp::{Eq, MaskedEq, Ne};
use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};
use std::os::fd::RawFd;
use std::process;

/// `clone`: new namespaces, of which the one for time can't be asked for in this way.
const NAMESPACES: &[i32] = &[
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

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

pub fn of(order: &Order, program: RawFd) -> Result<Rules> {
    let mut rules = Rules::new();
    for &flag in NAMESPACES {
        let flag = word(flag);
        refuse(&mut rules, libc::SYS_clone, &[(0, MaskedEq(flag), flag)])?;
    }
    refuse(&mut rules, libc::SYS_personality, &[(0, Ne, 0), (0, Ne, ASKS)])?;
    for request in TYPING {
        refuse(&mut rules, libc::SYS_ioctl, &[(1, Eq, request)])?;
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
        refuse(rules, libc::SYS_socket, &socket)?;
    }
    // One for datagrams could be connected again, to a path.
    let pairs = [among(0, &[libc::AF_UNIX]), kinds(libc::SOCK_STREAM, libc::SOCK_SEQPACKET)];
    for pair in pairs {
        refuse(rules, libc::SYS_socketpair, &pair)?;
    }
    Ok(())
}

/// No second process, and nothing done to others. The number of this process stays.
fn one_process(rules: &mut Rules) -> Result<()> {
    let own = u64::from(process::id());
    let thread = word(libc::CLONE_THREAD);
    refuse(rules, libc::SYS_clone, &[(0, MaskedEq(thread), 0)])?;
    for call in [
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_tgkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
    ] {
        refuse(rules, call, &[(0, Ne, own)])?;
    }
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ] {
        refuse(rules, call, &[(0, Ne, 0), (0, Ne, own)])?;
    }
    for command in OWNING_FILES {
        refuse(rules, libc::SYS_fcntl, &[(1, Eq, command)])?;
    }
    for request in OWNING {
        refuse(rules, libc::SYS_ioctl, &[(1, Eq, request)])?;
    }
    refuse(rules, libc::SYS_prctl, &[(0, Eq, word(libc::PR_SET_PDEATHSIG))])
}

/// No other program in place of this one. The descriptor is closed when it starts, and so far above
/// the limit on descriptors that it can't be opened again. A path that begins at the root counts
/// whatever the descriptor is; landlock lets nothing be started by one.
fn one_program(rules: &mut Rules, program: RawFd) -> Result<()> {
    refuse(rules, libc::SYS_execveat, &[(0, Ne, word(program))])?;
    refuse(rules, libc::SYS_execveat, &[(4, Ne, word(libc::AT_EMPTY_PATH))])
}

/// Memory of the kernel's that counts as nobody's: larger buffers than all have, and locks on
/// parts of files, of which there may be any number.
fn little_memory(rules: &mut Rules) -> Result<()> {
    let socket = word(libc::SOL_SOCKET);
    for buffer in
        [libc::SO_SNDBUF, libc::SO_RCVBUF, libc::SO_SNDBUFFORCE, libc::SO_RCVBUFFORCE].map(word)
    {
        refuse(rules, libc::SYS_setsockopt, &[(1, Eq, socket), (2, Eq, buffer)])?;
    }
    let locks = [libc::F_SETLK, libc::F_SETLKW, libc::F_OFD_SETLK, libc::F_OFD_SETLKW];
    for command in locks.into_iter().chain([libc::F_SETPIPE_SZ]).map(word) {
        refuse(rules, libc::SYS_fcntl, &[(1, Eq, command)])?;
    }
    Ok(())
}

/// Until Linux 6.2, landlock lets who opens a file to read it cut it off.
fn one_view_of_files(rules: &mut Rules) -> Result<()> {
    let (mode, cut) = (word(libc::O_ACCMODE | libc::O_TRUNC), word(libc::O_TRUNC));
    #[cfg(target_arch = "x86_64")]
    refuse(rules, libc::SYS_open, &[(1, MaskedEq(mode), cut)])?;
    refuse(rules, libc::SYS_openat, &[(2, MaskedEq(mode), cut)])
}

/// The number of an argument, how it is compared, and with what.
type Condition = (u8, SeccompCmpOp, u64);

/// Refuses a call if all of the conditions hold.
fn refuse(rules: &mut Rules, call: c_long, conditions: &[Condition]) -> Result<()> {
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
