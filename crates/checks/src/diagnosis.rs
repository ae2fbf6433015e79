//! What is probably wrong with bytes that aren't the expected ones: they tell it themselves.

use crate::bytes::{find, nearest};
use crate::cause::Cause;
use base::ports::Protocol;
use std::process::ExitStatus;

/// What a program has printed, and whether it still runs.
pub struct Seen<'a> {
    pub stdout: &'a [u8],
    pub stderr: &'a [u8],
    pub status: Option<ExitStatus>,
}

/// Why a text that should stand in the output doesn't. `otherwise` is what the check supposes.
pub fn of_output(text: &[u8], seen: &Seen<'_>, otherwise: &Cause) -> Cause {
    if let Some(change) = change(text, seen.stdout) {
        return change;
    }
    if find(seen.stderr, text) {
        return ON_STDERR;
    }
    if let Some(status) = seen.status.filter(|status| !status.success()) {
        return otherwise.of_end(status);
    }
    if seen.status.is_none() && seen.stdout.is_empty() {
        NOTHING_ON_STDOUT
    } else {
        otherwise.clone()
    }
}

/// Why nothing came on stdout that was awaited there, while the program runs.
pub fn of_silence(seen: &Seen<'_>, otherwise: &Cause) -> Cause {
    match (seen.stdout, seen.stderr) {
        (b"", b"") => NOTHING_ON_STDOUT,
        (b"", _) => ALL_ON_STDERR,
        _ => otherwise.clone(),
    }
}

/// Why a program hasn't bound a port of IPv4; `bound` are those that it has, as far as the system
/// tells.
pub fn of_an_unbound_port(bound: &[(Protocol, u16)], protocol: Protocol, port: u16) -> Cause {
    let ports = |of: Protocol| bound.iter().filter(move |(protocol, _)| *protocol == of);
    if bound.contains(&(protocol, port)) {
        return IPV6;
    }
    if bound.contains(&(protocol, port.swap_bytes())) {
        return port_bytes_swapped("It has bound", port);
    }
    let other = match protocol {
        Protocol::Udp => Protocol::Tcp,
        Protocol::Tcp => Protocol::Udp,
    };
    if ports(other).any(|(_, number)| *number == port) {
        return Cause::seen(
            "other-protocol",
            format!("It has bound {other} port {port}, which is another port than {protocol}'s."),
        );
    }
    let numbers: Vec<String> = ports(protocol).map(|(_, number)| number.to_string()).collect();
    if numbers.is_empty() {
        return Cause::seen(
            "binds-nothing",
            format!(
                "The program must bind a {protocol} socket to the address that it is given as its \
                 argument, here port {port}, and then wait."
            ),
        );
    }
    Cause::seen(
        "other-port",
        format!(
            "It has bound {protocol} port {}. Which one it is to bind, its first argument says, \
             here {port}.",
            numbers.join(" and ")
        ),
    )
}

/// `what` completes "… port 8090", with the port that it was instead.
pub fn port_bytes_swapped(what: &str, port: u16) -> Cause {
    let swapped = port.swap_bytes();
    Cause::seen(
        "port-bytes-swapped",
        format!(
            "{what} port {swapped}, whose two bytes are those of {port}, swapped. A port goes \
             through the network with its larger byte first: give it to `htons`."
        ),
    )
}

/// Why a payload isn't the expected one.
pub fn of_payload(expected: &[u8], actual: &[u8]) -> Cause {
    let Some((front, behind)) = around(expected, actual) else {
        return change(expected, actual).unwrap_or_else(|| of_another(expected, actual));
    };
    match (front, behind) {
        (b"", b"\n" | b"\r\n" | b"\n\0" | b"\r\n\0") => LINE_END,
        (b"", b"\r") => CARRIAGE_RETURN,
        (b"", b"\0") => FINAL_ZERO,
        (b"", [0, ..]) => WHOLE_BUFFER,
        (b"", _) => SOMETHING_BEHIND,
        (_, b"") => SOMETHING_IN_FRONT,
        _ => SOMETHING_AROUND,
    }
}

