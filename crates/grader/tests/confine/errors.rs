//! If anything goes wrong, the program doesn't run.

use crate::stage::{CONFINE, confined, output};
use std::process::{Command, Output};

#[test]
fn a_program_that_cannot_be_confined_does_not_run() {
    for options in [
        &["--readable", "/is/not/there"][..],
        &["--writable", "/is/not/there"],
        &["--purpose", "play"],
        &["--purpose"],
        &["--free"],
    ] {
        let output = output(confined(options, "honest", &["hello"]), "");
        assert!(!output.status.success(), "{options:?}");
        assert_eq!(text(&output.stdout), "", "{options:?}");
        assert_ne!(text(&output.stderr), "", "{options:?}");
    }
}

#[test]
fn an_error_names_what_it_is_about() {
    let told = |words: &[&str]| {
        let mut command = Command::new(CONFINE);
        command.args(words);
        let output: Output = output(command, "");
        assert!(!output.status.success());
        text(&output.stderr)
    };
    assert!(told(&[]).contains("usage: confine"));
    assert!(told(&["--", "true"]).contains("cannot look for true: give its path"));
    assert!(told(&["--", "/is/not/there"]).contains("cannot start /is/not/there"));
    assert!(told(&["--writable", "/is/not/there", "/bin/true"]).contains("/is/not/there"));
    assert!(told(&["--purpose", "play", "/bin/true"]).contains("`play` is no purpose"));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
