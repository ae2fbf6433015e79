//! Where a run keeps its grades: a folder with one file a unit, written as they come.
//!
//! - `run.json`: what the run is, so that it can go on ([`Run`])
//! - `grades/`: a file for each lesson of each student
//! - `results.json` and the rest: see [`crate::outputs`]
//! - `lock`: held while a grader works here

use crate::durable::{self, hash};
use crate::folders;
use crate::key::RunKey;
use crate::model::Grade;
use crate::partition::Partition;
use anyhow::{Context, Error, Result, bail};
use base::usage::UsageError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a grade follows from: as long as all of it is the same, so is the grade.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Key {
    pub student: String,
    pub lesson: String,
    pub source_sha256: String,
    pub checks_sha256: String,
    pub seed: Option<u64>,
    pub isolation: String,
    /// Of the grader.
    pub version: String,
}

/// A run's folder, held by this process alone.
pub struct Store {
    folder: PathBuf,
    run: Run,
    damaged: AtomicUsize,
    _lock: Lock,
}

/// What a file in `grades/` holds, behind its checksum.
#[derive(Serialize, Deserialize)]
struct Record<K, G> {
    key: K,
    grade: G,
}

const GRADES: &str = "grades";
const SUM: &str = "{\"sha256\":\"";
const SUM_LENGTH: usize = 64;

impl Store {
    /// Begins a run in `folder`, which may exist.
    pub fn create(folder: &Path, run: Run) -> Result<Self> {
        Self::held(folder, run, |folder, _| Run::refuse_another(folder))
    }

    /// Goes on with the run in `folder`, or begins one if there is none; `run` takes the place
    /// of what was known of it.
    pub fn resume(folder: &Path, run: Run) -> Result<Self> {
        Self::held(folder, run, |folder, run| run.refuse_different(folder))
    }

    fn held(folder: &Path, run: Run, check: impl Fn(&Path, &Run) -> Result<()>) -> Result<Self> {
        let grades = folder.join(GRADES);
        let context = || format!("cannot create {}; choose another --out", grades.display());
        // A folder that is there already is shared with whom its owner likes.
        if !folder.exists() {
            folders::create_private(folder).with_context(context)?;
        }
        fs::create_dir_all(&grades).with_context(context)?;
        let lock = Lock::take(folder)?;
        check(folder, &run)?;
        durable::remove_halves(&grades)?;
        let store = Self { folder: folder.to_owned(), run, damaged: 0.into(), _lock: lock };
        store.run.write(folder)?;
        Ok(store)
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// How many files were found that aren't what was once written.
    #[must_use]
    pub fn damaged(&self) -> usize {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Notes that the results have been written.
    pub fn complete(&mut self) -> Result<()> {
        self.run.complete = true;
        self.run.write(&self.folder)
    }

    /// The grade that was kept under this very key.
    #[must_use]
    pub fn load(&self, key: &Key) -> Option<Grade> {
        match read(&self.folder, &key.student, &key.lesson) {
            Ok(Some((kept, grade))) => (kept == *key).then_some(grade),
            Ok(None) => None,
            Err(_) => {
                self.damaged.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// Keeps a grade: when this returns, no power cut takes it away.
    pub fn save(&self, key: &Key, grade: &Grade) -> Result<()> {
        let text = serde_json::to_string(&Record { key, grade });
        let text = text.context("cannot turn a grade into JSON")?;
        let body = &text[1..];
        let sealed = format!("{SUM}{}\",{body}", hash(body.as_bytes()));
        let path = self.folder.join(GRADES).join(name(&key.student, &key.lesson));
        durable::write(&path, sealed.as_bytes())?;
        durable::settle(&self.folder.join(GRADES))
    }
}

/// The grade of one unit in a run's folder, and its key; `None` if it has none.
pub fn read(folder: &Path, student: &str, lesson: &str) -> Result<Option<(Key, Grade)>> {
    let path = folder.join(GRADES).join(name(student, lesson));
    let bytes = match durable::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => bytes.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let record = unseal(&bytes).with_context(|| format!("{} is damaged", path.display()))?;
    Ok(Some((record.key, record.grade)))
}

fn unseal(bytes: &[u8]) -> Result<Record<Key, Grade>> {
    let text = str::from_utf8(bytes).context("it isn't UTF-8")?;
    let rest = text.strip_prefix(SUM).context("it doesn't begin with its checksum")?;
    let (sum, rest) = rest.split_at_checked(SUM_LENGTH).context("it ends in its checksum")?;
    let body = rest.strip_prefix("\",").context("there is nothing behind its checksum")?;
    anyhow::ensure!(hash(body.as_bytes()) == sum, "its checksum is another");
    serde_json::from_str(&format!("{{{body}")).context("it isn't a grade")
}

/// A name that is safe on every file system, and no other unit's, whatever the student's is.
fn name(student: &str, lesson: &str) -> String {
    let unit = format!("{} {student}{lesson}", student.len());
    let sum = hash(unit.as_bytes());
    format!("{}.json", &sum[..32])
}

/// What a run is: the file `run.json` in its folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Of the grader.
    pub version: String,
    /// What all payloads follow from; nothing else in the folder tells it.
    pub key: RunKey,
    /// What the key follows from, if it was `--seed`: then it is no secret.
    pub seed: Option<u64>,
    /// `lesson-3`
    pub lessons: Vec<String>,
    pub partition: Option<Partition>,
    pub isolation: String,
    pub checks_sha256: String,
    /// Of the file; empty without a roster.
    pub roster_sha256: String,
    /// What is written besides `results.json` and the reports.
    pub formats: Vec<String>,
    /// Every student who was found, whatever their partition.
    pub class: Vec<String>,
    /// Whether the results have been written.
    pub complete: bool,
}

const FILE: &str = "run.json";

/// Everything, for programs; written in any case.
pub const RESULTS: &str = "results.json";

impl Run {
    /// The run in a folder, if there is one.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let text = match durable::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let run = serde_json::from_slice(&text).with_context(|| {
            let why = if is_keyless(&text) {
                "is of an earlier grader, whose payloads could be known before"
            } else {
                "isn't of this grader"
            };
            format!("{} {why}: choose another --out", path.display())
        })?;
        Ok(Some(run))
    }

    /// The students that are graded: those of the partition.
    pub fn students(&self) -> impl Iterator<Item = &String> {
        self.class.iter().filter(|name| self.partition.is_none_or(|share| share.has(name)))
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).context("cannot turn the run into JSON")?;
        durable::write_private(&folder.join(FILE), &text)?;
        durable::settle(folder)
    }

