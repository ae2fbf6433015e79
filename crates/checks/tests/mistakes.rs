//! The checks, tested: each must catch the mistakes it is there for, and no right program.
//!
//! All programs are modules of one crate, compiled at once; the first argument picks one. The
//! variable `ONLY` picks those whose names have it in them, such as `lesson-3`.

#[path = "../mistakes/mod.rs"]
mod mistakes;

use anyhow::{Context, Result, bail, ensure};
use base::ports::PortCount;
use checks::check::Lesson;
use checks::judge::{Terms, judge};
use checks::lessons;
use checks::subject::Program;
use checks::verdict::{Finding, Outcome, Verdict};
use mistakes::{COURSE, Course, Mistake};
use std::env;
use std::fs;
use std::hint;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

/// Programs that are judged at the same time; most of the time they wait. Some of them are wrong by a
/// fifth of a second, which more of them would use up.
const AT_ONCE: usize = 8;

/// Payloads differ from run to run, and a run that failed can be repeated.
static SEED: LazyLock<u64> = LazyLock::new(|| {
    let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(base::random::seed);
    println!("SEED={seed}");
    seed
});

/// A changed program, and what must come of it.
struct Case {
    /// The name of its module, or of its program in C: `lesson_3_0`.
    module: String,
    name: String,
    source: String,
    language: Language,
    lesson: &'static Lesson,
    /// Whether the network must be its own.
    own_network: bool,
    expected: Expected,
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Rust,
    C,
}

enum Expected {
    /// Just these are lost, and this cause is said first.
    Loses {
        breaks: &'static [&'static str],
        cause: &'static str,
    },
    /// Some check fails.
    Caught,
    FullMarks,
}

#[test]
fn mistakes_are_caught_and_right_programs_are_not() -> Result<()> {
    let mut cases = Vec::new();
    for course in COURSE {
        cases.extend(cases_of(course)?);
    }
    if let Ok(only) = env::var("ONLY") {
        cases.retain(|case| case.name.contains(&only));
    }
    if !has_c() {
        cases.retain(|case| case.language == Language::Rust);
    }
    if !has_own_network() {
        cases.retain(|case| !case.own_network);
    }
    let program = compile(&cases)?;
    let soak = env::var("SOAK").ok().and_then(|gradings| gradings.parse().ok());
    let is_right = |case: &&Case| matches!(case.expected, Expected::FullMarks);
    let rounds =
        soak.map_or(1, |gradings: usize| gradings.div_ceil(cases.iter().filter(is_right).count()));
    let findings = hold_all(&cases, rounds, soak.is_some(), &program);
    let right = rounds * cases.iter().filter(is_right).count();
    println!("{right} gradings of right programs, {} of wrong ones", rounds * cases.len() - right);
    ensure!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
    Ok(())
}

/// Holds each case as often as that, several at once; returns what was found, sorted.
fn hold_all(cases: &[Case], rounds: usize, keep_busy: bool, program: &Path) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let findings = Mutex::new(Vec::new());
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        if keep_busy {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        hint::spin_loop();
                    }
                });
            }
        }
        let hold_next = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(number % cases.len().max(1)) else { return };
                if number >= rounds * cases.len() {
                    return;
                }
                if let Err(error) = hold(case, program) {
                    let finding = format!("{}: {error:#}", case.name);
                    findings.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
                }
            }
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(hold_next)).collect();
        for worker in workers {
            let _ = worker.join();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let mut findings = findings.into_inner().unwrap_or_default();
    findings.sort();
    findings
}

#[test]
fn every_lesson_has_100_points_and_every_check_a_mistake() -> Result<()> {
    for lesson in lessons::LESSONS {
        let course = COURSE.iter().find(|course| course.lesson == lesson.entry);
        let course = course.with_context(|| format!("{}: no mistakes", lesson.entry.name()))?;
        let sum: u32 = lesson.checks.iter().map(|check| check.points).sum();
        ensure!(sum == 100, "{}: {sum} points", lesson.entry.name());
        for check in lesson.checks {
            let is_tested =
                course.mistakes.iter().any(|mistake| mistake.breaks.contains(&check.id));
            ensure!(is_tested, "{}: no mistake is there for {}", lesson.entry.name(), check.id);
        }
    }
    Ok(())
}

#[test]
fn every_check_stands_beside_what_the_contract_says() -> Result<()> {
    let description = include_str!("../README.md");
    for lesson in lessons::LESSONS {
        let heading = format!("\n### Lesson {}\n", lesson.entry.number);
        let (_, table) = description.split_once(&heading).with_context(|| heading.clone())?;
        let table = table.split("\n#").next().unwrap_or(table);
        let mut named: Vec<&str> = Vec::new();
        for row in table.lines().filter(|line| line.starts_with("| ")).skip(2) {
            let (_, checks) = row.trim_end_matches(" |").rsplit_once(" | ").context(row)?;
            named.extend(checks.split(", ").map(|check| check.trim_matches('`')));
        }
        for check in lesson.checks {
            ensure!(named.contains(&check.id), "{heading}{} stands in no row", check.id);
        }
        for id in named {
            lesson.check(id).with_context(|| format!("{heading}a row names `{id}`"))?;
        }
    }
    Ok(())
}

