//! From the line that was typed to the payload of the datagram.

use super::{NEEDED, sent};
use crate::check::Check;
use crate::failure::{Verdict, contains, same};
use crate::trial::Trial;

pub const SENDS: Check = Check {
    id: "sends-the-line",
    title: "sends the line to the address of its argument",
    points: 12,
    needs: None,
    goal: "Read a line, and hand it to the system as a datagram for the address that was given.",
    section: "lesson-2-send-once.md#the-clients-four-steps",
    run: sends_the_line,
};

pub const EXACT: Check = Check {
    id: "leaves-out-the-line-end",
    title: "sends the line without its end, and nothing more",
    points: 7,
    needs: NEEDED,
    goal: "The Enter key ends the line; it isn't part of the message.",
    section: "lesson-2-send-once.md#text-and-bytes",
    run: leaves_out_the_line_end,
};

pub const EMPTY: Check = Check {
    id: "sends-an-empty-line",
    title: "sends an empty line as a datagram of 0 bytes",
    points: 6,
    needs: NEEDED,
    goal: "A datagram without a payload is a datagram: it arrives, and says who sent it.",
    section: "lesson-2-send-once.md#3-a-datagram-without-bytes",
    run: sends_an_empty_line,
};

pub const LONG: Check = Check {
    id: "sends-3000-bytes-as-one-datagram",
    title: "sends 1,000 Chinese characters, 3,000 bytes, as one datagram",
    points: 7,
    needs: NEEDED,
    goal: "One line is one datagram, in UTF-8, however long it is: UDP joins nothing that was sent \
           in pieces.",
    section: "lesson-2-send-once.md#2-one-character-three-bytes",
    run: sends_3000_bytes_as_one_datagram,
};

pub const SPACES: Check = Check {
    id: "keeps-spaces",
    title: "keeps spaces at both ends of the line",
    points: 5,
    needs: NEEDED,
    goal: "All of the line but its end is the message: spaces and tabs are data.",
    section: "lesson-2-send-once.md#text-and-bytes",
    run: keeps_spaces,
};

pub const CRLF: Check = Check {
    id: "takes-both-line-ends",
    title: "takes \\r\\n for a line end as well",
    points: 5,
    needs: NEEDED,
    goal: "Windows ends a line with two characters, \\r\\n. Neither of them is part of the message.",
    section: "lesson-2-send-once.md#text-and-bytes",
    run: takes_both_line_ends,
};

pub const INVALID: Check = Check {
    id: "survives-invalid-utf8",
    title: "survives input that isn't UTF-8",
    points: 4,
    needs: NEEDED,
    goal: "A datagram carries bytes. A line with some that aren't text is sent like any other.",
    section: "lesson-2-send-once.md#text-and-bytes",
    run: survives_invalid_utf8,
};

fn sends_the_line(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let cause = "Send what was read to the address of the first argument, not to one that stands \
                 in the program. Open a UDP socket (`UdpSocket`, `SOCK_DGRAM`), and send with \
                 `send_to`.";
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    let cause = "What was sent isn't what was typed. Send the bytes of the line itself.";
    contains("the datagram", text.as_bytes(), &datagram.payload, cause)
}

fn leaves_out_the_line_end(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let cause = "What reads a line usually leaves `\\n` at its end. Take it off, and send the \
                 bytes as they are: no quotes, no final zero byte, and not the whole buffer.";
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    same("the datagram", text.as_bytes(), &datagram.payload, cause)
}

fn sends_an_empty_line(trial: &Trial) -> Verdict {
    let cause = "An empty line was taken for the end of the input, or not sent because it is \
                 empty. At the end of the input *nothing* is read, not even `\\n`: tell the two \
                 apart before you take the line end off.";
    let datagram = sent(trial, b"\n", cause)?;
    same("the datagram", b"", &datagram.payload, cause)
}

fn sends_3000_bytes_as_one_datagram(trial: &Trial) -> Verdict {
    let count = 900 - trial.random.below(400);
    let text = format!("{}{}", "好".repeat(count), "安".repeat(1000 - count));
    let cause = "The line was cut, sent in pieces, or isn't in UTF-8. Read the whole line, into a \
                 buffer that grows or is large enough, and send it with one call; its length is \
                 that of its bytes, not of its characters.";
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    same("the datagram", text.as_bytes(), &datagram.payload, cause)
}

fn keeps_spaces(trial: &Trial) -> Verdict {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text = format!("  \t {word}   {other} \t  ");
    let cause = "The line was trimmed, or taken apart into words. Take off the line end only: \
                 `trim`, `strip` and `scanf` take too much.";
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    // Whether the line end is taken off is another check's question.
    contains("the datagram", text.as_bytes(), &datagram.payload, cause)
}

fn takes_both_line_ends(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let cause = "Only `\\n` was taken off, and `\\r` was sent along. If there was a `\\n`, take \
                 off one `\\r` before it, too.";
    let datagram = sent(trial, format!("{text}\r\n").as_bytes(), cause)?;
    same("the datagram", text.as_bytes(), &datagram.payload, cause)
}

fn survives_invalid_utf8(trial: &Trial) -> Verdict {
    let (before, after) = (trial.random.word(8), trial.random.word(8));
    let line = [before.as_bytes(), b"\xff\xfe", after.as_bytes(), b"\xe5\xa5\n"].concat();
    let cause = "Reading text failed on bytes that aren't UTF-8, and nothing was sent. Read bytes: \
                 `read_until(b'\\n', …)`, `sys.stdin.buffer.readline()`.";
    let datagram = sent(trial, &line, cause)?;
    // What became of the wrong bytes is free; the others must be there.
    contains("the datagram", before.as_bytes(), &datagram.payload, cause)?;
    contains("the datagram", after.as_bytes(), &datagram.payload, cause)
}
