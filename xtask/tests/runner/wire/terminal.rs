//! The wire in a real terminal, which Python's standard library provides.

#![cfg(unix)]

use crate::common::{Port, in_a_terminal, xtask};
use anyhow::Result;
use std::process::Command;

/// Types `text` at the prompts of lesson 5's pair, in a terminal of so many columns; returns all
/// that it shows. `None` where there is no Python.
fn shown(columns: u32, text: &str, options: &[&str], no_color: bool) -> Result<Option<String>> {
    let port = Port::take()?;
    let runner = xtask();
    let mut command = Command::new("sh");
    let script = format!("stty cols {columns} && exec \"$0\" run 5 --port {} \"$@\"", port.number);
    command.arg("-c").arg(script).arg(runner.get_program()).args(options);
    for (name, value) in runner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if no_color {
        command.env("NO_COLOR", "1");
    }
    in_a_terminal("message: ", text, &command)
}

#[test]
fn sides_link_and_fates_differ_in_colour() -> Result<()> {
    let script = ["--script", "1 duplicate; replies: 3 drop"];
    let Some(shown) = shown(80, "hello\nagain\nexit\n", &script, false)? else { return Ok(()) };
    for piece in [
        "\x1b[35mlink   │\x1b[0m The link stands",
        "\x1b[32m═══\x1b[0m\x1b[32m▶▶\x1b[0m",
        "\x1b[36m◀\x1b[0m\x1b[36m────\x1b[0m",
        "\x1b[31m✗\x1b[0m\x1b[36m────\x1b[0m",
        "\x1b[31m✗ lost\x1b[0m",
        "\x1b[33m×2\x1b[0m",
    ] {
        assert!(shown.contains(piece), "{piece:?} in\n{shown}");
    }
    Ok(())
}

#[test]
fn the_width_is_the_terminals_and_each_line_has_its_label() -> Result<()> {
    for columns in [50, 100] {
        let Some(shown) = shown(columns, "hello\nexit\n", &["--wire"], true)? else {
            return Ok(());
        };
        assert!(!shown.contains('\x1b'), "{shown}");
        let arrow = "─".repeat(if columns == 50 { 2 } else { 6 });
        assert!(shown.contains(&format!("│{arrow}▶┊{arrow}▶│  5 bytes  hello\n")), "{shown}");
        for line in shown.lines() {
            let is_labelled =
                ["server", "client", "link  "].iter().any(|l| line.starts_with(&format!("{l} │ ")));
            assert!(is_labelled || line == "status 0", "{line:?} in\n{shown}");
            assert!(line.chars().count() <= usize::try_from(columns)?, "{line}");
        }
    }
    Ok(())
}
