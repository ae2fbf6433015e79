//! To be written: what the program must do, in a line.

use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::failure::Checked;
use crate::subject::SOON;
use crate::trial::Trial;
use base::lessons::numbered;
use base::ports::PortCount;

pub const LESSON: Lesson = Lesson {
    entry: numbered(NUMBER),
    limits: Limits::USUAL,
    ports: PORTS,
    // To be written: the checks, whose points add up to 100.
    checks: &[Check {
        id: "binds-its-argument",
        title: "binds the address that it is given",
        points: 100,
        needs: None,
        goal: "Bind the address of the argument, and end with success when the input ends.",
        section: "DIRECTORY.md#your-turn",
        run: binds_its_argument,
    }],
    own_network: &[],
    // To be written: how the checks play it for a student whose other half isn't written yet.
    play: None,
};

fn binds_its_argument(trial: &Trial) -> Checked {
    let port = trial.TAKE_PORT()?;
    let mut program = trial.start(port.address().to_string())?;
    program.AWAIT_PORT(port.number())?;
    program.close_stdin();
    let cause =
        Cause::new("goes-on", "Return `Ok(())` from `main` when the input has ended.");
    program.wait_for_end(SOON, &cause)?.succeeded(&cause)
}
