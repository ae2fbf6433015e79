//! When the client ends, and how.

use super::talk::{AFTERWARDS, NOT_SENT, Talk};
use super::{GIVES_UP, SENDS_A_LINE, SENDS_EACH_LINE};
use crate::bytes::find;
use crate::cause::Cause;
use crate::endpoint::Datagram;
use crate::failure::{Checked, Fault, failed, late, needs, require, same};
use crate::subject::{Ended, PROMPTLY, SOON, START};
use crate::trial::Trial;
use base::ports::{self, Protocol};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

// By `exit`, and by the end of the input.

pub fn ends_after_exit(trial: &Trial) -> Checked {
    let (usual, reply) = (trial.random.word(20), trial.random.word(20));
    let (talk, datagram) = say_exit(trial, &usual)?;
    let _ = talk.program.wait_for_end(2 * AFTERWARDS, &Cause::NONE);
    let (talk, datagram) = match talk.program.status() {
        Some(status) if status.success() => {
            talk.program.still_runs(&ENDS_BEFORE_THE_REPLY)?;
            (talk, datagram)
        }
        // It has given up so soon, which is another check's question.
        Some(_) => say_exit(trial, &usual)?,
        None => (talk, datagram),
    };
    // And so is whether it has sent the next line before the reply.
    let _ = talk.hears_nothing_new(Duration::ZERO, &Cause::NONE);
    talk.server.send(&reply, datagram.from)?;
    let ended = match talk.program.wait_for_end(SOON, &GOES_ON_AFTER_EXIT) {
        Err(Fault::Failed(_)) if ends_at_the_echo(trial, &talk)? => return Ok(()),
        ended => ended?,
    };
    ended.succeeded(&GOES_ON_AFTER_EXIT)?;
    talk.hears_nothing_new(AFTERWARDS / 5, &GOES_ON_AFTER_EXIT)?;
    // Whether replies are shown is another check's question, too.
    let is_shown = |text: &str| find(&ended.stdout, text.as_bytes());
    let problem = "it shows what the server replies, but for the reply to `exit`";
    require(is_shown(&reply) || !is_shown(&usual), problem, &LAST_REPLY_NOT_SHOWN)
}

/// Starts a client, and has two usual exchanges with it, with that first reply. Then types `exit` and
/// one line more, and returns what has come of `exit`.
fn say_exit(trial: &Trial, usual: &str) -> Checked<(Talk, Datagram)> {
    let talk = Talk::start(trial)?;
    talk.exchange(trial, usual)?;
    let word = trial.random.word(12);
    let datagram = talk.say(&word, &NOT_SENT).map_err(needs(SENDS_EACH_LINE))?;
    let sends_as_it_is = datagram.payload == word.as_bytes();
    talk.answer(trial, &datagram)?;
    talk.program.write(format!("exit\n{}\n", trial.random.word(12)).into_bytes());
    let datagram = talk.hears(&EXIT_NOT_SENT)?;
    if sends_as_it_is {
        same("the datagram", b"exit", &datagram.payload)?;
    }
    Ok((talk, datagram))
}

/// Whether a client that hasn't ended at another reply ends where `exit` itself comes back. That it
/// looks at the reply is another check's question.
fn ends_at_the_echo(trial: &Trial, talk: &Talk) -> Checked<bool> {
    if let Ok(next) = talk.hears(&Cause::NONE) {
        talk.answer(trial, &next)?;
    }
    let Ok(datagram) = talk.say("exit", &Cause::NONE) else { return Ok(false) };
    talk.server.send("exit", datagram.from)?;
    let ended = talk.program.wait_for_end(PROMPTLY, &Cause::NONE);
    Ok(ended.is_ok_and(|ended| ended.status.success()))
}

const EXIT_NOT_SENT: Cause = Cause::of_ends(
    "exit-not-sent",
    "`exit` wasn't sent. It goes to the server like any other line; only when its reply has come is \
     what was typed compared with `exit`.",
);

const ENDS_BEFORE_THE_REPLY: Cause = Cause::of_ends(
    "ends-before-the-reply",
    "`exit` was sent, and the program didn't wait for its reply. Receive and show it like any other, \
     and end then.",
);

const GOES_ON_AFTER_EXIT: Cause = Cause::new(
    "goes-on-after-exit",
    "When the reply to `exit` has come, leave the loop and end with status 0. Look at what was typed, \
     without its line end, and not at the reply: the server may answer anything.",
);

const LAST_REPLY_NOT_SHOWN: Cause =
    Cause::new("last-reply-not-shown", "Show the reply to `exit` like any other, before you end.");

