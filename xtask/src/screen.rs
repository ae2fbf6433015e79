//! What people see of a running lesson: the programs' output, labelled by side, and what is said
//! about the wire between them.

use anyhow::{Context, Result};
use base::terminal::{Charset, Style};
use base::text;
use std::io::{self, Write};

/// A program of a running lesson.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Server,
    Client,
}

/// What a program writes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// A program's output stream.
pub type Speaker = (Side, Stream);

/// Where a client asks for input.
const PROMPT: Speaker = (Side::Client, Stream::Stdout);

/// The label, and its colour, of what is said about the wire between the sides.
const LINK: (&str, &str) = ("link", "35");

/// The output of both sides: each line labelled, prompts shown as soon as they are there.
pub struct Screen {
    server: Column,
    client: Column,
    /// The longest label, in characters.
    label_width: usize,
    charset: Charset,
    stdout: Style,
    stderr: Style,
    /// Whose unfinished line the cursor stands behind, and what that line says so far.
    open: Option<(Speaker, String)>,
    /// The client's prompt, if another has spoken into it; it is shown once more.
    interrupted_prompt: Option<String>,
}

/// One side's part of the screen.
struct Column {
    label: &'static str,
    /// An SGR code.
    colour: &'static str,
    /// Of each stream, the beginning of a character whose rest hasn't come yet.
    stdout_rest: Vec<u8>,
    stderr_rest: Vec<u8>,
}

impl Column {
    fn new(label: &'static str, colour: &'static str) -> Self {
        let (stdout_rest, stderr_rest) = (Vec::new(), Vec::new());
        Self { label, colour, stdout_rest, stderr_rest }
    }
}

impl Screen {
    /// A screen for two programs, or for one, the client.
    pub fn new(server: Option<&'static str>, client: &'static str) -> Self {
        let server = server.unwrap_or("");
        Self {
            label_width: LINK.0.len().max(server.len()).max(client.len()),
            charset: Charset::of_locale(),
            server: Column::new(server, "36"),
            client: Column::new(client, "32"),
            stdout: Style::of_stdout(),
            stderr: Style::of_stderr(),
            open: None,
            interrupted_prompt: None,
        }
    }

    /// Shows what a program has written.
    pub fn show(&mut self, speaker: Speaker, bytes: &[u8]) -> Result<()> {
        let text = self.decode(speaker, bytes);
        for piece in text.split_inclusive('\n') {
            self.open_line(speaker)?;
            self.append(speaker, &visible(piece))?;
            if piece.ends_with('\n') {
                self.close_line()?;
            }
        }
        self.reopen_prompt()
    }

    /// Shows lines about the wire between the two sides.
    pub fn show_wire(&mut self, lines: &[String]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.interrupt(true)?;
        let (name, colour) = LINK;
        let label = self.label(self.stdout, name, colour);
        let lines: String = lines.iter().map(|line| format!("{label} {line}\n")).collect();
        self.write(Stream::Stdout, &lines)?;
        self.reopen_prompt()
    }

    /// How many characters a line has behind its label.
    pub fn room(&self) -> usize {
        base::terminal::columns().saturating_sub(self.label_width + " │ ".chars().count())
    }

    /// Whether the client has asked for input: it has written a line without an end.
    pub fn shows_prompt(&self) -> bool {
        self.open.as_ref().is_some_and(|(speaker, _)| *speaker == PROMPT)
    }

    /// Shows a line of input behind the prompt, as a terminal does while it is typed.
    pub fn echo(&mut self, input: &[u8], ends_line: bool) -> Result<()> {
        let text = String::from_utf8_lossy(input);
        self.append(PROMPT, &visible(&text))?;
        if ends_line { self.close_line() } else { Ok(()) }
    }

    /// Notes that the terminal itself has shown a line of input, and has ended that line.
    pub fn line_was_typed(&mut self) {
        self.interrupted_prompt = None;
        self.open = None;
    }

    /// Ends the line that the cursor stands in, if it stands in one.
    pub fn close_line(&mut self) -> Result<()> {
        match self.open.take() {
            Some(((_, stream), _)) => self.write(stream, "\n"),
            None => Ok(()),
        }
    }

