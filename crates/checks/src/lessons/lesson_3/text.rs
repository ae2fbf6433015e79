//! The text, the whole text, and nothing but the text.

use super::NEEDED;
use crate::check::Check;
use crate::failure::{Verdict, require};
use crate::lessons::common::shows;
use crate::subject::{PROMPTLY, SOON, Subject};
use crate::trial::Trial;

pub const PRINTS: Check = Check {
    id: "prints-the-text",
    title: "prints the text it received",
    points: 15,
    needs: None,
    goal: "Bind the address of the argument, wait for a datagram, and show its bytes as text on \
           stdout.",
    section: "lesson-3-receive-once.md#receive",
    run: prints_the_text,
};

pub const WHOLE: Check = Check {
    id: "takes-1024-bytes-whole",
    title: "takes a datagram of 1,024 bytes whole",
    points: 8,
    needs: NEEDED,
    goal: "Have room for 1,024 bytes before you receive: what doesn't fit is lost.",
    section: "lesson-3-receive-once.md#what-1024-means",
    run: takes_1024_bytes_whole,
};

pub const ONLY_WHAT_CAME: Check = Check {
    id: "prints-only-what-came",
    title: "prints nothing of its buffer but the datagram",
    points: 8,
    needs: NEEDED,
    goal: "A buffer is longer than most datagrams; only its beginning is the message.",
    section: "lesson-3-receive-once.md#receive",
    run: prints_only_what_came,
};

pub const CHARACTERS: Check = Check {
    id: "prints-every-character",
    title: "prints characters of every kind as they came",
    points: 6,
    needs: NEEDED,
    goal: "Text is UTF-8: 你 is three bytes. It is shown as text, and not as numbers or escapes.",
    section: "lesson-3-receive-once.md#bytes-that-become-text",
    run: prints_every_character,
};

pub const SPACES: Check = Check {
    id: "keeps-spaces",
    title: "keeps spaces at both ends of the text",
    points: 6,
    needs: NEEDED,
    goal: "All that was received is the message: spaces are data like everything else.",
    section: "lesson-3-receive-once.md#your-turn",
    run: keeps_spaces,
};

pub const INVALID: Check = Check {
    id: "survives-invalid-utf8",
    title: "survives bytes that aren't text",
    points: 6,
    needs: NEEDED,
    goal: "Anybody may send anything to a port. What isn't UTF-8 is shown in some other form, and \
           is no reason to fail.",
    section: "lesson-3-receive-once.md#bytes-that-become-text",
    run: survives_invalid_utf8,
};

/// Starts the program, and sends it a datagram as soon as it has bound its port.
pub fn send(trial: &Trial, payload: &[u8]) -> Verdict<Subject> {
    let port = trial.port()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    trial.endpoint()?.send(payload, port.address())?;
    Ok(program)
}

fn prints_the_text(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let program = send(trial, text.as_bytes())?;
    let cause = "Receive into a buffer, take as many of its bytes as the call says it received, \
                 and print them as text, on stdout. If the program goes on afterwards, flush \
                 stdout.";
    shows(&program, text.as_bytes(), SOON, cause)
}

fn takes_1024_bytes_whole(trial: &Trial) -> Verdict {
    let text = trial.random.word(1024);
    let program = send(trial, text.as_bytes())?;
    let cause = "The buffer is too small, or something is cut off for a final zero byte: make it \
                 1,024 bytes or more (in C, 1,025 if a zero byte must follow). An empty `Vec` has \
                 no room at all, whatever its capacity.";
    shows(&program, text.as_bytes(), SOON, cause)
}

fn prints_only_what_came(trial: &Trial) -> Verdict {
    let text = trial.random.word(12);
    let program = send(trial, text.as_bytes())?;
    let cause = "The rest of the buffer was printed as well: it is full of zero bytes (NUL), which \
                 a terminal doesn't show. Use the length that the receiving call returns, \
                 `&buffer[..length]`.";
    shows(&program, text.as_bytes(), SOON, cause)?;
    // What is behind the text may come later than the text.
    let stdout = match program.wait_for_end(PROMPTLY, cause) {
        Ok(ended) => ended.stdout,
        Err(_) => program.stdout(),
    };
    let nuls = stdout.iter().filter(|byte| **byte == 0).count();
    let problem = format!("it printed {nuls} NUL bytes, and the datagram had none");
    require(nuls == 0, problem, cause)
}

fn prints_every_character(trial: &Trial) -> Verdict {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text =
        format!("{word} 你好 é \u{1f40d} \"quoted\" 'quoted' back\\slash 100 % {{}} {other}");
    let program = send(trial, text.as_bytes())?;
    let cause = "The bytes were printed in a form for programmers (`{:?}`, Python's `b'…'`, \
                 numbers), or as something other than UTF-8. Decode them: \
                 `String::from_utf8_lossy`, `.decode('utf-8', 'replace')`; and print with `{}`.";
    shows(&program, text.as_bytes(), SOON, cause)
}

fn keeps_spaces(trial: &Trial) -> Verdict {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text = format!("   {word}   {other}   ");
    let program = send(trial, text.as_bytes())?;
    let cause = "The text was trimmed, or taken apart into words. Print it as it came: no `trim`, \
                 no `strip`, no `scanf`.";
    shows(&program, text.as_bytes(), SOON, cause)
}

fn survives_invalid_utf8(trial: &Trial) -> Verdict {
    let (before, after) = (trial.random.word(8), trial.random.word(8));
    let payload = [before.as_bytes(), b"\xff\xfe", after.as_bytes(), b"\xe5\xa5"].concat();
    let program = send(trial, &payload)?;
    let cause = "Decoding failed on bytes that aren't UTF-8, and took the program with it. Use \
                 what puts `\u{fffd}` in their place: `String::from_utf8_lossy`, \
                 `.decode('utf-8', 'replace')`.";
    shows(&program, before.as_bytes(), SOON, cause)?;
    shows(&program, after.as_bytes(), SOON, cause)?;
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}