pub fn goes_on_after_words_like_exit(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    // Whether it goes on after any line is another check's question.
    talk.exchange(trial, trial.random.word(12))?;
    talk.exchange(trial, trial.random.word(12))?;
    for line in ["exit now", "EXIT", "Exit", "exi", "exits", "quit", "exit ", " exit"] {
        let datagram = talk.say(line, &TAKEN_FOR_EXIT)?;
        if line.contains(' ') && !find(&datagram.payload, line.as_bytes()) {
            trial.step("its spaces aren't there any more, so what follows would say nothing");
            return Ok(());
        }
        talk.answer(trial, &datagram)?;
    }
    talk.exchange(trial, trial.random.word(12)).map(drop)?;
    talk.program.still_runs(&TAKEN_FOR_EXIT)
}

const TAKEN_FOR_EXIT: Cause = Cause::of_ends(
    "taken-for-exit",
    "The last line that was typed isn't `exit`, and was taken for it. Compare the whole line with \
     `exit`, byte for byte: not only its beginning, not in capital letters, and without taking spaces \
     off.",
);

pub fn goes_on_whatever_the_reply_says(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    talk.exchange(trial, trial.random.word(12))?;
    let mut datagram = talk.say_word(trial)?;
    for reply in ["exit", "exit\n", "EXIT", "", "quit"] {
        talk.server.send(reply, datagram.from)?;
        datagram = talk.say(trial.random.word(12), &OBEYS_THE_REPLY)?;
    }
    talk.program.still_runs(&OBEYS_THE_REPLY)
}

const OBEYS_THE_REPLY: Cause = Cause::of_ends(
    "obeys-the-reply",
    "What the last reply said has stopped it. Decide by the line that was typed whether to end, not \
     by the reply: otherwise a server can end its clients. An empty reply is a reply, too: with UDP \
     nothing is closed when 0 bytes come.",
);

pub fn ends_with_its_input(trial: &Trial) -> Checked {
    let mut talk = Talk::start(trial)?;
    talk.exchange(trial, trial.random.word(12))?;
    talk.program.type_line(trial.random.word(12));
    talk.program.close_stdin();
    let datagram = talk.hears(&NOT_SENT).map_err(needs(SENDS_EACH_LINE))?;
    talk.answer(trial, &datagram)?;
    ends(&talk, SOON)?;
    trial.step("started another one, and typed nothing");
    let mut silent = Talk::start(trial)?;
    silent.program.close_stdin();
    ends(&silent, START)
}

/// Requires that a client ends where its input has ended, and sends nothing for that.
fn ends(talk: &Talk, within: Duration) -> Checked {
    let ended = talk.program.wait_for_end(within, &INPUT_NEVER_ENDS);
    talk.hears_nothing_new(AFTERWARDS / 5, &END_IS_A_LINE)?;
    ended?.succeeded(&END_IS_AN_ERROR)
}

const INPUT_NEVER_ENDS: Cause = Cause::new(
    "input-never-ends",
    "Where the input ends (Rust: 0 bytes are read; Python: `EOFError` from `input`, or an empty \
     string; C: `NULL` from `fgets`, -1 from `getline`), leave the loop and end with status 0.",
);

const END_IS_A_LINE: Cause = Cause::new(
    "end-is-a-line",
    "Where the input had ended, something was sent. The end of the input isn't an empty line, nor the \
     last line once more: nothing was typed, so nothing is sent.",
);

const END_IS_AN_ERROR: Cause = Cause::of_ends(
    "end-is-an-error",
    "The end of the input is no error: leave the loop and end with status 0. (In Python, `input` \
     raises `EOFError` there.)",
);

// Where no reply comes.

/// The earliest and the latest end without a reply, with a little room for measuring.
const EARLIEST: Duration = Duration::from_millis(1_450);
const LATEST: Duration = Duration::from_millis(10_500);

/// The least time between two copies of a message, with a little room for measuring; and what is as
/// good as at once, which another check sees.
const REPEATED: Duration = Duration::from_millis(1_950);
const AT_ONCE: Duration = Duration::from_millis(200);

/// A client that waits for a reply which doesn't come, and has been typed another line.
struct Waiting {
    talk: Talk,
    /// Before and behind the moment when it has sent its line. On a busy computer a datagram waits
    /// for us: so a time is taken from `typed` where too little would count as a failure, and from
    /// `heard` where too much would.
    typed: Instant,
    heard: Instant,
    client: SocketAddr,
}

impl Waiting {
    /// It has had one reply already, which must not make it wait for ever for the next one. If it
    /// takes no second line, which others ask, it waits for its first.
    fn start(trial: &Trial) -> Checked<Self> {
        let talk = Talk::start(trial)?;
        talk.exchange(trial, trial.random.word(12))?;
        match Self::of(talk, trial) {
            Err(Fault::Failed(_)) => {
                trial.step("started another one, since it has sent only one line");
                Self::of(Talk::start(trial)?, trial).map_err(needs(SENDS_A_LINE))
            }
            result => result,
        }
    }

