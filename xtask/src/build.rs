//! Lets cargo build what the runner starts: lessons' programs, and the checks.

use anyhow::{Context, Result, bail};
use base::builds::Build;
use base::lessons::{self, Lesson};
use base::programs::{self, Keeper};
use std::env::consts::EXE_SUFFIX;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The package, and the program, that judges lessons' programs.
pub const CHECKS: &str = "checks";

/// Builds lessons' programs, from what their files say now; returns whether they compile. If they
/// don't, cargo has said why on stderr; otherwise it says nothing unless it builds for the first time.
pub fn lessons<'a>(
    keeper: &mut Keeper,
    lessons: impl IntoIterator<Item = &'a Lesson>,
) -> Result<bool> {
    let (mut names, mut builds) = (Vec::new(), Vec::new());
    for lesson in lessons {
        names.push(lesson.name());
        builds.push(Build::begin(lesson, &program(&lesson.name())?)?);
    }
    let compiles = run(keeper, lesson_command(&names)?, &names)?;
    if compiles {
        builds.iter_mut().for_each(Build::end);
    }
    Ok(compiles)
}

/// The same for any packages of this workspace, as far as cargo sees that they have changed.
pub fn build(keeper: &mut Keeper, packages: &[String]) -> Result<bool> {
    run(keeper, command(packages)?, packages)
}

fn run(keeper: &mut Keeper, mut cargo: Command, packages: &[String]) -> Result<bool> {
    let mut programs = packages.iter().map(|package| program(package));
    if programs.all(|program| program.is_ok_and(|program| program.exists())) {
        cargo.arg("--quiet");
    }
    let status = keeper.spawn(&mut cargo).and_then(|mut cargo| cargo.wait()).context(NO_CARGO)?;
    Ok(status.success())
}

pub const NO_CARGO: &str = "cannot start cargo; is Rust installed? Try `cargo --version`";

/// The call of cargo that builds lessons' programs. Cargo takes a package without a program for built,
/// unless we ask for its program.
pub fn lesson_command(names: &[String]) -> Result<Command> {
    let mut command = command(names)?;
    for name in names {
        command.args(["--bin", name]);
    }
    Ok(command)
}

/// The call of cargo that builds packages of this workspace.
fn command(packages: &[String]) -> Result<Command> {
    let mut command = cargo("build")?;
    command.current_dir(lessons::root());
    for package in packages {
        command.args(["--package", package]);
    }
    Ok(command)
}

/// A call of cargo that builds beside our own program, wherever cargo has put that.
pub fn cargo(subcommand: &str) -> Result<Command> {
    let mut command = programs::cargo();
    command.arg(subcommand).stdin(Stdio::null());
    command.envs(programs::beside_us()?);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    Ok(command)
}

/// Builds the checks, if need be, and returns where their program is. `task` is what they are to do.
pub fn checks(keeper: &mut Keeper, task: &str) -> Result<PathBuf> {
    let program = program(CHECKS)?;
    if !program.exists() {
        // Where stderr is closed, nobody misses it.
        let _ = writeln!(
            io::stderr(),
            "Building the checks, which {task}: only this first time it takes long."
        );
    }
    if !build(keeper, &[CHECKS.to_owned()])? {
        bail!("the checks don't compile; what has to be mended is said above");
    }
    Ok(program)
}

/// Where a package's program is, once it is built.
pub fn program(package: &str) -> Result<PathBuf> {
    Ok(programs::folder()?.join(format!("{package}{EXE_SUFFIX}")))
}
