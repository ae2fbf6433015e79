//! What people read: a page for the instructor, and a page for each student.
//!
//! # Layout
//!
//! - [`html`] is `report.html`
//! - [`student`] is `report-STUDENT.md`
//! - `statistics` is what is true of the class as a whole

pub mod html;
pub mod student;

mod statistics;
