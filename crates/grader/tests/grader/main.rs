//! The grader, tested from outside. It is one program, so that what is slow and only waits, such as a
//! class of hostile programs, keeps nothing else waiting. What `confine` holds is another.

mod built;
mod class;
mod compiling;
mod folders;
mod formats;
mod golden;
mod hostile;
mod places;
mod platforms;
mod report;
mod results;
mod submissions;
mod without_bubblewrap;
