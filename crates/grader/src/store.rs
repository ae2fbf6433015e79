//! Where a run keeps its grades: a folder with one file a unit, written as they come.
//!
//! - `run.json`: what the run is, so that it can go on ([`Run`])
//! - `grades/`: a file for each lesson of each student
//! - `results.json` and the rest: see [`outputs`]
//! - `lock`: held while a grader works here

pub mod lock;
pub mod outputs;
pub mod run;

use crate::durable::{self, hash};
use crate::folders;
use crate::model::Grade;
use anyhow::{Context, Result};
use lock::Lock;
use run::Run;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
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
        let body = text.strip_prefix('{').unwrap_or(&text);
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
    format!("{}.json", sum.get(..32).unwrap_or(&sum))
}
