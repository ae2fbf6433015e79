//! Nothing is left behind: the programs that we start end when we do, however we end.
//!
//! The system sees to that, and not code of ours that runs at the end: Ctrl-C, a panic and SIGKILL
//! would pass it by. Unix has process groups for it, and Windows has job objects.
//!
//! Where cargo is, where it puts programs, and which processes there are, stands here, too.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::{env, fs, io};
#[cfg(unix)]
use unix::Group as Members;
#[cfg(windows)]
use windows::Job as Members;

/// What was started in here, and what that has started, lasts no longer than this value, and no
/// longer than this process.
pub struct Keeper(Members);

impl Keeper {
    /// Starts with nothing to keep.
    pub fn start() -> Result<Self> {
        Members::none().map(Self)
    }

    /// Starts a program in here.
    pub fn spawn(&mut self, command: &mut Command) -> io::Result<Child> {
        self.0.spawn(command)
    }
}

/// Cargo: the one that runs us, if one does.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The processes that the system shows; `None` where it doesn't tell: only Linux does. Under Wine
/// there is a `/proc`, too, in which a process's number is that of another one.
pub fn running() -> Option<Vec<u32>> {
    let entries = cfg!(target_os = "linux").then(|| fs::read_dir("/proc"))?.ok()?;
    Some(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect())
}

/// Where cargo has put this program, and so puts the others.
pub fn folder() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot find the path of this program")?;
    Ok(program.parent().context("this program is in no folder")?.to_owned())
}

/// Variables that make cargo put programs where it has put this one: in that target folder, and in the
/// folder of the system that it was built for, if it has one (`build.target`).
pub fn beside(program: &Path) -> Result<Vec<(&'static str, OsString)>> {
    /// Cargo keeps it in the target folder itself.
    const ROOT: &str = ".rustc_info.json";
    let folder = program.ancestors().nth(2).context("this program is in no target folder")?;
    let mut variables = vec![("CARGO_TARGET_DIR", folder.into())];
    if let (Some(above), Some(system)) = (folder.parent(), folder.file_name()) {
        if above.join(ROOT).exists() && !folder.join(ROOT).exists() {
            variables =
                vec![("CARGO_TARGET_DIR", above.into()), ("CARGO_BUILD_TARGET", system.into())];
        }
    }
    Ok(variables)
}

/// The same for this very program.
pub fn beside_us() -> Result<Vec<(&'static str, OsString)>> {
    beside(&env::current_exe().context("cannot find the path of this program")?)
}

/// The target folder that this program was built in.
pub fn target() -> Result<PathBuf> {
    let folder = folder()?;
    let target = folder.parent().context("this program is in no target folder")?;
    Ok(target.to_owned())
}

/// A process group, with a second process that leads it and reads from a pipe that only we hold
/// open. When the pipe closes, because we are done or because we are gone (the system closes it in
/// any case), that process kills its whole group, itself included.
#[cfg(unix)]
mod unix {
    use anyhow::{Context, Result};
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, ChildStdin, Command, Stdio};

    /// std can't signal a group. A crate that can would double what a student compiles before the first
    /// datagram; the `kill` that every POSIX shell has built in does it as well. To it, process 0 is
    /// the group that it is in itself.
    const LEADER: &str = "read -r _; kill -s KILL 0";

    pub struct Group {
        leader: Child,
        lifeline: Option<ChildStdin>,
    }

    impl Group {
        pub fn none() -> Result<Self> {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", LEADER]).process_group(0);
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut leader =
                command.spawn().context("cannot start the process that cleans up after us")?;
            let lifeline = leader.stdin.take();
            Ok(Self { leader, lifeline })
        }

        pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
            let group = i32::try_from(self.leader.id()).map_err(io::Error::other)?;
            command.process_group(group).spawn()
        }
    }

    impl Drop for Group {
        /// Returns when the signals are sent.
        fn drop(&mut self) {
            drop(self.lifeline.take());
            let _ = self.leader.wait();
        }
    }
}

/// A job object: what a process in it starts is in it, too, and when its only handle closes, which
/// is ours, the system ends them all. If we are gone, the system closes it.
///
/// Source: learn.microsoft.com/windows/win32/procthread/job-objects.
#[cfg(windows)]
mod windows {
    use anyhow::{Context, Result};
    use std::io;
    use std::os::windows::io::AsRawHandle;
    use std::process::{Child, Command};
    use win32job::ExtendedLimitInfo;

    pub struct Job(win32job::Job);

    impl Job {
        pub fn none() -> Result<Self> {
            let mut limits = ExtendedLimitInfo::new();
            limits.limit_kill_on_job_close();
            let job = win32job::Job::create_with_limit_info(&mut limits);
            job.map(Self).context("cannot create the job object that cleans up after us")
        }

        /// Only what the program starts within its first moments could be missed: std can't start it
        /// suspended, and so it runs before it is in the job.
        pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
            let mut child = command.spawn()?;
            let assigned = self.0.assign_process(child.as_raw_handle().cast());
            // A program that has ended by now is refused, and needs no keeper.
            if let (Err(error), None) = (assigned, child.try_wait()?) {
                child.kill()?;
                return Err(io::Error::other(error));
            }
            Ok(child)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn a_folder_for_a_system_is_told_from_the_target_folder() {
        let root = env::temp_dir().join(format!("beside-{}", std::process::id()));
        let system = root.join("some-system");
        fs::create_dir_all(&system).unwrap();
        fs::write(root.join(".rustc_info.json"), "{}").unwrap();
        let of = |folder: &Path| beside(&folder.join("debug").join("program")).unwrap();
        assert_eq!(of(&root), [("CARGO_TARGET_DIR", root.clone().into())]);
        let both = [
            ("CARGO_TARGET_DIR", root.as_os_str()),
            ("CARGO_BUILD_TARGET", OsStr::new("some-system")),
        ];
        assert_eq!(of(&system), both.map(|(name, value)| (name, value.to_owned())));
        fs::remove_dir_all(root).unwrap();
    }
}
