//! What every command that we start finds around it: the same variables and the same tools for
//! all, whoever grades. Variables of ours would show in a student's report.

use anyhow::{Context, Result};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Where the tools of a system are.
const PATH: &str = "/usr/bin:/bin";

/// Without them, programs and the linker don't start on Windows.
const OF_WINDOWS: &[&str] = &[
    "PATH",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "ComSpec",
    "PATHEXT",
    "ProgramData",
    "ProgramFiles",
    "ProgramFiles(x86)",
];

pub struct Surroundings {
    /// Where the compiler looks for the linker.
    path: OsString,
    /// The folders that the linker is installed in, if it isn't the system's own.
    pub linker: Option<PathBuf>,
}

impl Surroundings {
    #[must_use]
    pub fn of_this_computer() -> Self {
        let linker = find("cc").ok().and_then(|cc| Some(cc.canonicalize().ok()?.parent()?.into()));
        let is_known = |folder: &PathBuf| env::split_paths(PATH).any(|known| known == *folder);
        let linker: Option<PathBuf> = linker.filter(|folder| !is_known(folder));
        let mut path = OsString::from(PATH);
        if let Some(folder) = &linker {
            path.push(":");
            path.push(folder);
        }
        let linker = linker.and_then(|folder| folder.parent().map(Path::to_owned));
        Self { path, linker }
    }

    /// The variables of a command.
    pub fn variables(&self, temporary: &Path) -> Vec<(OsString, OsString)> {
        let mut variables: Vec<(OsString, OsString)> = if cfg!(windows) {
            let kept = OF_WINDOWS.iter().filter_map(|name| Some((name.into(), env::var_os(name)?)));
            kept.chain(["TEMP", "TMP"].map(|name| (name.into(), temporary.into()))).collect()
        } else {
            vec![("PATH".into(), self.path.clone()), ("TMPDIR".into(), temporary.into())]
        };
        variables.push(("LANG".into(), "C.UTF-8".into()));
        variables
    }
}

/// Where a program is, on our own PATH.
pub fn find(name: impl AsRef<OsStr>) -> Result<PathBuf> {
    let name = name.as_ref();
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&folders).map(|folder| folder.join(name));
    let found = places.find(|place| place.is_file());
    found.with_context(|| format!("cannot start {}: it isn't installed", name.display()))
}
