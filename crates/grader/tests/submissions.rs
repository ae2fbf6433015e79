//! What is found in folders that students have filled, and what is taken from them.

#[path = "submissions/classes.rs"]
mod classes;
#[path = "submissions/folder.rs"]
mod folder;
#[path = "submissions/hostile.rs"]
mod hostile;
#[path = "submissions/layouts.rs"]
mod layouts;
#[cfg(target_os = "linux")]
#[path = "submissions/races.rs"]
mod races;
#[cfg(unix)]
#[path = "submissions/unix.rs"]
mod unix;
