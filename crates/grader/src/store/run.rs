//! What a run is: the file `run.json` in its folder.

use crate::durable;
use crate::key::RunKey;
use crate::partition::Partition;
use crate::store::outputs::RESULTS;
use anyhow::{Context, Error, Result, bail};
use base::usage::UsageError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::Path;

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

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
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
    pub(super) fn refuse_different(&self, folder: &Path) -> Result<()> {
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
    let run: Value = serde_json::from_slice(text).unwrap_or_default();
    run.get("seed").is_some() && run.get("key").is_none()
}

fn refused(folder: &Path, what: &str, advice: &str) -> Error {
    UsageError::about("--out", format!("{} {what}: {advice}", folder.display())).into()
}
