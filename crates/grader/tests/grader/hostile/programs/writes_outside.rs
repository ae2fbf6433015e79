//! Writes over results, other submissions and programs. Afterwards it is right.

mod honest;
mod outside;

use std::fs::{self, OpenOptions};
use std::io::Write;

fn main() -> impl std::process::Termination {
    let mut written = Vec::new();
    let programs = ["/program", "/confine", "/built/program", "/shop/checks", "/etc/hosts"];
    let others = [outside::SECRET, outside::OTHER];
    for path in others.into_iter().chain(outside::RESULTS).chain(programs) {
        let appended = OpenOptions::new().append(true).open(path);
        if appended.is_ok_and(|mut file| file.write_all(b"100 points").is_ok())
            || fs::remove_file(path).is_ok()
            || fs::rename(path, format!("{path}-gone")).is_ok()
            || fs::hard_link(path, "/tmp/link").is_ok()
        {
            written.push(path);
        }
    }
    // Where there is no such folder, one of that name is nobody's.
    if fs::exists(outside::FOLDER).is_ok_and(|is| is)
        && fs::create_dir(format!("{}/new", outside::FOLDER)).is_ok()
    {
        written.push("a new folder");
    }
    if !written.is_empty() {
        eprintln!("ESCAPED: wrote to {written:?}");
    }
    honest::main()
}