/// Judges a case, as far as it has to be.
fn hold(case: &Case, program: &Path) -> Result<()> {
    let command = match case.language {
        Language::Rust => vec![program.into(), case.module.clone().into()],
        Language::C => vec![program.with_file_name(&case.module).into()],
    };
    let program = Program { command, name: None };
    match case.expected {
        Expected::Loses { breaks, cause } => {
            let findings = judge_apart(case, &program)?;
            let lost = |finding: &&Finding| is_lost(finding);
            let lost: Vec<&Finding> = findings.iter().filter(lost).collect();
            let ids: Vec<&str> = lost.iter().map(|finding| finding.check.id).collect();
            let said = lost.iter().find_map(|finding| finding.cause()).map(|cause| &*cause.id);
            // Elsewhere the system tells less.
            let is_said = said.unwrap_or_default() == cause || !cfg!(target_os = "linux");
            ensure!(
                ids == breaks && is_said,
                "it loses {ids:?} and not {breaks:?}, by {said:?} and not {cause:?}:{}",
                lost.iter()
                    .map(|finding| format!("\n    {}", sentence(finding)))
                    .collect::<String>()
            );
        }
        Expected::Caught => {
            let findings = judge_apart(case, &program)?;
            ensure!(findings.iter().any(is_lost), "no check fails");
        }
        Expected::FullMarks => {
            let findings = judge(case.lesson, &program, *SEED, Terms::default());
            if let Some(finding) = findings.iter().find(|finding| is_lost(finding)) {
                bail!("{} ended as {:?}\n{:?}", finding.check.id, finding.outcome, finding.steps);
            }
            let taken = findings.iter().fold(PortCount::default(), |sum, one| sum + one.ports);
            // Elsewhere, what isn't there to be checked takes no ports.
            let is_exact = taken == case.lesson.ports || !cfg!(target_os = "linux");
            ensure!(is_exact, "its checks took {taken:?}, and {:?} are said", case.lesson.ports);
        }
    }
    Ok(())
}

fn is_lost(finding: &Finding) -> bool {
    !matches!(finding.outcome, Outcome::Pass | Outcome::NotJudged)
}

/// Judges a program in a process of its own: a check that is made once more, alone, waits for all
/// others of its process.
fn judge_apart(case: &Case, program: &Program) -> Result<Vec<Finding>> {
    let mut checks = Command::new(env!("CARGO_BIN_EXE_checks"));
    if case.own_network {
        checks = in_own_network();
        checks.arg(env!("CARGO_BIN_EXE_checks"));
    }
    checks.args(["check", &case.lesson.name(), "--seed", &SEED.to_string(), "--format", "json"]);
    checks.args(case.own_network.then_some("--own-network"));
    let output = checks.arg("--program").args(&program.command).output();
    let output = output.context("cannot start the checks")?;
    let verdict = serde_json::from_slice::<Verdict>(&output.stdout);
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(verdict.with_context(said)?.findings)
}

fn sentence(finding: &Finding) -> String {
    let cause = finding.cause().map_or("", |cause| &cause.id);
    format!("{}: [{cause}] {}", finding.check.id, finding.message().replace('\n', " "))
}

fn judged(course: &Course) -> Result<&'static Lesson> {
    lessons::find(&course.lesson.name()).with_context(|| course.lesson.name())
}

fn cases_of(course: &Course) -> Result<Vec<Case>> {
    let lesson = judged(course)?;
    let path = base::lessons::root().join(course.lesson.source());
    let source = fs::read_to_string(path).context("cannot read the step")?;
    let mut cases = Vec::new();
    let mut add = |language, kind: &str, id: &str, source: String, expected| {
        let own_network = match &expected {
            Expected::Loses { breaks, .. } => {
                breaks.is_empty() || lesson.own_network.iter().any(|id| breaks.contains(id))
            }
            Expected::Caught | Expected::FullMarks => false,
        };
        let module = format!("{}_{}", lesson.entry.name().replace('-', "_"), cases.len());
        let name = format!("{}, {kind} {id}", lesson.entry.name());
        cases.push(Case { module, name, source, language, lesson, own_network, expected });
    };
    let rust = Language::Rust;
    add(rust, "the", "step itself", source.clone(), Expected::FullMarks);
    let nothing = Expected::Loses { breaks: &[], cause: "" };
    add(rust, "the", "step in a network of its own", source.clone(), nothing);
    for mistake in course.mistakes {
        let expected = expected(lesson, mistake)?;
        add(rust, "mistake", mistake.id, mistake.made_in(&source)?, expected);
    }
    for variant in course.variants {
        add(rust, "variant", variant.id, variant.made_of(&source)?, Expected::FullMarks);
    }
    for (number, open) in with_one_gap(&source).into_iter().enumerate() {
        add(rust, "gap", &number.to_string(), open, Expected::Caught);
    }
    if let Some(in_c) = &course.in_c {
        add(Language::C, "the", "step in C", in_c.step.to_owned(), Expected::FullMarks);
        for mistake in in_c.mistakes {
            let expected = expected(lesson, mistake)?;
            let source = mistake.made_in(in_c.step)?;
            add(Language::C, "mistake in C", mistake.id, source, expected);
        }
    }
    Ok(cases)
}

