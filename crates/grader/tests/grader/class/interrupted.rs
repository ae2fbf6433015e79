//! Graders that are killed: real processes, which are this program once more.

use crate::class::fixture::{Class, JOBS, Pretender, grade, grade_share, timeless};
use anyhow::{Context, Result, ensure};
use grader::merge::merge;
use grader::outputs;
use grader::partition::Partition;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The variable with the folders of [`grades_when_it_is_told_to`].
const SUBMISSIONS: &str = "GRADER_TEST_SUBMISSIONS";
const OUT: &str = "GRADER_TEST_OUT";
const PARTITION: &str = "GRADER_TEST_PARTITION";
const BLOCKS_AFTER: &str = "GRADER_TEST_BLOCKS_AFTER";

/// Does nothing, unless one of the tests below starts this program once more for it.
#[test]
fn grades_when_it_is_told_to() -> Result<()> {
    let (Some(submissions), Some(out)) = (env::var_os(SUBMISSIONS), env::var_os(OUT)) else {
        return Ok(());
    };
    let mut judge = Pretender::new();
    judge.blocks_after = env::var(BLOCKS_AFTER).ok().and_then(|number| number.parse().ok());
    let partition = env::var(PARTITION).ok().map(|share| share.parse()).transpose()?;
    grade_share(&judge, &PathBuf::from(submissions), &PathBuf::from(out), partition)?;
    Ok(())
}

/// A process of its own that grades. It ends with the test that started it, at the latest.
struct Grader(Child);

impl Grader {
    fn start(
        class: &Class,
        out: &Path,
        partition: Option<Partition>,
        blocks_after: Option<usize>,
    ) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["--exact", "class::interrupted::grades_when_it_is_told_to", "--nocapture"]);
        command.env(SUBMISSIONS, class.submissions()).env(OUT, out);
        if let Some(partition) = partition {
            command.env(PARTITION, partition.to_string());
        }
        if let Some(number) = blocks_after {
            command.env(BLOCKS_AFTER, number.to_string());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(Self(command.spawn()?))
    }

    /// Waits until it blocks; its output ends if it doesn't.
    fn is_blocked(&mut self) -> Result<()> {
        let out = self.0.stdout.take().context("its output was read before")?;
        for line in BufReader::new(out).lines() {
            if line? == "blocked" {
                return Ok(());
            }
        }
        anyhow::bail!("it ended before it blocked")
    }

    /// As `kill -9` does.
    fn kill(mut self) -> Result<()> {
        self.0.kill()?;
        ensure!(!self.0.wait()?.success(), "it had ended by itself");
        Ok(())
    }

    fn ends_well(mut self) -> Result<()> {
        ensure!(self.0.wait()?.success(), "it failed");
        Ok(())
    }
}

impl Drop for Grader {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_grader_that_is_killed_loses_only_what_is_in_flight() -> Result<()> {
    let class = Class::of(20)?;
    let judge = Pretender::new();
    grade(&judge, &class.submissions(), &class.path("whole"))?;
    // What doesn't compile counts, and is kept, when it has been compiled again in the end.
    let not_yet = judge.judged_in_the_end().len();
    let all = distinct(&judge);
    let out = class.path("out");
    let mut left = all;
    // Each is killed further on.
    for blocks_after in [1, 5, 20] {
        let mut grader = Grader::start(&class, &out, None, Some(blocks_after))?;
        grader.is_blocked()?;
        grader.kill()?;
        assert!(!out.join("results.json").exists());
        left -= blocks_after;
    }
    grade(&judge, &class.submissions(), &out)?;
    let again = distinct(&judge);
    // A thread that hadn't blocked yet may have been about to keep what it had judged.
    let most = left + 3 * (JOBS - 1) + not_yet;
    assert!((left..=most).contains(&again), "{again} of {all}, not {left} to {most}");
    assert_eq!(timeless(&out)?, timeless(&class.path("whole"))?);
    let names = fs::read_dir(out.join("grades"))?.map(|e| Ok(e?.file_name()));
    let names: Vec<_> = names.collect::<Result<_>>()?;
    assert_eq!(names.len(), 60, "{names:?}");
    Ok(())
}

/// How many units were judged since the last call.
fn distinct(judge: &Pretender) -> usize {
    judge.judged().into_iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn a_grader_keeps_others_out_until_it_is_dead() -> Result<()> {
    let class = Class::of(5)?;
    let out = class.path("out");
    let mut grader = Grader::start(&class, &out, None, Some(2))?;
    grader.is_blocked()?;
    let refused = grade(&Pretender::new(), &class.submissions(), &out).unwrap_err().to_string();
    assert!(refused.contains("another grader works in"), "{refused}");
    grader.kill()?;
    grade(&Pretender::new(), &class.submissions(), &out)?;
    Ok(())
}

#[test]
fn four_processes_one_of_them_killed_and_resumed_make_what_one_run_makes() -> Result<()> {
    let class = Class::of(60)?;
    grade(&Pretender::new(), &class.submissions(), &class.path("whole"))?;
    let out = |partition: Partition| class.path(&format!("share {}", partition.index()));
    let mut graders = Vec::new();
    for partition in Partition::all(4) {
        let blocks_after = (partition.index() == 3).then_some(4);
        graders.push(Grader::start(&class, &out(partition), Some(partition), blocks_after)?);
    }
    let mut third = graders.remove(2);
    third.is_blocked()?;
    third.kill()?;
    graders.into_iter().try_for_each(Grader::ends_well)?;
    let folders: Vec<_> = Partition::all(4).map(out).collect();
    let refused = merge(&folders).err().unwrap().to_string();
    let third = Partition::all(4).nth(2).unwrap();
    assert!(refused.contains("3/4") && refused.contains("--resume"), "{refused}");
    Grader::start(&class, &out(third), Some(third), None)?.ends_well()?;
    let merged = merge(&folders)?;
    let store = merged.keep(&class.path("merged"))?;
    let context = grader::formats::Context::default();
    outputs::write(store.folder(), &merged.results, &[], &context)?;
    assert_eq!(timeless(&class.path("merged"))?, timeless(&class.path("whole"))?);
    Ok(())
}
