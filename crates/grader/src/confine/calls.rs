//! What a program may ask of the kernel: seccomp.
//!
//! Most calls are allowed, and those below are refused. A list of what is allowed would have to
//! follow every libc and every language; this one only has to follow Linux, and can't fall behind:
//! whatever is newer than [`NEWEST`] doesn't exist for the program, until somebody has looked at
//! it. Calls of other architectures (32 bits on x86_64 and aarch64) end the process; x32 has
//! numbers above all others, so those don't exist either.
//!
//! A refused call fails with EPERM, as it does without the right to make it. A call that programs
//! try first, and replace when it isn't there, fails with ENOSYS, as in a kernel without it.

mod conditions;
mod tables;

use super::order::{Order, Purpose};
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::libc::{self, c_long};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch, apply_filter, sock_filter,
};
use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::os::fd::RawFd;

/// Linux 6.10, of 2024. Before this is raised, look at each new call, on every architecture:
/// does it belong into a table?
const NEWEST: c_long = libc::SYS_mseal;

/// Each call that may be refused, with the conditions of which one must hold (none: always).
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Refuses calls for good. No rule can be taken back, by anyone. What is left to be started is the
/// program of this descriptor.
pub fn refuse(order: &Order, descriptor: RawFd) -> Result<()> {
    let mut absent = filter(SeccompAction::Errno(Errno::ENOSYS as u32), always(tables::ABSENT))?;
    let mut program = up_to(NEWEST)?;
    program.append(&mut absent);
    apply(&program)?;
    let mut rules = conditions::of(order, descriptor)?;
    // Whatever is refused always must come last: it replaces the conditions of its call.
    rules.extend(always(tables::REFUSED));
    rules.extend(match order.purpose {
        Purpose::Run => always(tables::REFUSED_TO_ONE_PROCESS),
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
