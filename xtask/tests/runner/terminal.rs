//! `cargo xtask run` in a real terminal, which Python's standard library provides.

#![cfg(unix)]

use crate::common::{Port, in_a_terminal, xtask};
use anyhow::Result;

/// Types `text` at the prompts of lesson 5's pair; returns all that the terminal shows.
/// `None` where there is no Python.
fn shown(text: &str, set: &[(&str, &str)], unset: &[&str]) -> Result<Option<String>> {
    let port = Port::take()?;
    let mut command = xtask();
    command.args(["run", "lesson-5", "--port", &port.number.to_string()]);
    command.env("TERM", "xterm").env_remove("NO_COLOR").envs(set.iter().copied());
    for name in unset {
        command.env_remove(name);
    }
    let shown = in_a_terminal("message: ", text, &command)?;
    Ok(shown.map(|shown| shown.replace(&port.number.to_string(), "8090")))
}

#[test]
fn each_line_has_its_label_also_behind_typed_input() -> Result<()> {
    let Some(shown) = shown("hello\nexit\n", &[("NO_COLOR", "1")], &[])? else { return Ok(()) };
    let mut client: Vec<&str> = shown.lines().filter_map(|l| l.strip_prefix("client │ ")).collect();
    // Where the server has spoken into a prompt, it is shown once more.
    client.retain(|line| *line != "Your message: ");
    let expected = ["Your message: hello", "Reply: hello", "Your message: exit", "Reply: exit"];
    assert_eq!(client, expected, "{shown}");
    assert!(shown.starts_with("server │ Echo server on 0.0.0.0:8090\n"), "{shown}");
    assert!(shown.ends_with("\nstatus 0\n"), "{shown}");
    let is_labelled = |line: &str| line.starts_with("client │ ") || line.starts_with("server │ ");
    assert!(shown.lines().all(|line| is_labelled(line) || line == "status 0"), "{shown}");
    Ok(())
}

#[test]
fn ctrl_d_ends_the_input() -> Result<()> {
    let Some(shown) = shown("hello\n\x04", &[], &[])? else { return Ok(()) };
    assert!(shown.ends_with("Your message: \nstatus 0\n"), "{shown}");
    Ok(())
}

#[test]
fn sides_differ_in_colour_where_the_terminal_has_it() -> Result<()> {
    let Some(shown) = shown("exit\n", &[], &[])? else { return Ok(()) };
    assert!(shown.contains("\x1b[36mserver │\x1b[0m Echo"), "{shown}");
    assert!(shown.contains("\x1b[32mclient │\x1b[0m Your message: "), "{shown}");
    Ok(())
}

#[test]
fn no_colour_without_a_term_or_with_no_color() -> Result<()> {
    for (set, unset) in
        [(&[("NO_COLOR", "1")][..], &[][..]), (&[("TERM", "dumb")], &[]), (&[], &["TERM"])]
    {
        let Some(shown) = shown("exit\n", set, unset)? else { return Ok(()) };
        assert!(!shown.contains('\x1b'), "{shown}");
        assert!(shown.contains("client │ Reply: exit\n"), "{shown}");
    }
    Ok(())
}
