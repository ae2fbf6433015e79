//! What is found in folders that students have filled, and what is taken from them.

mod classes;
mod folder;
mod hostile;
mod layouts;
#[cfg(target_os = "linux")]
mod races;
#[cfg(unix)]
mod unix;
