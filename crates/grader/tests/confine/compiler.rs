//! A compiler, for which there is another purpose.

use crate::stage::{CONFINE, Stage, confined, output, prints, source};
use nix::libc::{self, EPERM};
use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn a_compiler_and_its_linker_work() {
    let stage = Stage::new();
    let scratch = stage.path("scratch");
    let sysroot = sysroot();
    let program = source("honest");
    let program = program.to_str().unwrap();
    let mut command = Command::new(CONFINE);
    command.args(["--purpose", "compile", "--readable", &sysroot, "--readable", program]);
    command.arg("--writable").arg(&scratch).arg("--").arg(Path::new(&sysroot).join("bin/rustc"));
    command.args(["--edition", "2024", "-o"]).arg(scratch.join("program")).arg(program);
    // The host's /tmp isn't writable.
    command.env("TMPDIR", &scratch);
    let output = output(command, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut compiled = Command::new(scratch.join("program"));
    compiled.arg("hello");
    assert_eq!(prints(compiled), "hello\n");
}

#[test]
fn a_source_cannot_include_what_is_not_readable() {
    let stage = Stage::new();
    let scratch = stage.path("scratch");
    let sysroot = sysroot();
    let secret = stage.path("secret");
    std::fs::write(&secret, "fn main() {}").unwrap();
    let main = scratch.join("main.rs");
    let text = format!("include!({:?});", secret.to_str().unwrap());
    std::fs::write(&main, text).unwrap();
    let mut command = Command::new(CONFINE);
    command.args(["--purpose", "compile", "--readable", &sysroot, "--writable"]).arg(&scratch);
    command.arg("--").arg(Path::new(&sysroot).join("bin/rustc")).arg(&main);
    command.env("TMPDIR", &scratch).current_dir(&scratch);
    let output = output(command, "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_compiler_starts_processes_but_has_no_network() {
    let compile = ["--purpose", "compile"];
    assert_eq!(prints(confined(&compile, "honest", &["start", "/bin/true"])), "started\n");
    let socket = format!("{}:2:2:0", libc::SYS_socket);
    let tried = prints(confined(&compile, "calls", &[&socket]));
    assert_eq!(tried, format!("{EPERM}\n"));
}

fn sysroot() -> String {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--print", "sysroot"]);
    prints(rustc).trim_end().to_owned()
}