/// What stands before and behind `part`; nothing if it doesn't stand in it. Everything stands in
/// front of an empty one.
fn around<'a>(part: &[u8], whole: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    if part.is_empty() {
        return Some((b"", whole));
    }
    let at = whole.windows(part.len()).position(|window| window == part)?;
    Some((whole.get(..at)?, whole.get(at + part.len()..)?))
}

fn of_another(expected: &[u8], actual: &[u8]) -> Cause {
    match actual {
        _ if expected.is_empty() => SOMETHING_BEHIND,
        b"" => EMPTY,
        _ => OTHER_BYTES,
    }
}

/// What was done to `text` where something that was made of it stands in `whole`.
fn change(text: &[u8], whole: &[u8]) -> Option<Cause> {
    if text.is_empty() {
        return None;
    }
    let has = |part: &[u8]| part != text && !part.is_empty() && find(whole, part);
    if escaped(text).iter().any(|form| has(form.as_bytes())) {
        return Some(ESCAPED);
    }
    if lossy(text).iter().any(|form| has(form.as_bytes())) {
        return Some(REPLACED);
    }
    if has(latin_1(text).as_bytes()) {
        return Some(WRONG_ENCODING);
    }
    if has(text.trim_ascii()) {
        return Some(TRIMMED);
    }
    if has(&words(text).join(&b' ')) {
        return Some(TAKEN_APART);
    }
    if [text.to_ascii_uppercase(), text.to_ascii_lowercase()].iter().any(|other| has(other)) {
        return Some(OTHER_CASE);
    }
    cut(text, whole)
}

/// The forms that programmers give to bytes.
fn escaped(text: &[u8]) -> Vec<String> {
    let decoded = String::from_utf8_lossy(text);
    let inner = |shown: String| shown.get(1..shown.len() - 1).unwrap_or_default().to_owned();
    let list = |separator: &str, radix: fn(&u8) -> String| {
        text.iter().take(8).map(radix).collect::<Vec<_>>().join(separator)
    };
    let mut forms = vec![
        inner(format!("{decoded:?}")),
        text.escape_ascii().to_string(),
        decoded.escape_unicode().to_string(),
        decoded.escape_default().to_string(),
    ];
    // Fewer would stand in other text as well.
    if text.len() >= 4 {
        forms.push(list(", ", u8::to_string));
        forms.push(list(" ", u8::to_string));
        forms.push(list(" ", |byte| format!("{byte:02x}")));
        forms.push(list(" ", |byte| format!("{byte:02X}")));
        forms.push(list("", |byte| format!("{byte:02x}")));
    }
    // What has none of these in it, isn't escaped.
    forms.retain(|form| *form != decoded);
    forms
}

/// With something else in the place of what isn't ASCII, or isn't text.
fn lossy(text: &[u8]) -> [String; 4] {
    let decoded = String::from_utf8_lossy(text);
    let replaced = |by: &str| -> String {
        decoded.chars().map(|c| if c.is_ascii() { c.to_string() } else { by.to_owned() }).collect()
    };
    [decoded.to_string(), replaced("?"), replaced("\u{fffd}"), replaced("")]
}

/// A byte as a character each.
fn latin_1(text: &[u8]) -> String {
    text.iter().copied().map(char::from).collect()
}

fn words(text: &[u8]) -> Vec<&[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect()
}

/// Of which only the beginning is there.
fn cut(text: &[u8], whole: &[u8]) -> Option<Cause> {
    let (_, length) = nearest(text, whole);
    if length == 0 || length == text.len() {
        return None;
    }
    if text[length] == 0 {
        return Some(CUT_AT_NUL);
    }
    if text[length] == b'\r' {
        return Some(CUT_AT_CARRIAGE_RETURN);
    }
    let words = match text.len() - length {
        _ if length == 8 => {
            "8 is the size of a pointer: in C, `sizeof` of a pointer isn't the length of the text."
        }
        1 => {
            "One byte is missing: don't keep room for a final zero byte, or give the buffer one \
             byte more."
        }
        _ => {
            "The buffer that it was read into is too small, or a length is wrong: an empty `Vec` \
             has no room at all, whatever its capacity; `fgets` and `recvfrom` take no more than \
             they are told."
        }
    };
    let text = format!("Only the first {length} of {} bytes are there. {words}", text.len());
    Some(Cause::seen("cut", text))
}

