//! Looks for what isn't meant for it: the checks, their seed, other submissions, the results.
//! Afterwards it is right.

mod honest;
mod outside;

use std::fs;
use std::path::Path;

fn main() -> impl std::process::Termination {
    let mut found = Vec::new();
    let files = [outside::SECRET, outside::OTHER, outside::CHECKS, "/etc/passwd"];
    for path in files.into_iter().chain(outside::RESULTS) {
        if fs::read(path).is_ok() {
            found.push(format!("read {path}"));
        }
    }
    look(Path::new("/"), 4, &mut found);
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        for file in ["cmdline", "environ"] {
            let text = fs::read(process.path().join(file)).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).replace('\0', " ");
            if text.contains("--seed") || text.contains(outside::FOLDER) {
                found.push(format!("read {}", process.path().join(file).display()));
            }
        }
    }
    if !found.is_empty() {
        found.truncate(10);
        eprintln!("ESCAPED: {}", found.join(", "));
    }
    honest::main()
}

/// Looks through folders for names that tell of others.
fn look(folder: &Path, depth: usize, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if ["/proc", "/dev"].iter().any(|other| path == Path::new(other)) {
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "checks" || name.ends_with(".rs") || name.ends_with(".json") {
            found.push(format!("saw {}", path.display()));
        }
        if depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            look(&path, depth - 1, found);
        }
    }
}
