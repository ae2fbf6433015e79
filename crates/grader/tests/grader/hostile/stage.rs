//! Where all of it happens: a temporary folder with submissions, with what they must not reach,
//! and with what the grader writes.

use crate::hostile::cases::Rung;
use crate::hostile::outside::{Fingerprint, Listeners, fingerprint};
use anyhow::{Context, Result, ensure};
use base::lessons::root;
use grader::model::Results;
use grader::outputs;
use std::env;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long it may take to grade all of them: alone on two processors, it takes a
/// sixth of this, most of which one of them uses up by itself.
const PATIENCE: Duration = Duration::from_secs(1200);

/// How long what was killed may take to be gone.
const GONE: Duration = Duration::from_secs(10);

pub struct Stage {
    folder: TempDir,
    /// A module that tells programs what is outside.
    outside: String,
    /// The name of processes that mustn't be there in the end.
    mark: String,
}

/// What a run of the grader has resulted in.
pub struct Run {
    pub results: Results,
    pub stdout: String,
    pub stderr: String,
    /// Where it has written.
    pub out: PathBuf,
    pub is_success: bool,
}

impl Stage {
    pub fn set_up(listeners: &Listeners) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hostile-").tempdir()?;
        // Where the grader runs as root, programs run as nobody.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let name = folder.path().file_name().unwrap_or_default().to_string_lossy();
        // A process has 15 bytes for its name.
        let mark = format!("hm-{}", name.trim_start_matches("hostile-"));
        let stage = Self { outside: String::new(), mark, folder };
        for name in ["submissions", "temporary", "earlier/grades"] {
            fs::create_dir_all(stage.path(name))?;
        }
        fs::write(stage.path("secret"), "a secret\n")?;
        fs::write(stage.path("earlier/results.json"), "{\"results\": \"of others\"}\n")?;
        fs::write(stage.path("earlier/grades/1.json"), "{\"score\": 50}\n")?;
        let outside = stage.describe(listeners)?;
        Ok(Self { outside, ..stage })
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    fn describe(&self, listeners: &Listeners) -> Result<String> {
        let (tcp, udp) = listeners.addresses()?;
        let texts = |list: &[String]| format!("[&str; {}] = {list:?}", list.len());
        let results = ["earlier/results.json", "earlier/grades/1.json", "out/run.json"];
        let results = results.map(|name| self.path(name).display().to_string());
        let text = |path: PathBuf| format!("&str = {:?}", path.display().to_string());
        let named = [
            ("MARK", format!("&str = \"{}\\0\"", self.mark)),
            ("FOLDER", text(self.path(""))),
            ("SECRET", text(self.path("secret"))),
            ("OTHER", text(self.path("submissions/honest/lesson-3.rs"))),
            ("CHECKS", text(root().join("crates/checks/src/lib.rs"))),
            ("RESULTS", texts(&results)),
            ("TCP", texts(&tcp.iter().map(ToString::to_string).collect::<Vec<_>>())),
            ("UDP", texts(&udp.iter().map(ToString::to_string).collect::<Vec<_>>())),
        ];
        let constants = named.map(|(name, value)| format!("pub const {name}: {value};\n"));
        Ok(format!("#![allow(dead_code)]\n\n{}", constants.concat()))
    }

