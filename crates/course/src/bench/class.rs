//! A class that doesn't exist: submissions made of the steps, of the mistakes and the variants
//! that the checks are tested with, and of what students hand in when they aren't done.

use crate::mistakes::{COURSE, Course};
use anyhow::{Context, Result, ensure};
use base::files;
use base::lessons;
use base::random::Random;
use base::regions;
use std::fs;
use std::path::Path;

/// Mistakes that make two threads race, so that some points are a matter of luck: no grader can be
/// expected to give the same ones each time.
const RACES: &[&str] = &["receives-in-a-thread"];

/// One lesson of one student.
pub struct Work {
    pub student: String,
    /// `lesson-3`
    pub lesson: String,
    /// What was made of the step.
    pub what: String,
    pub deserves: Marks,
    /// None if it isn't handed in.
    source: Option<String>,
}

/// What a fair grade is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Marks {
    Full,
    /// It has a mistake that costs points.
    NotFull,
    None,
}

impl Work {
    pub fn is_submitted(&self) -> bool {
        self.source.is_some()
    }
}

/// How many of them were handed in.
pub fn submitted(works: &[Work]) -> usize {
    works.iter().filter(|work| work.is_submitted()).count()
}

/// What is wrong with a submission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Right,
    /// At least one lesson has a mistake.
    Wrong,
    /// At least one lesson isn't there, isn't done or doesn't compile.
    Broken,
}

/// Makes a class, student by student: the same seed makes the same class, and a larger class
/// begins with the smaller one.
pub fn make(students: usize, seed: u64) -> Result<Vec<Work>> {
    let random = Random::new(seed, "class");
    let steps: Result<Vec<_>> = COURSE.iter().map(Step::read).collect();
    let steps = steps?;
    let mut works = Vec::new();
    for number in 1..=students {
        let student = format!("student-{number:04}");
        let kind = match random.below(6) {
            0..3 => Kind::Right,
            3..5 => Kind::Wrong,
            _ => Kind::Broken,
        };
        // This one is as `kind` says in any case.
        let chosen = random.below(steps.len());
        for (place, step) in steps.iter().enumerate() {
            let is_right = place != chosen && random.below(3) > 0;
            let kind = if is_right { Kind::Right } else { kind };
            works.push(step.work(&student, kind, &random)?);
        }
    }
    Ok(works)
}

/// Writes a class into `folder`, in the forms in which students hand in.
pub fn write(works: &[Work], folder: &Path) -> Result<()> {
    for work in works {
        let lesson = lessons::find(&work.lesson).context("a mistake is for no lesson")?;
        let student = folder.join(&work.student);
        let path = match work.student.bytes().last() {
            Some(b'0'..=b'3') => student.join(format!("{}.rs", work.lesson)),
            Some(b'4') => student.join("my-workspace").join(lesson.source()),
            _ => student.join(lesson.source()),
        };
        if let Some(source) = &work.source {
            files::write(&path, source.as_bytes())?;
        } else {
            fs::create_dir_all(&student).context("cannot create a student's folder")?;
        }
    }
    Ok(())
}

/// A workspace with what the student of these works has handed in, made by hand as it were: the
/// whole course, with the student's programs in it.
pub fn write_workspace(works: &[Work], folder: &Path) -> Result<()> {
    let root = lessons::root();
    for file in files::list(&root)? {
        files::copy(&file, &root, folder)?;
    }
    for work in works {
        let lesson = lessons::find(&work.lesson).context("a mistake is for no lesson")?;
        let missing = "fn main() {}\n";
        let source = work.source.as_deref().unwrap_or(missing);
        files::write(&folder.join(lesson.source()), source.as_bytes())?;
    }
    Ok(())
}

/// What programs of a lesson are made of.
struct Step {
    course: &'static Course,
    source: String,
}

