//! `cargo test -p lesson-3`: a lesson's checks as tests, one test a check.

use crate::check::Check;
use crate::judge::make;
use crate::lessons;
use crate::report;
use crate::subject::Program;
use crate::verdict::Mark;
use anyhow::{Context, Result, bail};
use base::random;
use base::terminal::Style;
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use std::{env, fs};

/// What cargo has built of a lesson.
pub struct Built {
    /// The package: `lesson-3`.
    pub package: &'static str,
    /// Where its program is.
    pub program: &'static str,
    /// What was compiled, and the file that it stood in.
    pub source: &'static [u8],
    pub file: &'static str,
}

/// The `main` of a lesson's test: judges its program.
/// The seed of the payloads is printed; the variable `SEED` sets it.
pub fn main(built: &Built) -> ExitCode {
    let arguments = Arguments::from_args();
    match tests(built, &arguments) {
        Ok(tests) => libtest_mimic::run(&arguments, tests).exit_code(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn tests(built: &Built, arguments: &Arguments) -> Result<Vec<Trial>> {
    let package = built.package;
    let lesson = lessons::find(package).with_context(|| format!("nothing judges {package}"))?;
    let seed = match env::var("SEED") {
        Ok(seed) => seed.parse().with_context(|| format!("SEED={seed} is no number"))?,
        Err(_) => random::seed(),
    };
    if !arguments.list {
        is_of_now(built)?;
        eprintln!("{package}: seed {seed} (SEED={seed} repeats this run)");
    }
    let program = Program { command: vec![built.program.into()], name: None };
    let tests = lesson.checks.iter().map(|check| {
        let program = program.clone();
        Trial::test(check.id, move || test(check, &program, seed))
    });
    Ok(tests.collect())
}

/// Requires that what was built is what its file says now. Where the file isn't there any more,
/// such as with a target folder that was moved, nobody can tell.
fn is_of_now(built: &Built) -> Result<()> {
    let Built { package, source, file, .. } = *built;
    match fs::read(file) {
        Ok(now) if now != source => bail!(
            "{package} was built from another text than the one that is in {file} now.\n\
             Cargo looks at a file's date only, and this one's is from before the build: it was \
             unpacked, copied or taken back.\n\
             Save it once more (or `touch` it, or `cargo clean -p {package}`), and run this again."
        ),
        _ => Ok(()),
    }
}

fn test(check: &'static Check, program: &Program, seed: u64) -> std::result::Result<(), Failed> {
    let finding = make(check, program, seed);
    match finding.mark() {
        Mark::Pass => Ok(()),
        _ => Err(report::details(&finding, Style::PLAIN).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_built_from_its_file_is_not_judged() {
        let built = |source, file| Built { package: "lesson-3", program: "", source, file };
        let said = |built: Built| is_of_now(&built).map_err(|error| error.to_string());
        let this = include_bytes!("harness.rs");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/harness.rs");
        assert_eq!(said(built(this, file)), Ok(()));
        assert_eq!(said(built(b"", "no/such/file.rs")), Ok(()));
        let said = said(built(&this[1..], file)).unwrap_err();
        assert!(said.contains(file) && said.contains("cargo clean -p lesson-3"), "{said}");
    }
}
