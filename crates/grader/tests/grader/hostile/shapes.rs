//! Submissions whose shape is the attack.

use crate::hostile::cases::{Case, Expected};
use crate::hostile::honest::step;
use crate::hostile::stage::Stage;
use anyhow::{Context, Result};
use base::lessons::root;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

const MAIN: &str = "crates/lesson-3-receive-once/src/main.rs";
const FLAT: &str = "lesson-3.rs";

/// Sources that read what isn't theirs while they are compiled.
pub fn including(stage: &Stage) -> Result<Vec<Case>> {
    let secret = stage.path("secret").display().to_string();
    let text =
        |path: &Path| format!("const _: &str = include_str!({:?});", path.display().to_string());
    let sources = [
        ("includes the host's users", text(Path::new("/etc/passwd"))),
        ("includes them by another way", text(Path::new("../../../../../../etc/passwd"))),
        ("includes a secret", text(Path::new(&secret))),
        ("includes another's work", text(&stage.student("honest").join(FLAT))),
        ("includes results", text(&stage.path("earlier/results.json"))),
        ("includes the checks' source", text(&root().join("crates/checks/src/lib.rs"))),
        ("includes a terminal", text(Path::new("/dev/ptmx"))),
        ("includes what it says itself", text(Path::new("/proc/self/fd/1"))),
        ("includes chance without end", text(Path::new("/dev/urandom"))),
        ("includes the checks", "const _: &[u8] = include_bytes!(\"/shop/checks\");".into()),
        ("is a module elsewhere", "#[path = \"/etc/passwd\"]\nmod passwd;".into()),
        ("assembles a secret", format!("std::arch::global_asm!(r#\".incbin {secret:?}\"#);")),
        (
            "links with a secret",
            format!(
                "#[link(name = {secret:?}, modifiers = \"+verbatim\")]\nunsafe extern \"C\" {{}}"
            ),
        ),
    ];
    let mut cases = Vec::new();
    for (student, source) in sources {
        stage.hand_in(student, FLAT, format!("{}\n{source}\n", step("lesson-3")?))?;
        cases.push(Case::new(student, "lesson-3", Expected::NotCompiled));
    }
    Ok(cases)
}

/// Right programs of students with odd names.
pub fn odd_names(stage: &Stage) -> Result<Vec<Case>> {
    let names = [
        "..up.. ..",
        "..\\..\\windows",
        " spaces ",
        "it's \"quoted\" `touch quoted` $(touch quoted)",
        "a new\nline\r\n::error::forged\n##[error]forged",
        "crab 🦀 \u{202e}desrever\u{1b}[31m",
        "=cmd()|'C calc'!A1",
        "<img src=x onerror=alert(1)>&amp;",
        "--out",
        &"好".repeat(85),
    ];
    let source = step("lesson-2")?;
    let mut cases = Vec::new();
    for name in names {
        stage.hand_in(name, "lesson-2.rs", &source)?;
        cases.push(Case::new(name, "lesson-2", Expected::Points(100..=100)));
    }
    // Not every file system takes names that aren't UTF-8.
    let bytes = [b"caf\xe8", b"caf\xe9"].map(|name| OsString::from_vec(name.to_vec()));
    if bytes.iter().all(|name| stage.hand_in(name, "lesson-2.rs", &source).is_ok()) {
        for name in ["caf\u{fffd} (1)", "caf\u{fffd} (2)"] {
            cases.push(Case::new(name, "lesson-2", Expected::Points(100..=100)));
        }
    } else {
        checks::skip("names that aren't UTF-8", "this file system takes none");
        for name in bytes {
            let _ = fs::remove_dir(stage.student(name));
        }
    }
    Ok(cases)
}