const ON_STDERR: Cause = Cause::new(
    "on-stderr",
    "The text stands on stderr. What is graded goes to stdout: `print!`, `printf`, and not \
     `eprintln!`, `perror`, or a logger.",
);

const NOTHING_ON_STDOUT: Cause = Cause::new(
    "nothing-on-stdout",
    "The program runs, and nothing has reached its stdout. If it prints, flush stdout behind it: \
     in a pipe, most languages keep what is printed until a buffer is full \
     (`io::stdout().flush()`, `print(…, flush=True)`, `fflush(stdout)`).",
);

const IPV6: Cause = Cause::new(
    "ipv6",
    "It has bound the port at an address of IPv6. 127.0.0.1 and its like are IPv4: create the \
     socket as `AF_INET`, at the very address of the argument.",
);

const ALL_ON_STDERR: Cause = Cause::new(
    "all-on-stderr",
    "Nothing has reached stdout, and something stands on stderr. What is graded goes to stdout.",
);

const LINE_END: Cause = Cause::new(
    "line-end",
    "A line end stands behind it. What reads a line usually leaves `\\n` at its end: take that off \
     before you send, and add none.",
);

const CARRIAGE_RETURN: Cause = Cause::new(
    "carriage-return",
    "Only `\\n` was taken off, and `\\r` was left. If there was a `\\n`, take off one `\\r` before it, \
     too.",
);

const FINAL_ZERO: Cause = Cause::new(
    "final-zero",
    "A zero byte was sent along. It ends a string in C's memory, and isn't part of the text: give \
     the length without it, as `strlen` counts it.",
);

const WHOLE_BUFFER: Cause = Cause::new(
    "whole-buffer",
    "The rest of the buffer is there as well, zeros and all. Use the length that reading or \
     receiving returned, and not the buffer's own: `&buffer[..length]`; in C not `sizeof buffer`.",
);

const SOMETHING_BEHIND: Cause = Cause::new(
    "something-behind",
    "Something was added behind it: more of the buffer than was received, what older messages \
     have left there, or words of your own. Nothing else belongs there.",
);

const SOMETHING_IN_FRONT: Cause = Cause::new(
    "something-in-front",
    "Something was put in front of it, such as a label. Only the bytes themselves belong there.",
);

const SOMETHING_AROUND: Cause = Cause::new(
    "something-around",
    "Something was put around it, such as quotes. Only the bytes themselves belong there.",
);

const EMPTY: Cause = Cause::new(
    "empty",
    "An empty datagram came. Send the bytes that were read, as many as there are; in C, `strlen` \
     of what begins with a zero byte is 0.",
);

const OTHER_BYTES: Cause = Cause::new(
    "other-bytes",
    "These are other bytes than expected. Send the very bytes that were read or received, of this \
     message, and not what was made of them for the screen.",
);

const ESCAPED: Cause = Cause::new(
    "escaped",
    "The text was given a form for programmers: quotes with escapes, or numbers (`{:?}`, Python's \
     `b'…'`, hexadecimal). Show it as text: decode the bytes, as `String::from_utf8_lossy` and \
     `.decode('utf-8', 'replace')` do, and print with `{}`.",
);

const REPLACED: Cause = Cause::new(
    "replaced",
    "Some characters were replaced, by `?` or `\u{fffd}`, or left out. Decode only for the screen, \
     as UTF-8, and send the bytes as they came.",
);

const WRONG_ENCODING: Cause = Cause::new(
    "wrong-encoding",
    "Each byte became a character of its own. The text is UTF-8, in which a character may have \
     several bytes: decode it as that.",
);

