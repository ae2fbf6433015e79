//! The command of a console block: what it is, what is typed, and on which port it may run.

use super::markdown::Fence;
use base::lessons::{self, DEFAULT_PORT, HOST, Role};
use base::ports::{Protocol, try_bind};

/// The command that a block shows, and its words, if it is one that verify may run.
pub fn command<'a>(fence: &Fence<'a>) -> Result<(&'a str, Vec<&'a str>), String> {
    let mut prompts = 0;
    for line in &fence.lines {
        prompts += usize::from(line.starts_with("$ "));
    }
    let command = fence.lines.first().and_then(|line| line.strip_prefix("$ "));
    let Some(command) = command.filter(|_| prompts == 1) else {
        return Err("a block is `$ COMMAND` and its output; give each command a block".to_owned());
    };
    let words = words(command)
        .ok_or_else(|| format!("no shell runs `{command}`; write it without shell syntax"))?;
    let may_run = match words.as_slice() {
        // Verify would run itself for ever.
        ["cargo", "xtask", "verify" | "bench", ..] => false,
        ["cargo", "xtask", ..] => true,
        ["cargo", "run", "-q", "-p", name] | ["cargo", "run", "-q", "-p", name, "--", _] => {
            name.starts_with("lesson-") && lessons::find(name).is_some()
        }
        _ => false,
    };
    if may_run {
        return Ok((command, words));
    }
    let allowed = "`cargo xtask …`, or `cargo run -q -p lesson-N` with or without `-- ARGUMENT`";
    Err(format!("verify can't run `{command}`; write {allowed}, or use a `sh` block"))
}

/// Splits a command at its spaces, but for those in double quotes; none if it needs more of a
/// shell than that.
fn words(command: &str) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    let mut rest = command;
    while let Some((before, quoted)) = rest.split_once('"') {
        let (word, behind) = quoted.split_once('"')?;
        let is_whole = before.ends_with(' ') && (behind.is_empty() || behind.starts_with(' '));
        if !is_whole || before.contains(SHELL_SYNTAX) || word.contains(SYNTAX_IN_QUOTES) {
            return None;
        }
        words.extend(before.split_whitespace().chain([word]));
        rest = behind;
    }
    words.extend(rest.split_whitespace());
    (!rest.contains(SHELL_SYNTAX)).then_some(words)
}

const SHELL_SYNTAX: &[char] = &['|', '<', '>', '&', ';', '\'', '$', '\\', '`'];

/// What a shell looks at even in double quotes.
const SYNTAX_IN_QUOTES: &[char] = &['$', '\\', '`', '!'];

/// The lines named in `console typed="hello\nexit"`, each with its end.
pub fn typed_text(info: &str) -> Result<String, String> {
    let typed = info.strip_prefix("console").unwrap_or_default();
    if typed.is_empty() {
        return Ok(String::new());
    }
    let lines = typed.strip_prefix(" typed=\"").and_then(|lines| lines.strip_suffix("\""));
    let Some(mut rest) = lines else {
        return Err(format!("`{info}` isn't of the form `console typed=\"LINE\\nLINE\"`; mend it"));
    };
    let mut text = String::new();
    while let Some((line, others)) = rest.split_once("\\n") {
        text += &repeated(line);
        rest = others;
    }
    Ok(text + &repeated(rest))
}

/// A line with its end; `好*400` stands for 400 times `好`.
fn repeated(line: &str) -> String {
    let (text, count) = line.rsplit_once("*").unwrap_or_default();
    match count.parse::<usize>() {
        Ok(count @ ..=1_000_000) if !text.is_empty() => text.repeat(count) + "\n",
        _ => format!("{line}\n"),
    }
}

/// The command with another port in place of the default, which may be in use.
pub fn on_port(words: &[&str], port: u16) -> Vec<String> {
    let number = port.to_string();
    let mut command = Vec::new();
    for word in words {
        command.push(word.replace(&DEFAULT_PORT.to_string(), &number));
    }
    match words {
        ["cargo", "xtask", "run", name, options @ ..]
            if lessons::find(name).is_some_and(|lesson| lesson.role != Role::Alone)
                && !options.iter().any(|option| option.starts_with("--port")) =>
        {
            command.push("--port".to_owned());
            command.push(number);
        }
        ["cargo", "run", "-q", "-p", name] => {
            let lesson = lessons::find(name).filter(|lesson| lesson.role != Role::Alone);
            let argument = lesson.map(|lesson| lesson.argument_for((HOST, port).into()));
            let Some(Ok(argument)) = argument else { return command };
            command.push("--".to_owned());
            command.push(argument);
        }
        _ => {}
    }
    command
}