    fn of(talk: Talk, trial: &Trial) -> Checked<Self> {
        let typed = Instant::now();
        let client = talk.say(trial.random.word(12), &NOT_SENT)?.from;
        let heard = Instant::now();
        talk.program.type_line(trial.random.word(12));
        Ok(Self { talk, typed, heard, client })
    }

    /// Waits for what it does next, but not past the latest end. A copy of its message comes too
    /// soon, or is passed over. A new line that comes at once doesn't wait for the reply to the one
    /// before, which is another check's question.
    fn next(&self) -> Checked<Next> {
        let (mut last_sent, mut nothing_yet) = (self.typed, self.typed);
        while self.heard.elapsed() < LATEST && self.talk.program.still_runs(&Cause::NONE).is_ok() {
            let look = Instant::now();
            let datagram =
                self.talk.server.receive("its end", Duration::from_millis(30), &Cause::NONE);
            match datagram {
                Ok(datagram) if self.is_next_line(&datagram) => return Ok(Next::Line),
                Ok(_) if (AT_ONCE..REPEATED).contains(&last_sent.elapsed()) => {
                    let problem =
                        format!("its message came again after only {:.1?}", last_sent.elapsed());
                    return Err(failed(problem, &REPEATS_TOO_SOON));
                }
                Ok(_) => last_sent = nothing_yet,
                Err(Fault::Failed(_)) => nothing_yet = look,
                Err(error) => return Err(error),
            }
        }
        let waited = self.typed.elapsed();
        match self.talk.program.wait_for_end(SOON / 4, &Cause::NONE) {
            Ok(ended) => Ok(Next::End(ended, waited)),
            Err(Fault::Failed(_)) => Ok(Next::Nothing),
            Err(error) => Err(error),
        }
    }

    fn is_next_line(&self, datagram: &Datagram) -> bool {
        self.talk.is_new(datagram) && self.typed.elapsed() >= EARLIEST
    }
}

/// What a client does when no reply comes.
enum Next {
    End(Ended, Duration),
    Line,
    Nothing,
}

pub fn gives_up_without_a_reply(trial: &Trial) -> Checked {
    let waiting = Waiting::start(trial)?;
    let (ended, waited) = match waiting.next()? {
        Next::End(ended, waited) => (ended, waited),
        Next::Line => {
            return Err(failed("without a reply, it has sent the next line", &GOES_ON_WITHOUT));
        }
        Next::Nothing => {
            let problem =
                format!("it still runs, {:.1?} after its message", waiting.heard.elapsed());
            return Err(late(problem, SOON, &NO_TIME_OUT));
        }
    };
    let crash = Cause::NONE.of_end(ended.status);
    require(!ended.is_crash(), format!("it crashed: {}", ended.status), &crash)?;
    let problem = format!("it gave up only {waited:.1?} after its message");
    require(waited >= EARLIEST, problem, &GIVES_UP_TOO_SOON)?;
    ended.failed_properly("", &NO_REPLY_IS_NO_ERROR)
}

const NO_TIME_OUT: Cause = Cause::new(
    "no-time-out",
    "A reply can be lost. Set a time-out for receiving of, say, 3 seconds (`set_read_timeout`, \
     `settimeout`; in C SO_RCVTIMEO with a `struct timeval`, and see what `setsockopt` returns). When \
     it has passed, say so on stderr and end with a status that isn't 0.",
);

const GOES_ON_WITHOUT: Cause = Cause::new(
    "goes-on-without-a-reply",
    "When no reply has come, the program ends, with a status that isn't 0. It may only be late, and \
     would then be taken for the reply to the next line.",
);

const GIVES_UP_TOO_SOON: Cause = Cause::new(
    "gives-up-too-soon",
    "A reply may take a while: wait for at least 1.5 seconds before you give up. (In C, `tv_usec` \
     counts microseconds, and `tv_sec` seconds.)",
);

const NO_REPLY_IS_NO_ERROR: Cause = Cause::new(
    "no-reply-is-no-error",
    "It has given up, and that is an error: say so on stderr, and end with a status that isn't 0.",
);

const REPEATS_TOO_SOON: Cause = Cause::new(
    "repeats-too-soon",
    "Send a message once, and wait for the reply. If you want to send it again when there is none, \
     wait for 2 seconds first.",
);

/// What strangers send: at first a few datagrams, since who ends at these doesn't ignore strangers,
/// which is another check's question; then many at once; and then one now and again.
const STRANGERS: [(usize, Duration); 4] = [
    (1, Duration::from_millis(100)),
    (1, Duration::from_millis(200)),
    (MANY, AT_ONCE),
    (1, Duration::from_millis(250)),
];
const MANY: usize = 30;

