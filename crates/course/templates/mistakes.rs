//! What students get wrong in lesson NUMBER, and what is right although it is different.

use super::mistake::{Course, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course =
    Course { lesson: numbered(NUMBER), mistakes: MISTAKES, in_c: None, variants: VARIANTS };

// To be written: the mistakes, at least one for each check.
const MISTAKES: &[Mistake] = &[Mistake {
    id: "another-address",
    thought: "Any address will do.",
    find: "bind(&address.to_string_lossy())?",
    put: r#"bind("127.0.0.1:0")?"#,
    breaks: &["binds-its-argument"],
    cause: "other-port",
}];

// To be written: programs that are right although they are different.
const VARIANTS: &[Variant] = &[];