/// What stands where a source file should.
pub fn odd_files(stage: &Stage) -> Result<Vec<Case>> {
    // Each line has 10 bytes.
    stage.hand_in("50 megabytes", FLAT, "// a line\n".repeat(5 << 20))?;
    for number in 0..100 {
        stage.hand_in("many files", &MAIN.replace("main", &format!("file_{number}")), "")?;
    }
    stage.hand_in("many files", MAIN, step("lesson-3")?)?;
    stage.hand_in("no text", FLAT, b"fn main() { println!(\"\xff\xfe\0\"); }")?;
    for name in ["a pipe", "a socket", "a link to a secret", "a link to another's work"] {
        fs::create_dir_all(stage.student(name))?;
    }
    mkfifo(&stage.student("a pipe").join(FLAT), Mode::S_IRWXU).context("cannot make a pipe")?;
    // The path of a socket may have 108 bytes only.
    UnixListener::bind(stage.path("s")).context("cannot make a socket")?;
    fs::rename(stage.path("s"), stage.student("a socket").join(FLAT))?;
    symlink(stage.path("secret"), stage.student("a link to a secret").join(FLAT))?;
    let work = stage.student("honest").join(FLAT);
    symlink(work, stage.student("a link to another's work").join(FLAT))?;
    let names = ["50 megabytes", "many files", "no text", "a pipe", "a socket"];
    let links = ["a link to a secret", "a link to another's work"];
    let case = |name: &str| Case::new(name, "lesson-3", Expected::NotCompiled);
    Ok(names.into_iter().chain(links).map(case).collect())
}

/// Folders in which there isn't what should be, or too much of it.
pub fn odd_trees(stage: &Stage) -> Result<Vec<Case>> {
    symlink("/", stage.student("a link to everything"))?;
    fs::create_dir_all(stage.student("linked crates"))?;
    stage.hand_in("right", MAIN, step("lesson-3")?)?;
    symlink(stage.student("right").join("crates"), stage.student("linked crates").join("crates"))?;
    fs::create_dir_all(stage.student("empty"))?;
    let nest = "nest/".repeat(100);
    stage.hand_in("nest", &format!("{nest}{MAIN}"), step("lesson-3")?)?;
    stage.hand_in("nest", "nest/nest.zip", b"PK\x05\x06 no archive")?;
    for number in 0..11_000 {
        stage.hand_in("wide", &format!("file {number}"), "")?;
    }
    hand_in_workspace(stage)?;
    let case = |name, expected| Case::new(name, "lesson-3", expected);
    Ok(vec![
        case("a link to everything", Expected::NotCompiled),
        case("linked crates", Expected::NotCompiled),
        case("right", Expected::Points(100..=100)),
        case("empty", Expected::NotSubmitted),
        case("nest", Expected::NotSubmitted),
        case("wide", Expected::NotCompiled),
        case("workspace", Expected::Points(100..=100)),
    ])
}

/// A right program among all that cargo would read and run, if it were asked to.
fn hand_in_workspace(stage: &Stage) -> Result<()> {
    let target = stage.path("earlier/written");
    let write = format!("std::fs::write({target:?}, \"hostile\").unwrap();");
    let manifest = "[package]\nname = \"lesson-3\"\nedition = \"2024\"\nbuild = \"build.rs\"\n\n\
                    [dependencies]\nhostile = { path = \"../hostile\" }\n";
    let config = format!(
        "[build]\nrustc-wrapper = \"{0}/wrapper\"\ntarget-dir = \"{0}\"\n\n[target.'cfg(all())']\nrunner = \"{0}/wrapper\"\n",
        stage.student("workspace").display()
    );
    let lesson = MAIN.trim_end_matches("src/main.rs");
    let hand_in = |file: &str, text: &str| stage.hand_in("workspace", file, text);
    hand_in(MAIN, &step("lesson-3")?)?;
    hand_in("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n")?;
    hand_in(".cargo/config.toml", &config)?;
    hand_in("rust-toolchain.toml", "[toolchain]\nchannel = \"hostile\"\n")?;
    hand_in("wrapper", &format!("#!/bin/sh\ntouch {}\n", target.display()))?;
    hand_in(&format!("{lesson}Cargo.toml"), manifest)?;
    hand_in(&format!("{lesson}build.rs"), &format!("fn main() {{ {write} }}\n"))?;
    hand_in(
        &format!("{lesson}tests/contract.rs"),
        &format!("#[test]\nfn passes() {{ {write} }}\n"),
    )?;
    let hostile = "[package]\nname = \"hostile\"\n\n[lib]\nproc-macro = true\n";
    hand_in("crates/hostile/Cargo.toml", hostile)?;
    hand_in("crates/hostile/src/lib.rs", &format!("fn hostile() {{ {write} }}\n"))?;
    hand_in("crates/checks/src/lib.rs", "compile_error!(\"these aren't the checks\");\n")
}