pub fn gives_up_whatever_strangers_send(trial: &Trial) -> Checked {
    let waiting = Waiting::start(trial)?;
    let (talk, stranger) = (&waiting.talk, trial.endpoint()?);
    let ended = || talk.program.status().is_some();
    trial.step("wrote to it as a stranger: two datagrams, many at once, and then four a second");
    let mut strangers = STRANGERS.iter();
    let [.., mut now] = STRANGERS;
    while waiting.heard.elapsed() < LATEST && !ended() {
        now = strangers.next().copied().unwrap_or(now);
        for _ in 0..now.0 {
            stranger.transmit(trial.random.word(12).as_bytes(), waiting.client)?;
        }
        match talk.server.receive("its end", now.1, &Cause::NONE) {
            // It goes on, which others ask.
            Ok(datagram) if talk.is_new(&datagram) => return Ok(()),
            Ok(_) | Err(Fault::Failed(_)) => {}
            Err(fault) => return Err(fault),
        }
        let problem = format!("it gave up where {MANY} datagrams of strangers had come at once");
        require(now.0 < MANY || !ended(), problem, &STRANGERS_USE_UP_ITS_TRIES)?;
    }
    // How long it waits without strangers is another check's question.
    let waited = waiting.heard.elapsed();
    let problem =
        format!("strangers wrote to it, and it still runs {waited:.1?} after its message");
    let fault = late(problem, SOON, &WAITS_FOR_STRANGERS);
    if ended() { Ok(()) } else { Err(needs(GIVES_UP)(fault)) }
}

const WAITS_FOR_STRANGERS: Cause = Cause::new(
    "waits-for-strangers",
    "The end of the wait is to be fixed once, before the loop, and each receiving call gets the time \
     that is left until then: with a fresh time-out for each call, every datagram of a stranger \
     starts the wait anew.",
);

const STRANGERS_USE_UP_ITS_TRIES: Cause = Cause::of_ends(
    "strangers-use-up-its-tries",
    "Some datagrams of strangers, and it gave up. Let the clock decide when to give up, and not how \
     often something has come.",
);

pub fn survives_a_refusal(trial: &Trial) -> Checked {
    let Talk { program, server, .. } = {
        let talk = Talk::start(trial)?;
        talk.exchange(trial, trial.random.word(12))?;
        let datagram = talk.say_word(trial)?;
        talk.answer(trial, &datagram)?;
        talk
    };
    let port = server.address.port();
    drop(server);
    // A program that is just being started elsewhere may hold a copy of it for another moment.
    let closed = Instant::now();
    while ports::is_bound(Protocol::Udp, port) == Some(true) && closed.elapsed() < PROMPTLY {
        let _ = program.wait_for_end(Duration::from_millis(2), &Cause::NONE);
    }
    trial.step("closed the server's socket");
    program.type_line(trial.random.word(12));
    match program.wait_for_end(3 * AFTERWARDS, &Cause::NONE) {
        Ok(ended) => ended.failed_properly("", &REFUSAL),
        Err(Fault::Failed(_)) => {
            trial.step("saw it wait on, since nobody has told it");
            Ok(())
        }
        Err(fault) => Err(fault),
    }
}

const REFUSAL: Cause = Cause::of_ends(
    "refusal-is-no-error",
    "Nobody listened at the server's port, and the system has told so (\"connection refused\"): there \
     is no reply. Say so on stderr and end with a status that isn't 0, or wait on.",
);

pub fn fails_if_the_system_refuses(trial: &Trial) -> Checked {
    let mut talk = Talk::start(trial)?;
    talk.program.write([&[b'x'; 70_000][..], b"\n"].concat());
    talk.program.close_stdin();
    let ended = talk.program.wait_for_end(LATEST, &SENT_IN_VAIN);
    // A part of it isn't refused. Whether a line is sent whole is another check's question.
    let sent = talk.hears_nothing_new(Duration::ZERO, &SENT_IN_PART);
    sent.map_err(needs(SENDS_EACH_LINE))?;
    ended?.failed_properly("", &SENT_IN_VAIN)
}

const SENT_IN_VAIN: Cause = Cause::new(
    "sent-in-vain",
    "A line of 70,000 bytes fits into no datagram, and the system refuses to send it: look at what \
     the sending call says, `?` or -1, say so on stderr, and end with a status that isn't 0.",
);

const SENT_IN_PART: Cause = Cause::new(
    "sent-in-part",
    "A part of a line was sent that is too long for a datagram. Send a line whole, or fail.",
);
