//! What people read: a page for the instructor, and a page for each student.
//!
//! # Layout
//!
//! - [`html`] is `report.html`
//! - [`student`] is `report-STUDENT.md`
//! - `statistics` is what is true of the class as a whole
//! - `text` is hostile text, cut to a length and made visible; each page then escapes it

pub mod html;
pub mod student;

mod statistics;
pub(crate) mod text;