fn expected(lesson: &Lesson, mistake: &Mistake) -> Result<Expected> {
    let (breaks, cause) = (mistake.breaks, mistake.cause);
    ensure!(!breaks.is_empty(), "{} breaks nothing", mistake.id);
    breaks.iter().try_for_each(|id| lesson.check(id).map(drop))?;
    Ok(Expected::Loses { breaks, cause })
}

/// Says by name what isn't tested where there is no C compiler.
fn has_c() -> bool {
    let is_there = cfg!(unix) && Command::new("cc").arg("--version").output().is_ok();
    if !is_there {
        checks::skip("mistakes in C", "there is no `cc`");
    }
    is_there
}

/// Starts a command with nobody else in its network.
fn in_own_network() -> Command {
    let mut own = Command::new("bwrap");
    own.args(["--unshare-net", "--dev-bind", "/", "/", "--"]);
    own
}

/// Says by name what isn't tested where there is nothing that makes networks.
fn has_own_network() -> bool {
    let is_there = in_own_network().arg("true").output().is_ok_and(|made| made.status.success());
    if !is_there {
        checks::skip("mistakes about defaults", "bubblewrap can't make a network here");
    }
    is_there
}

/// The program once for each region, with that region left open.
fn with_one_gap(source: &str) -> Vec<String> {
    let starts = source.match_indices("    // region: solution").map(|(at, _)| at);
    let open = |start: usize| {
        let (before, rest) = source.split_at_checked(start)?;
        let (_, after) = rest.split_once("    // endregion\n")?;
        Some(format!("{before}    todo!(\"a gap\")\n{after}"))
    };
    starts.filter_map(open).collect()
}

/// Compiles all programs as modules of one crate; returns the program.
fn compile(cases: &[Case]) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
    fs::create_dir_all(folder.join("src")).context("cannot make a folder")?;
    let manifest = "[package]\nname = \"mistakes\"\nedition = \"2024\"\n\n[dependencies]\n\
                    anyhow = \"1\"\n\n[profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    let mut main = String::from("#![allow(warnings)]\n");
    let mut arms = String::new();
    for Case { module, source, .. } in cases.iter().filter(|case| case.language == Language::Rust) {
        // The first argument is ours; the lesson's own comes behind it.
        let source = source.replace("env::args_os()", "env::args_os().skip(1)");
        let source = source.replace("env::args()", "env::args().skip(1)");
        let source = source.replacen("\nfn main()", "\npub fn main()", 1);
        fs::write(folder.join(format!("src/{module}.rs")), source)?;
        main += &format!("mod {module};\n");
        arms += &format!("        Some(\"{module}\") => {module}::main(),\n");
    }
    main += &format!(
        "fn main() -> anyhow::Result<()> {{\n    match std::env::args().nth(1).as_deref() {{\n{arms}        \
         _ => anyhow::bail!(\"which?\"),\n    }}\n}}\n"
    );
    fs::write(folder.join("src/main.rs"), main)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = folder.join("target");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--offline"]).current_dir(&folder);
    let status = command.env("CARGO_TARGET_DIR", &target).status().context("cannot start cargo")?;
    ensure!(status.success(), "a changed program doesn't compile: see above");
    let program = target.join("debug").join(format!("mistakes{}", env::consts::EXE_SUFFIX));
    for case in cases.iter().filter(|case| case.language == Language::C) {
        compile_c(case, &folder, &program.with_file_name(&case.module))?;
    }
    Ok(program)
}

fn compile_c(case: &Case, folder: &Path, program: &Path) -> Result<()> {
    let source = folder.join("src").join(&case.module).with_extension("c");
    fs::write(&source, &case.source)?;
    let headers = concat!(env!("CARGO_MANIFEST_DIR"), "/mistakes/c");
    let mut cc = Command::new("cc");
    cc.args(["-w", "-I", headers, "-o"]).arg(program).arg(&source);
    let status = cc.status().context("cannot start cc")?;
    ensure!(status.success(), "{} doesn't compile", case.name);
    Ok(())
}