const TRIMMED: Cause = Cause::new(
    "trimmed",
    "Spaces or line ends at its ends were taken off. They are data: no `trim`, no `strip`; of a \
     typed line take off the line end, and no more.",
);

const TAKEN_APART: Cause = Cause::new(
    "taken-apart",
    "The text was taken apart into words and put together again; spaces between them are data, \
     too. Read whole lines: no `scanf`, no `split`.",
);

const OTHER_CASE: Cause =
    Cause::new("other-case", "Letters were made large or small. Leave them as they are.");

const CUT_AT_NUL: Cause = Cause::new(
    "cut-at-nul",
    "It ends where a zero byte stands in it. In C, `strlen` and `%s` stop there: use the length \
     that `recvfrom` or `read` has returned, and `fwrite`.",
);

const CUT_AT_CARRIAGE_RETURN: Cause = Cause::new(
    "cut-at-carriage-return",
    "It ends where a `\\r` stands in it, which ends no line unless `\\n` comes next. Java's `readLine` \
     takes it for an end, and in C `strcspn` looks for it from the front: read up to `\\n`, and take \
     off one `\\r` before it.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_tell_what_was_done_to_them() {
        for (expected, actual, id) in [
            ("word", "word\n", "line-end"),
            ("word", "word\r", "carriage-return"),
            ("word", "word\0", "final-zero"),
            ("word", "word\0\0\0", "whole-buffer"),
            ("word", "wordother", "something-behind"),
            ("word", "you said: word", "something-in-front"),
            ("word", "'word'", "something-around"),
            ("", "\0\0", "whole-buffer"),
            ("", "hello", "something-behind"),
            ("word", "", "empty"),
            ("word", "other", "other-bytes"),
            ("word", "WORD", "other-case"),
            ("  word ", "word", "trimmed"),
            ("some  word", "some word", "taken-apart"),
            ("some longer text", "some longer", "cut"),
            ("some longer text", "some lon", "cut"),
            ("zero\0byte", "zero", "cut-at-nul"),
            ("some\rtext", "some", "cut-at-carriage-return"),
            ("你好", "??", "replaced"),
            ("你好", "ä½\u{a0}å¥½", "wrong-encoding"),
            ("quoted \"word\"", r#"quoted \"word\""#, "escaped"),
            ("word", "[119, 111, 114, 100]", "escaped"),
        ] {
            let cause = of_payload(expected.as_bytes(), actual.as_bytes());
            assert_eq!(cause.id, id, "{expected:?} became {actual:?}");
        }
        let lossy = of_payload(b"\xffword", "\u{fffd}word".as_bytes());
        assert_eq!(lossy.id, "replaced");
    }

    #[test]
    fn ports_tell_what_was_bound_instead() {
        let (udp, tcp) = (Protocol::Udp, Protocol::Tcp);
        for (bound, id) in [
            (&[][..], "binds-nothing"),
            (&[(udp, 0x9a1f)], "port-bytes-swapped"),
            (&[(udp, 1), (tcp, 8090)], "other-protocol"),
            (&[(udp, 1)], "other-port"),
            // Not where IPv4 would find it.
            (&[(udp, 8090)], "ipv6"),
        ] {
            assert_eq!(of_an_unbound_port(bound, udp, 8090).id, id, "{bound:?}");
        }
    }

    #[test]
    fn output_tells_first_what_was_done_and_then_where_it_went() {
        let check = Cause::new("the-checks", "");
        let of = |stdout: &[u8], stderr: &[u8]| {
            of_output(b" word ", &Seen { stdout, stderr, status: None }, &check).id
        };
        assert_eq!(of(b"got word.", b" word "), "trimmed");
        assert_eq!(of(b"waiting", b"got  word  now"), "on-stderr");
        assert_eq!(of(b"", b""), "nothing-on-stdout");
        assert_eq!(of(b"waiting", b""), "the-checks");
    }
}
