//! Joins the shares of a run into what one run would have written. How long something took is
//! what it took on the computer that graded it.

use crate::arguments;
use crate::key;
use crate::log::visible;
use crate::model::{self, Grade, Graded, Results, Student};
use crate::outputs;
use crate::partition::Partition;
use crate::progress::Progress;
use crate::store::{self, Key, Run, Store};
use anyhow::{Context, Result, bail, ensure};
use checks::check::Lesson;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// `cargo xtask grade merge`: joins the shares of a run; returns whether all of it was graded and written.
pub fn run(request: &arguments::MergeRequest, progress: &Progress) -> Result<bool> {
    Run::refuse_another(&request.output.folder)?;
    let mut merged = merge(&request.folders)?;
    merged.run.formats = outputs::format_names(&request.output, Some(&merged.run));
    let (run, platform) = (&merged.run, outputs::platform(&request.output));
    let lessons = &merged.results.lessons;
    outputs::rehearse(&outputs::formats(run)?, lessons, run.students().cloned(), &platform)?;
    let mut store = merged.keep(&request.output.folder)?;
    outputs::finish(&mut store, &merged.results, &request.output, progress)
}

/// A folder with a share of a run.
struct Share {
    folder: PathBuf,
    run: Run,
    partition: Partition,
}

/// A whole class.
pub struct Merged {
    pub run: Run,
    pub results: Results,
    /// In the order of students and lessons, as the grades in `results` are.
    keys: Vec<Key>,
}

/// Ungraded lessons that are named.
const NAMED: usize = 10;

/// Reads the folders of all shares of a run, in any order.
pub fn merge(folders: &[PathBuf]) -> Result<Merged> {
    let shares: Vec<Share> = folders.iter().map(|folder| open(folder)).collect::<Result<_>>()?;
    let first =
        shares.first().context("there is nothing to merge: name the folders of all shares")?;
    for share in &shares {
        agree(first, share)?;
    }
    is_whole(first, &shares)?;
    let mut students = BTreeMap::new();
    let mut lessons = Vec::new();
    for share in &shares {
        lessons = take(share, &mut students)?;
    }
    let (mut submissions, mut keys) = (Vec::new(), Vec::new());
    for name in &first.run.class {
        let student = students.remove(name);
        let (submission, more) =
            student.with_context(|| format!("nobody has graded {}", visible(name)))?;
        submissions.push(submission);
        keys.extend(more);
    }
    let run = Run { partition: None, complete: false, ..first.run.clone() };
    let (tool, version) = (env!("CARGO_PKG_NAME").to_owned(), run.version.clone());
    let results = Results { tool, version, lessons, submissions };
    Ok(Merged { run, results, keys })
}

impl Merged {
    /// Keeps all grades in a folder, as one run would have done.
    pub fn keep(&self, folder: &Path) -> Result<Store> {
        let store = Store::create(folder, self.run.clone())?;
        let grades = self.results.submissions.iter().flat_map(|submission| &submission.grades);
        for (key, grade) in self.keys.iter().zip(grades) {
            store.save(key, grade)?;
        }
        Ok(store)
    }
}

fn open(folder: &Path) -> Result<Share> {
    let shown = folder.display();
    let run = Run::read(folder)?;
    let run =
        run.with_context(|| format!("there is no run in {shown}; name an --out of `grade`"))?;
    let partition = run.partition;
    let partition = partition.with_context(|| {
        format!("{shown} has a whole run in it, not a share made with --partition")
    })?;
    Ok(Share { folder: folder.to_owned(), run, partition })
}

type Students = BTreeMap<String, (Graded, Vec<Key>)>;

/// Adds what a share has graded to `students`; returns its lessons.
fn take(share: &Share, students: &mut Students) -> Result<Vec<&'static Lesson>> {
    let graded = graded(share)?;
    let head: Head = outputs::read(&share.folder)?;
    let names = head.submissions.iter().map(|submission| &submission.student);
    let lessons = head.lessons.iter().map(|lesson| lesson.name());
    ensure!(
        names.eq(share.run.students()) && lessons.eq(share.run.lessons.iter().cloned()),
        "the results in {} aren't those of its run; write them again with --resume",
        share.folder.display()
    );
    for (head, units) in head.submissions.into_iter().zip(graded) {
        let SubmissionHead { student, roster, notes } = head;
        let (keys, grades) = units.into_iter().unzip();
        let submission = Graded { student: student.clone(), roster, notes, grades };
        students.insert(student, (submission, keys));
    }
    Ok(head.lessons)
}

