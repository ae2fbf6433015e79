//! Whether the computer was too busy to judge a program fairly.

use crate::model::Grade;
use std::num::NonZero;
use std::{fs, thread};

/// Programs that want to run, for each processor, above which a failure says little. Our own work
/// keeps well below that; it is for what else a computer is used for.
const BUSY: f64 = 10.0;

/// Whether a program lost points while this computer was overloaded.
pub fn may_have_cost_points(grade: &Grade) -> bool {
    grade.failed > 0 && is_overloaded()
}

/// Only Linux tells, in the first number of this file: the average of the last minute.
fn is_overloaded() -> bool {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = text.split(' ').next().and_then(|word| word.parse::<f64>().ok());
    load.is_some_and(|load| load > BUSY * processors() as f64)
}

/// How many programs this computer can run at the same time.
pub fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