    /// Refuses a folder that has a run.
    pub fn refuse_another(folder: &Path) -> Result<()> {
        if folder.join(FILE).exists() {
            let advice = "go on with it by --resume, or choose another --out";
            return Err(refused(folder, "has a run in it", advice));
        }
        Self::refuse_foreign(folder)
    }

    /// Results that aren't ours may be all that somebody has.
    fn refuse_foreign(folder: &Path) -> Result<()> {
        if folder.join(RESULTS).exists() {
            let what = "has results in it, but isn't from `grade` or `merge`";
            return Err(refused(folder, what, "choose another --out"));
        }
        Ok(())
    }

    /// A folder's grades are of one key and one share; anything else would mix them.
    fn refuse_different(&self, folder: &Path) -> Result<()> {
        let Some(old) = Self::read(folder)? else { return Self::refuse_foreign(folder) };
        let share = |run: &Self| run.partition.map_or("none".to_owned(), |p| p.to_string());
        let pairs = [
            ("--lessons", old.lessons.join(", "), self.lessons.join(", ")),
            ("--partition", share(&old), share(self)),
        ];
        for (argument, was, is) in pairs {
            if was != is {
                let advice = format!("leave {argument} out, or choose another --out");
                let problem = format!("the run in {} has {was}, not {is}", folder.display());
                bail!(UsageError::about(argument, format!("{problem}: {advice}")));
            }
        }
        if self.key != old.key {
            let argument = if self.seed.is_some() { "--seed" } else { "--key" };
            let problem = format!("the run in {} has other payloads", folder.display());
            let advice = format!("leave {argument} out, or choose another --out");
            bail!(UsageError::about(argument, format!("{problem}: {advice}")));
        }
        Ok(())
    }
}

/// Earlier graders had a seed instead, which reports gave away.
fn is_keyless(text: &[u8]) -> bool {
    serde_json::from_slice(text)
        .is_ok_and(|run: Value| run.get("seed").is_some() && run.get("key").is_none())
}

fn refused(folder: &Path, what: &str, advice: &str) -> Error {
    UsageError::about("--out", format!("{} {what}: {advice}", folder.display())).into()
}

/// One grader at a time in a folder: the system frees the lock however its holder ends.
struct Lock {
    _held: Held,
}

#[cfg(target_os = "linux")]
type Held = nix::fcntl::Flock<File>;
#[cfg(not(target_os = "linux"))]
type Held = File;

impl Lock {
    /// Takes the lock of a folder, and doesn't wait for it.
    fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("lock");
        match held(&path) {
            Ok(held) => Ok(Self { _held: held }),
            Err(error) if error.kind() == ErrorKind::WouldBlock => bail!(
                "another grader works in {}: wait for its end, or choose another --out",
                folder.display()
            ),
            Err(error) => Err(error).with_context(|| {
                format!("cannot lock {}: choose an --out on a local disk", path.display())
            }),
        }
    }
}

fn held(path: &Path) -> io::Result<Held> {
    let file = hold(path)?;
    durable::demand_regular(&file)?;
    Ok(file)
}

fn lock_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

#[cfg(target_os = "linux")]
fn hold(path: &Path) -> io::Result<Held> {
    use nix::fcntl::{Flock, FlockArg};
    let file = lock_options().open(path)?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error.into())
}

/// The systems derived from BSD lock a file while they open it. std has no name for the flags
/// `O_EXLOCK` and `O_NONBLOCK` of their `fcntl.h`.
#[cfg(all(unix, not(target_os = "linux")))]
fn hold(path: &Path) -> io::Result<Held> {
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut lock_options(), 0x20 | 0x4).open(path)
}

/// Windows lets a file be opened once only.
#[cfg(windows)]
fn hold(path: &Path) -> io::Result<Held> {
    const SHARING_VIOLATION: i32 = 32;
    let file = std::os::windows::fs::OpenOptionsExt::share_mode(&mut lock_options(), 0).open(path);
    file.map_err(|error| match error.raw_os_error() {
        Some(SHARING_VIOLATION) => ErrorKind::WouldBlock.into(),
        _ => error,
    })
}
