//! Why a program probably fails: an id, which stays, and words, which may change.
//!
//! A cause is said only of what was seen. What a program prints or sends tells by itself what is
//! wrong with it, and so does how it ended: [`crate::diagnosis`] looks. What a check supposes is said
//! only where nothing else is known.

use std::borrow::Cow;
use std::process::ExitStatus;

/// A likely cause of a failure. The default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// Kebab-case, and the same for ever.
    pub id: Cow<'static, str>,
    /// What is probably wrong in the program, and what to do.
    pub text: Cow<'static, str>,
    /// Whether it also explains why a program has ended.
    pub explains_ends: bool,
}

impl Cause {
    /// Where nothing is supposed.
    pub const NONE: Self = Self::new("", "");

    /// Of a program that runs on.
    pub const fn new(id: &'static str, text: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), text: Cow::Borrowed(text), explains_ends: false }
    }

    /// The same also where the program has ended, although it shouldn't have.
    pub const fn of_ends(id: &'static str, text: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), text: Cow::Borrowed(text), explains_ends: true }
    }

    /// With words that depend on what was seen.
    pub fn seen(id: impl Into<Cow<'static, str>>, text: String) -> Self {
        Self { id: id.into(), text: text.into(), explains_ends: false }
    }

    /// Why a program has probably ended: this, if it explains ends, or else what its status tells.
    #[must_use]
    pub fn of_end(&self, status: ExitStatus) -> Self {
        if self.explains_ends && !is_signal(status) { self.clone() } else { ended(status) }
    }
}

/// What the way in which it ended tells.
fn ended(status: ExitStatus) -> Cause {
    match (signal(status), status.code()) {
        (Some(signal), _) => crashed(signal),
        (None, Some(101)) => PANICKED,
        (None, Some(0)) => ENDED,
        (None, _) => ENDED_WITH_AN_ERROR,
    }
}

const PANICKED: Cause = Cause::new(
    "panicked",
    "The program panicked. The end of its stderr names the line; return an error from `main` \
     instead, or handle it.",
);

const ENDED: Cause = Cause::new(
    "ended-too-early",
    "The program came to its end, as if its work was done, when there was more to do.",
);

const ENDED_WITH_AN_ERROR: Cause = Cause::new(
    "ended-with-an-error",
    "The program met an error and ended. What it said about it on stderr, if anything, is shown \
     here.",
);

/// What a signal's number means.
fn crashed(signal: i32) -> Cause {
    let what = match signal {
        4 => "SIGILL: an instruction that isn't one, or a check of the compiler's that failed",
        6 => {
            "SIGABRT: it gave up by itself, as a failed `assert`, a lack of memory or a sanitizer does"
        }
        7 => "SIGBUS: it used memory that isn't there",
        8 => "SIGFPE: a whole number was divided by zero",
        9 => "SIGKILL: it was killed from outside; often it took more memory or time than it may",
        11 => "SIGSEGV: it used memory that isn't its own",
        13 => "SIGPIPE: it wrote to what nobody reads any more",
        15 => "SIGTERM: somebody told it to end",
        24 => "SIGXCPU: it took more processor time than it may",
        25 => "SIGXFSZ: it wrote a file that is larger than it may be",
        _ => "a signal",
    };
    let advice = match signal {
        4 | 6 | 7 | 8 | 11 => {
            " In C, compile it with `-g -fsanitize=address,undefined` and run it by hand: that \
             names the line."
        }
        _ => "",
    };
    Cause::seen("crashed", format!("The program was ended by {what}.{advice}"))
}

/// The signal that has ended a program, also where a shell or a sandbox says so in its own status,
/// as 128 and the signal's number.
pub fn signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Some(signal);
    }
    // Others end with such numbers, too, but hardly with these.
    let told = status.code()? - 128;
    [4, 5, 6, 7, 8, 9, 11, 24, 25].contains(&told).then_some(told)
}

fn is_signal(status: ExitStatus) -> bool {
    signal(status).is_some()
}
