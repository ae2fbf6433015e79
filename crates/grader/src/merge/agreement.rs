//! Whether folders have the shares of one run: all of them, and each once.

use super::Share;
use crate::partition::Partition;
use crate::progress::visible;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;

/// Demands that two shares are of the same run.
pub fn agree(one: &Share, other: &Share) -> Result<()> {
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
pub fn is_whole(first: &Share, shares: &[Share]) -> Result<()> {
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