impl Step {
    fn read(course: &'static Course) -> Result<Self> {
        let path = lessons::root().join(course.lesson.source());
        let source = fs::read_to_string(&path);
        let source = source.with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { course, source })
    }

    fn work(&self, student: &str, kind: Kind, random: &Random) -> Result<Work> {
        let (what, deserves, source) = match kind {
            Kind::Right => self.right(random)?,
            Kind::Wrong => self.wrong(random)?,
            Kind::Broken => self.broken(random)?,
        };
        // No two students hand in the same file.
        let sign = |source: String| {
            format!("// {student}\n// {what}\n{}", regions::without_markers(&source))
        };
        let source = source.map(sign);
        let (student, lesson) = (student.to_owned(), self.course.lesson.name());
        Ok(Work { student, lesson, what, deserves, source })
    }

    /// The step itself, or a program that is as good.
    fn right(&self, random: &Random) -> Result<(String, Marks, Option<String>)> {
        let variants = self.course.variants;
        let Some(variant) = variants.get(random.below(2 * variants.len() + 1)) else {
            return Ok(("the step itself".to_owned(), Marks::Full, Some(self.source.clone())));
        };
        let source = variant.made_of(&self.source)?;
        Ok((format!("variant {}", variant.id), Marks::Full, Some(source)))
    }

    fn wrong(&self, random: &Random) -> Result<(String, Marks, Option<String>)> {
        let mistakes = self.course.mistakes.iter();
        let mistakes: Vec<_> = mistakes.filter(|mistake| !RACES.contains(&mistake.id)).collect();
        let mistake = mistakes.get(random.below(mistakes.len())).context("there is no mistake")?;
        let (breaks, cause) = (mistake.breaks.join(", "), mistake.cause);
        let what = format!("mistake {}, which breaks {breaks} ({cause})", mistake.id);
        Ok((what, Marks::NotFull, Some(mistake.made_in(&self.source)?)))
    }

    fn broken(&self, random: &Random) -> Result<(String, Marks, Option<String>)> {
        let source = &self.source;
        let (what, source) = match random.below(8) {
            0 | 1 => ("not handed in", None),
            2 | 3 => {
                return Ok(("gaps".to_owned(), Marks::NotFull, Some(regions::strip(source)?)));
            }
            4 => ("a type error", Some(format!("{source}\nfn three() -> u32 {{ \"3\" }}\n"))),
            5 => ("no end", source.trim_end().strip_suffix('}').map(str::to_owned)),
            6 => ("a missing import", Some(source.replacen("use std::env;\n", "", 1))),
            _ => ("half a line", Some(source.replacen("fn main() ", "let x = ;\nfn main() ", 1))),
        };
        ensure!(source.as_ref() != Some(&self.source), "nothing is broken: {what}");
        Ok((what.to_owned(), Marks::None, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::lessons::LESSONS;

    #[test]
    fn the_same_seed_makes_the_same_class_and_a_larger_one_begins_with_it() {
        let texts = |works: Vec<Work>| {
            works.into_iter().map(|work| (work.what, work.source)).collect::<Vec<_>>()
        };
        let class = texts(make(20, 1).unwrap());
        assert_eq!(class.len(), 20 * LESSONS.len());
        assert_eq!(texts(make(20, 1).unwrap()), class);
        assert!(texts(make(30, 1).unwrap()).starts_with(&class));
        assert_ne!(texts(make(20, 2).unwrap()), class);
    }

    #[test]
    fn half_of_a_class_is_right_and_a_third_has_mistakes() {
        let works = make(600, 1).unwrap();
        let students: Vec<_> = works.chunks(LESSONS.len()).collect();
        let share = |is_so: fn(&Work) -> bool| {
            let count = students.iter().filter(|works| works.iter().any(is_so)).count();
            100 * count / students.len()
        };
        let all_right = students.iter().filter(|s| s.iter().all(|w| w.deserves == Marks::Full));
        assert!((45..55).contains(&(100 * all_right.count() / students.len())));
        assert!((28..38).contains(&share(|work| work.what.starts_with("mistake"))));
        for broken in ["not handed in", "gaps", "a type error", "no end", "a missing import"] {
            assert!(works.iter().any(|work| work.what == broken), "{broken}");
        }
    }
}
