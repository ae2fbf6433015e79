//! What people read: a page for the instructor, and a page for each student.
//!
//! # Layout
//!
//! - [`html`] is `report.html`
//! - [`student`] is `report-STUDENT.md`
//! - `markdown` is hostile text as Markdown
//! - `statistics` is what is true of the class as a whole

pub mod html;
pub mod student;

mod markdown;
mod statistics;
