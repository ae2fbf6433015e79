//! The verdict, for people and for programs.

pub mod bytes;
pub mod human;
pub mod json;