/// What is only in the results: not the grades, whose own files have checksums.
#[derive(Deserialize)]
struct Head {
    #[serde(deserialize_with = "model::read_lessons")]
    lessons: Vec<&'static Lesson>,
    submissions: Vec<SubmissionHead>,
}

#[derive(Deserialize)]
struct SubmissionHead {
    student: String,
    roster: Option<Student>,
    notes: Vec<String>,
}

/// The grades of each student in a share, all of its lessons.
fn graded(share: &Share) -> Result<Vec<Vec<(Key, Grade)>>> {
    let mut ungraded = Vec::new();
    let mut all = Vec::new();
    for student in share.run.students() {
        let mut units = Vec::new();
        for lesson in &share.run.lessons {
            match unit_of(share, student, lesson)? {
                Some(unit) => units.push(unit),
                None => ungraded.push(format!("{} of {}", lesson, visible(student))),
            }
        }
        all.push(units);
    }
    let (folder, partition) = (share.folder.display(), share.partition);
    if !ungraded.is_empty() {
        let (count, more) = (ungraded.len(), if ungraded.len() > NAMED { ", …" } else { "" });
        let named: Vec<String> = ungraded.into_iter().take(NAMED).collect();
        let named = named.join(", ") + more;
        bail!(
            "{folder} (partition {partition}) lacks {count} grades: {named}; go on with --resume"
        );
    }
    let advice = "let --resume write them";
    ensure!(share.run.complete, "{folder} (partition {partition}) has no results yet; {advice}");
    Ok(all)
}

/// A unit's grade, if it is of this run.
fn unit_of(share: &Share, student: &str, lesson: &str) -> Result<Option<(Key, Grade)>> {
    let unit = store::read(&share.folder, student, lesson);
    let unit = unit.context("--resume judges it again")?;
    let run = &share.run;
    Ok(unit.filter(|(key, _)| {
        (&key.checks_sha256, &key.isolation, &key.version)
            == (&run.checks_sha256, &run.isolation, &run.version)
            && (key.student.as_str(), key.lesson.as_str()) == (student, lesson)
            && key.seed == key::seed(&run.key, lesson, &key.source_sha256)
    }))
}

/// Demands that two shares are of the same run.
fn agree(one: &Share, other: &Share) -> Result<()> {
    let count = |share: &Share| share.partition.count().to_string();
    let facts = [
        ("number of partitions", count(one), count(other)),
        ("lessons", one.run.lessons.join(", "), other.run.lessons.join(", ")),
        ("checks", one.run.checks_sha256.clone(), other.run.checks_sha256.clone()),
        ("isolation", one.run.isolation.clone(), other.run.isolation.clone()),
        ("version of the grader", one.run.version.clone(), other.run.version.clone()),
        ("roster", one.run.roster_sha256.clone(), other.run.roster_sha256.clone()),
    ];
    let (a, b) = (one.folder.display(), other.folder.display());
    for (what, here, there) in facts {
        ensure!(
            here == there,
            "{a} and {b} aren't of one run: the {what} differ ({here}, {there}); \
             grade all partitions with the same options, on the same version of the course"
        );
    }
    // A key is in no message.
    ensure!(
        one.run.key == other.run.key,
        "{a} and {b} aren't of one run: their keys differ; give all partitions the same --key"
    );
    let students = |share: &Share| share.run.class.iter().cloned().collect::<BTreeSet<String>>();
    let (here, there) = (students(one), students(other));
    if let Some(name) = here.symmetric_difference(&there).next() {
        let (with, without) = if here.contains(name) { (a, b) } else { (b, a) };
        let name = visible(name);
        bail!(
            "{with} and {without} aren't of one class: only the first was given a submission of \
             {name}; grade all partitions from the same submissions"
        );
    }
    Ok(())
}

/// Demands that each share is there, once.
fn is_whole(first: &Share, shares: &[Share]) -> Result<()> {
    for partition in Partition::all(first.partition.count()) {
        let mut of_it = shares.iter().filter(|share| share.partition == partition);
        let share = of_it.next().with_context(|| {
            let seed = first.run.seed.map(|seed| format!("--seed {seed}"));
            let payloads = seed.unwrap_or_else(|| "the --key of the others".to_owned());
            format!(
                "partition {partition} is missing: grade it with --partition {partition} and \
                 {payloads}, and name its folder, too"
            )
        })?;
        if let Some(double) = of_it.next() {
            let (a, b) = (share.folder.display(), double.folder.display());
            bail!("partition {partition} is there twice, in {a} and {b}: leave one out");
        }
    }
    Ok(())
}