/// A port below those that systems give out by themselves, so that no client gets it by chance. It
/// has as many digits as the default: where a line breaks depends on that.
pub fn free_port() -> Result<u16, String> {
    // Another verify that runs at the same time begins elsewhere.
    let first = 5_100 + (std::process::id() % 1_500) as u16;
    for port in first..first + 500 {
        let is_free = |protocol| try_bind(protocol, (HOST, port).into()).is_ok();
        if is_free(Protocol::Udp) && is_free(Protocol::Tcp) {
            return Ok(port);
        }
    }
    Err(format!("no port from {first} on is free for this command; try again later"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::markdown::parse;

    fn read(text: &str) -> Result<(String, String), String> {
        let document = parse(text);
        Ok((command(&document.fences[0])?.0.to_owned(), typed_text(document.fences[0].info)?))
    }

    #[test]
    fn a_block_names_its_command_and_its_input() {
        let text = "```console typed=\"a b\\n\\n好*3\\n*2\"\n$ cargo xtask run 3\nx\n```\n";
        let (command, typed) = read(text).unwrap();
        assert_eq!(command, "cargo xtask run 3");
        assert_eq!(typed, "a b\n\n好好好\n*2\n");
        assert_eq!(typed_text("console").unwrap(), "");
        assert_eq!(typed_text("console typed=\"\"").unwrap(), "\n");
        assert!(typed_text("console typed=a").is_err());
        assert!(typed_text("consoles").is_err());
    }

    #[test]
    fn quotes_keep_words_together() {
        let words = |command| words(command).map(|words| words.join("|"));
        assert_eq!(words("a  --b \"1 drop; c: 2 hold\" d").unwrap(), "a|--b|1 drop; c: 2 hold|d");
        assert_eq!(words("a \"b\"").unwrap(), "a|b");
        for command in ["a \"b", "a --b=\"c d\"", "a \"b\"c", "a \"$b\"", "a \"b\" > c", "a; b"] {
            assert_eq!(words(command), None, "{command}");
        }
    }

    #[test]
    fn only_our_own_programs_are_run() {
        for command in [
            "cargo xtask list",
            "cargo xtask help verify",
            "cargo run -q -p lesson-2",
            "cargo run -q -p lesson-2 -- [::1]:99",
        ] {
            assert!(read(&format!("```console\n$ {command}\n```")).is_ok(), "{command}");
        }
        for command in [
            "",
            "rm -r crates",
            "cargo test",
            "cargo xtask verify",
            "cargo xtask bench echo",
            "cargo run -p lesson-2",
            "cargo run -q -p xtask",
            "cargo run -q -p lesson-2 -- a b",
            "cargo run -q -p lesson-2 < file",
        ] {
            assert!(read(&format!("```console\n$ {command}\n```")).is_err(), "{command}");
        }
        assert!(read("```console\nhello\n```").is_err());
        assert!(read("```console\n```").is_err());
        assert!(read("```console\n$ cargo xtask\n$ cargo xtask\n```").is_err());
    }

    #[test]
    fn the_default_port_is_replaced() {
        let on_port = |command: &str| {
            let words: Vec<&str> = command.split(' ').collect();
            super::on_port(&words, 20_001).join(" ")
        };
        for (command, expected) in [
            ("cargo xtask run lesson-3", "cargo xtask run lesson-3 --port 20001"),
            ("cargo xtask run 4 --port 8090", "cargo xtask run 4 --port 20001"),
            ("cargo xtask run 4 --port 9001", "cargo xtask run 4 --port 9001"),
            ("cargo xtask run 4 --port=9001", "cargo xtask run 4 --port=9001"),
            ("cargo xtask run 4 --wire", "cargo xtask run 4 --wire --port 20001"),
            ("cargo xtask run lesson-1", "cargo xtask run lesson-1"),
            ("cargo xtask run lesson-9", "cargo xtask run lesson-9"),
            ("cargo xtask list", "cargo xtask list"),
            ("cargo run -q -p lesson-1", "cargo run -q -p lesson-1"),
            ("cargo run -q -p lesson-2", "cargo run -q -p lesson-2 -- 127.0.0.1:20001"),
            ("cargo run -q -p lesson-5", "cargo run -q -p lesson-5 -- 20001"),
            ("cargo run -q -p lesson-1 -- [::1]:8090", "cargo run -q -p lesson-1 -- [::1]:20001"),
            ("cargo run -q -p lesson-2 -- nowhere", "cargo run -q -p lesson-2 -- nowhere"),
        ] {
            assert_eq!(on_port(command), expected);
        }
    }

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().unwrap();
        assert_eq!(port.to_string().len(), DEFAULT_PORT.to_string().len());
    }
}
