//! Nothing is left behind: the programs that we start end when we do, however we end.
//!
//! The system sees to that, and not code of ours that runs at the end: Ctrl-C, a panic and SIGKILL
//! would pass it by. Unix has process groups for it, and Windows has job objects.

mod built;
#[cfg(unix)]
mod group;
#[cfg(windows)]
mod job;
mod keeper;
mod run;

pub use built::{cargo, folder, target};
pub use keeper::Keeper;
pub use run::{End, Finished, run, run_watched, run_with_input};