    fn column(&mut self, side: Side) -> &mut Column {
        match side {
            Side::Server => &mut self.server,
            Side::Client => &mut self.client,
        }
    }

    /// Makes sure that the cursor stands in the speaker's line, behind its label.
    fn open_line(&mut self, speaker: Speaker) -> Result<()> {
        if self.open.as_ref().is_some_and(|(owner, _)| *owner == speaker) {
            return Ok(());
        }
        self.interrupt(speaker.0 == Side::Server)?;
        let (side, stream) = speaker;
        let Column { label, colour, .. } = *self.column(side);
        let label = self.label(self.style(stream), label, colour);
        self.open = Some((speaker, String::new()));
        self.write(stream, &format!("{label} "))?;
        match self.interrupted_prompt.take_if(|_| speaker == PROMPT) {
            Some(prompt) => self.append(speaker, &prompt),
            None => Ok(()),
        }
    }

    /// Ends the open line; if it is a prompt that still holds, it will be shown once more.
    fn interrupt(&mut self, prompt_holds: bool) -> Result<()> {
        if let Some((PROMPT, line)) = self.open.as_ref().filter(|_| prompt_holds) {
            self.interrupted_prompt = Some(line.clone());
        }
        self.close_line()
    }

    fn reopen_prompt(&mut self) -> Result<()> {
        if self.open.is_none() && self.interrupted_prompt.is_some() {
            self.open_line(PROMPT)?;
        }
        Ok(())
    }

    fn label(&self, style: Style, name: &str, colour: &str) -> String {
        let width = self.label_width;
        style.paint(colour, &format!("{name:width$} │"))
    }

    /// Writes into the open line.
    fn append(&mut self, (_, stream): Speaker, text: &str) -> Result<()> {
        if let Some((_, line)) = &mut self.open {
            line.push_str(text);
        }
        self.write(stream, text)
    }

    /// Bytes to text: an incomplete character at the end waits for its rest.
    fn decode(&mut self, (side, stream): Speaker, bytes: &[u8]) -> String {
        let column = self.column(side);
        let rest = match stream {
            Stream::Stdout => &mut column.stdout_rest,
            Stream::Stderr => &mut column.stderr_rest,
        };
        rest.extend_from_slice(bytes);
        let complete = match rest.utf8_chunks().last() {
            Some(chunk) if is_cut_character(chunk.invalid()) => rest.len() - chunk.invalid().len(),
            _ => rest.len(),
        };
        let cut = rest.split_off(complete);
        let text = String::from_utf8_lossy(rest).into_owned();
        *rest = cut;
        text
    }

    fn style(&self, stream: Stream) -> Style {
        match stream {
            Stream::Stdout => self.stdout,
            Stream::Stderr => self.stderr,
        }
    }

    fn write(&self, stream: Stream, text: &str) -> Result<()> {
        let text = &self.charset.spell(text);
        let result = match stream {
            Stream::Stdout => write_now(&mut io::stdout().lock(), text),
            Stream::Stderr => write_now(&mut io::stderr().lock(), text),
        };
        result.context("cannot show the programs' output")
    }
}

fn write_now(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Whether bytes that aren't valid UTF-8 may become so when more of them come.
fn is_cut_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// A line without its end, whose tabs stay: what crosses a network mustn't steer the terminal.
fn visible(line: &str) -> String {
    text::paragraph(line.trim_end_matches(['\r', '\n']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_visible() {
        assert_eq!(visible("a\tb\x1b[2J\0好"), "a\tb\\u{1b}[2J\\0好");
        assert_eq!(visible("क्\u{200d}ष"), "क्\u{200d}ष");
    }

    #[test]
    fn a_character_in_two_pieces_is_shown_whole() {
        let mut screen = Screen::new(None, "client");
        assert_eq!(screen.decode(PROMPT, b"\xe5\xa5"), "");
        assert_eq!(screen.decode(PROMPT, b"\xbd!\xff"), "好!\u{fffd}");
        assert_eq!(screen.decode(PROMPT, b"\xe5"), "");
        assert_eq!(screen.decode(PROMPT, b"a"), "\u{fffd}a");
    }
}