    /// Writes a file of a submission, and the folders that it needs.
    pub fn hand_in(
        &self,
        student: impl AsRef<OsStr>,
        file: &str,
        text: impl AsRef<[u8]>,
    ) -> Result<()> {
        let path = self.student(student).join(file);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&path, text));
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    pub fn student(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.path("submissions").join(name.as_ref())
    }

    /// A program as a workspace of one lesson, with the right one and what is outside as modules.
    pub fn hand_in_program(&self, name: &str, lesson: &str) -> Result<()> {
        let source = format!("crates/{lesson}-of-the-course/src");
        self.hand_in(name, &format!("{source}/main.rs"), program(name)?)?;
        let honest =
            crate::hostile::honest::step(lesson)?.replacen("\nfn main()", "\npub fn main()", 1);
        self.hand_in(name, &format!("{source}/honest.rs"), honest)?;
        self.hand_in(name, &format!("{source}/outside.rs"), &self.outside)
    }

    /// All that must stay as it is.
    pub fn fingerprint(&self) -> Result<Fingerprint> {
        let mut prints = Fingerprint::new();
        for name in ["submissions", "earlier", "secret"] {
            fingerprint(&self.path(name), &mut prints)?;
        }
        Ok(prints)
    }

    /// Grades all submissions.
    pub fn grade(&self, rung: Rung) -> Result<Run> {
        let out = self.path("out");
        let command = crate::built::grade(&self.path("submissions"), &out)?;
        let mut command = assert_cmd::Command::from_std(command);
        // More at a time would keep each other waiting, and then be judged once more, alone.
        let jobs = 2 * thread::available_parallelism()?.get();
        command.args(["--seed", "7", "--isolation", rung.name(), "--jobs", &jobs.to_string()]);
        command.args(["--format", "json,csv,gradescope,junit,github"]);
        command.env("TMPDIR", self.path("temporary")).timeout(PATIENCE);
        command.env("SECRET_OF_THE_GRADER", "a secret in a variable");
        let started = Instant::now();
        let output = command.output().context("cannot start the grader")?;
        println!("graded in {:?}", started.elapsed());
        let (stdout, stderr) =
            (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        ensure!(started.elapsed() < PATIENCE, "it takes more than {PATIENCE:?}: {stdout}{stderr}");
        let results = outputs::read(&out).with_context(|| format!("{stdout}{stderr}"))?;
        Ok(Run { results, stdout, stderr, out, is_success: output.status.success() })
    }

    /// Files and processes that shouldn't be there any more.
    pub fn what_was_left(&self) -> Result<Vec<String>> {
        let mut left = Vec::new();
        for folder in [&self.path("temporary"), Path::new("/tmp"), Path::new("/dev/shm")] {
            for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if folder.starts_with(self.path("")) || name.contains(&self.mark) {
                    left.push(format!("{name} was left in {}", folder.display()));
                }
            }
        }
        let deadline = Instant::now() + GONE;
        let mut processes = self.processes();
        while !processes.is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
            processes = self.processes();
        }
        left.extend(processes);
        Ok(left)
    }

    /// Processes that have to do with this folder, or have its mark for a name: those of jails see
    /// files that lie in it.
    fn processes(&self) -> Vec<String> {
        let folder = self.path("").file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut found = Vec::new();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let number = process.file_name().to_string_lossy().into_owned();
            if !number.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            for (file, word) in [("comm", &self.mark), ("cmdline", &folder), ("mountinfo", &folder)]
            {
                let text = fs::read(process.path().join(file)).unwrap_or_default();
                let text = String::from_utf8_lossy(&text).replace('\0', " ");
                if text.contains(word.as_str()) {
                    found.push(format!("process {number} was left: {file} says {text}"));
                }
            }
        }
        found
    }

    /// What a program says that runs without a jail.
    pub fn run_free(&self, name: &str) -> Result<String> {
        let folder = self.path("free");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.rs"), program(name)?)?;
        fs::write(folder.join("outside.rs"), &self.outside)?;
        fs::write(folder.join("honest.rs"), "pub fn main() {}\n")?;
        let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition", "2024", "-o"]).arg(folder.join(name)).arg(folder.join("main.rs"));
        let output = rustc.output().context("cannot start rustc")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut command = assert_cmd::Command::new(folder.join(name));
        let output = command.timeout(PATIENCE).output().context("cannot start it")?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The source of a hostile program.
fn program(name: &str) -> Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grader/hostile/programs");
    let path = folder.join(name).with_extension("rs");
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Why bubblewrap makes no jail here, if it doesn't.
pub fn why_no_jail() -> Option<String> {
    let mut bwrap = Command::new("bwrap");
    bwrap.args(["--unshare-user", "--unshare-net", "--unshare-pid", "--ro-bind", "/", "/"]);
    match bwrap.args(["--proc", "/proc", "--dev", "/dev", "true"]).output() {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Some(error.to_string()),
    }
}

/// Why the rung `best` can't compile here, if it can't: as root, the grader becomes nobody, who may
/// be kept away from the compiler.
pub fn why_not_best() -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        return None;
    }
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().ok()?.stdout;
    let rustc = format!("{}/bin/rustc", String::from_utf8_lossy(&sysroot).trim());
    let mut nobody = Command::new("setpriv");
    nobody.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--", &rustc]);
    let can = nobody.arg("--version").output().is_ok_and(|output| output.status.success());
    (!can).then(|| format!("root becomes nobody, who can't start {rustc}"))
}
