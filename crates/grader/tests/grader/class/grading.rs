//! What becomes of units, whatever happens while they are judged.

use crate::class::fixture::{Class, LESSONS, Pretender, grade, grade_of};
use anyhow::Result;
use grader::key;
use grader::key::RunKey;
use grader::model::Status;

#[test]
fn results_are_in_the_order_of_students_and_lessons() -> Result<()> {
    let class = Class::of(40)?;
    let results = grade(&Pretender::new(), &class.submissions(), &class.path("out"))?;
    let students: Vec<_> = results.submissions.iter().map(|s| s.student.clone()).collect();
    assert!(students.is_sorted() && students.len() == 40, "{students:?}");
    for submission in &results.submissions {
        assert!(submission.grades.iter().map(|grade| grade.lesson.name()).eq(LESSONS));
        for grade in &submission.grades {
            let seed = key::seed(&RunKey::of_seed(7), &grade.lesson.name(), &grade.source_sha256);
            assert_eq!(grade.seed, seed);
            assert_eq!(grade.isolation, "strict");
            assert_eq!(grade.source_sha256.is_empty(), grade.status == Status::NotSubmitted);
        }
    }
    Ok(())
}

#[test]
fn what_is_missing_is_not_submitted_and_is_not_judged() -> Result<()> {
    let class = Class::new(&[("ada", ["fine", "", "doesn't compile"]), ("bob", ["", "", ""])])?;
    let judge = Pretender::new();
    let results = grade(&judge, &class.submissions(), &class.path("out"))?;
    let status = |student, lesson| grade_of(&results, student, lesson).status;
    assert_eq!(status("ada", 0), Status::Judged);
    assert_eq!(status("ada", 1), Status::NotSubmitted);
    assert_eq!(status("ada", 2), Status::NotCompiled);
    assert_eq!(status("bob", 2), Status::NotSubmitted);
    assert_eq!(grade_of(&results, "bob", 0).max_score(), 100);
    assert_eq!(judge.judged(), ["ada lesson-1", "ada lesson-3", "ada lesson-3"]);
    Ok(())
}

#[test]
fn what_does_not_compile_is_compiled_again_at_the_end_and_alone() -> Result<()> {
    let class = Class::of(20)?;
    class.hand_in("a", "lesson-1", "doesn't compile at first")?;
    class.hand_in("b", "lesson-1", "doesn't compile")?;
    let judge = Pretender::new();
    let results = grade(&judge, &class.submissions(), &class.path("out"))?;
    assert_eq!(grade_of(&results, "a", 0).status, Status::Judged);
    assert_eq!(grade_of(&results, "b", 0).status, Status::NotCompiled);
    assert_eq!(judge.judged_in_the_end()[..2], ["a lesson-1", "b lesson-1"]);
    Ok(())
}

#[test]
fn what_cannot_be_taken_is_not_compiled_and_says_why() -> Result<()> {
    let class = Class::new(&[("ada", ["fine", "", ""])])?;
    let large = "x".repeat(8 << 20);
    class.hand_in("ada", "lesson-2", &large)?;
    let judge = Pretender::new();
    for _ in 0..2 {
        let results = grade(&judge, &class.submissions(), &class.path("out"))?;
        let refused = grade_of(&results, "ada", 1);
        assert_eq!((refused.status, refused.has_score()), (Status::NotCompiled, true));
        assert!(!refused.message.is_empty());
        assert_eq!(refused.seed, None);
    }
    assert_eq!(judge.judged(), ["ada lesson-1"]);
    Ok(())
}

#[test]
fn a_panic_in_one_unit_hurts_no_other() -> Result<()> {
    let class = Class::of(20)?;
    let alone = grade(&Pretender::new(), &class.submissions(), &class.path("without"))?;
    class.hand_in("panicking", "lesson-2", "it panics")?;
    class.hand_in("panicking", "lesson-3", "fine")?;
    let judge = Pretender::new();
    let results = grade(&judge, &class.submissions(), &class.path("with"))?;
    let grade = grade_of(&results, "panicking", 1);
    assert_eq!((grade.status, grade.has_score()), (Status::GraderError, false));
    assert!(grade.message.contains("a panic in a judge"), "{}", grade.message);
    assert_eq!(grade_of(&results, "panicking", 2).status, Status::Judged);
    let tried = judge.judged().iter().filter(|name| *name == "panicking lesson-2").count();
    assert_eq!(tried, 2);
    let others = results.submissions.iter().filter(|s| s.student != "panicking");
    assert!(others.eq(&alone.submissions));
    Ok(())
}

#[test]
fn a_grader_error_is_tried_once_more_at_the_end_and_alone() -> Result<()> {
    let class = Class::of(20)?;
    class.hand_in("a", "lesson-1", "fails once")?;
    class.hand_in("b", "lesson-1", "fails always")?;
    let judge = Pretender::new();
    let results = grade(&judge, &class.submissions(), &class.path("out"))?;
    let (once, always) = (grade_of(&results, "a", 0), grade_of(&results, "b", 0));
    assert!(once.has_score() && once.status == Status::Judged);
    assert!(!always.has_score());
    assert_eq!(judge.judged_in_the_end()[..2], ["a lesson-1", "b lesson-1"]);
    Ok(())
}

#[test]
fn a_grader_error_that_was_kept_is_tried_again_by_the_next_run() -> Result<()> {
    let class = Class::new(&[("ada", ["fine", "fails always", ""])])?;
    let judge = Pretender::new();
    for expected in [3, 2] {
        grade(&judge, &class.submissions(), &class.path("out"))?;
        assert_eq!(judge.judged().len(), expected);
    }
    Ok(())
}
