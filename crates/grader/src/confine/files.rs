//! What a program may read and write: landlock, as far as the kernel has it.
//!
//! Networks are left alone: a program needs UDP and TCP on loopback, and landlock knows ports only.

use super::order::{Order, Purpose};
use anyhow::{Context, Result};
use landlock::{
    ABI, Access, AccessFs, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, Scope,
};
use std::path::Path;

/// The newest rules that were tried with this program. Older kernels enforce what they know.
const ABI_KNOWN: ABI = ABI::V9;

/// What a compiler needs beside the libraries: the linker.
const TOOLS: &[&str] = &["/usr/bin", "/usr/libexec", "/bin", "/etc/alternatives"];

/// What a system needs to start programs, to look up names and to find the time. All of it is
/// the same for everybody. `/proc/self` is us, and then PROGRAM, but never another process.
const SYSTEM: &[&str] = &[
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/localtime",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/sys/kernel/mm",
];

/// Restricts this process, as far as the kernel can. `loader` is what starts the program.
pub fn restrict(order: &Order, loader: Option<&Path>) -> Result<()> {
    let failed = "cannot restrict access to files (landlock)";
    let mut rules = create().context(failed)?;
    let start = AccessFs::from_read(ABI_KNOWN);
    let read = if order.purpose == Purpose::Run { start & !AccessFs::Execute } else { start };
    if order.readable.is_empty() {
        rules = allow(rules, Path::new("/"), read)?;
    } else {
        let tools = if order.purpose == Purpose::Compile { TOOLS } else { &[] };
        let system = SYSTEM.iter().chain(tools).map(Path::new);
        for place in system.filter(|place| place.exists()) {
            rules = allow(rules, place, read)?;
        }
        for place in &order.readable {
            rules = allow(rules, place, read)?;
        }
    }
    for place in [order.program.as_path()].into_iter().chain(loader) {
        rules = allow(rules, place, start)?;
    }
    let nowhere = Path::new("/dev/null");
    if nowhere.exists() {
        rules = allow(rules, nowhere, AccessFs::ReadFile | AccessFs::WriteFile)?;
    }
    for place in &order.writable {
        rules = allow(rules, place, writing())?;
    }
    if let Some(folder) = &order.unix_sockets {
        rules = allow(rules, folder, for_sockets())?;
    }
    rules.restrict_self().context(failed)?;
    Ok(())
}

fn create() -> Result<RulesetCreated, landlock::RulesetError> {
    let files = || Ruleset::default().handle_access(AccessFs::from_all(ABI_KNOWN));
    // Kernels exist that announce a newer landlock and don't know its scopes.
    files()?.scope(Scope::from_all(ABI_KNOWN))?.create().or_else(|_| files()?.create())
}

/// Neither devices nor programs: what was written there isn't to be run.
fn writing() -> BitFlags<AccessFs> {
    let never = AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev;
    AccessFs::from_all(ABI_KNOWN) & !never
}

/// Sockets, made and removed, and nothing with bytes in it.
fn for_sockets() -> BitFlags<AccessFs> {
    AccessFs::MakeSock | AccessFs::RemoveFile | AccessFs::ReadDir | AccessFs::ResolveUnix
}

fn allow(
    rules: RulesetCreated,
    place: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated> {
    let failed = || format!("cannot allow access to {}: is it there?", place.display());
    let opened = PathFd::new(place).with_context(failed)?;
    // For a single file, landlock's crate leaves out what makes sense for folders only.
    rules.add_rule(PathBeneath::new(opened, access)).with_context(failed)
}
