//! Realistic mistakes, each with all checks that it loses and the cause that is said first; and
//! right programs that look different. They are written as changes to the reference steps, and to
//! right programs in C.

mod lesson_1;
mod lesson_2;
mod lesson_3;
mod lesson_4;
mod lesson_5;
mod mistake;

pub use mistake::Course;
#[allow(unused_imports, reason = "benchmarks don't name it")]
pub use mistake::Mistake;

pub const COURSE: &[Course] =
    &[lesson_1::COURSE, lesson_2::COURSE, lesson_3::COURSE, lesson_4::COURSE, lesson_5::COURSE];
