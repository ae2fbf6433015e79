//! `cargo xtask new-lesson NUMBER SLUG`: makes the skeleton of a lesson: all files that a lesson has,
//! and the lines that make them known. It compiles, and says where something is to be written.

use crate::verify::catalogue::{CATALOGUE, DESCRIBED, checks_of, unwritten};
use anyhow::{Context, Result, bail, ensure};
use base::files;
use base::lessons::{LESSONS, root};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode};

const ROW: &str = include_str!("../templates/row.rs");
const PROGRAM: &str = include_str!("../templates/main.rs");
const CHECKS: &str = include_str!("../templates/checks.rs");
const MISTAKES: &str = include_str!("../templates/mistakes.rs");
const CONTRACT: &str = include_str!("../templates/contract.md");
const WALKTHROUGH: &str = include_str!("../templates/walkthrough.md");

/// What all judged lessons are listed in, and all that have mistakes.
const JUDGED: &str = "crates/checks/src/lessons.rs";
const MISTAKEN: &str = "crates/checks/mistakes/mod.rs";

/// What stands behind the tables of the contract.
const FAIR: &str = "## What keeps it fair\n";

pub fn run(skeleton: &Skeleton) -> Result<ExitCode> {
    let root = root();
    // All texts are made before the first is written: what can't be made leaves nothing behind.
    let mut texts = skeleton.files(&root)?;
    for (path, _) in &texts {
        ensure!(!root.join(path).exists(), "`{path}` is there already; move it away");
    }
    texts.extend(skeleton.lists(&root)?);
    for (path, text) in &texts {
        files::write(&root.join(path), text.as_bytes())?;
    }
    format(&root, &texts);
    let mut said = format!("lesson-{} is there. What is to be written:\n", skeleton.number);
    for (path, _) in &texts {
        for note in unwritten(path, &read(&root, path)?) {
            said += &format!("  {note}\n");
        }
    }
    said += "`cargo xtask verify --write` brings it into the tables of lessons, and \
             `cargo xtask verify` says what is still missing.\n";
    write!(io::stdout(), "{said}")?;
    Ok(ExitCode::SUCCESS)
}

/// What is asked for on the command line.
#[derive(clap::Args)]
pub struct Skeleton {
    #[arg(value_parser = next_number)]
    number: u8,
    #[arg(value_parser = new_slug, allow_hyphen_values = true)]
    slug: String,
    #[arg(long = "tcp")]
    speaks_tcp: bool,
}

impl Skeleton {
    /// `lesson-6-some-slug`
    fn directory(&self) -> String {
        format!("lesson-{}-{}", self.number, self.slug)
    }

    /// The lesson's own files: from the templates, and from the lesson before it.
    fn files(&self, root: &Path) -> Result<Vec<(String, String)>> {
        let last = LESSONS.last().context("there is no lesson to take after")?;
        let crate_path = format!("crates/{}", self.directory());
        let mut files = Vec::new();
        for name in ["Cargo.toml", "tests/contract.rs"] {
            let text = read(root, &format!("crates/{}/{name}", last.directory()))?;
            let new = format!("lesson-{}", self.number);
            let text = text.replace(&last.name(), &new);
            let text = text.replace(&last.name().replace('-', " "), &new.replace('-', " "));
            files.push((format!("{crate_path}/{name}"), text));
        }
        let [checks, mistakes] = checks_of(self.number);
        files.push((format!("{crate_path}/src/main.rs"), self.fill(PROGRAM)));
        files.push((checks, self.fill(CHECKS)));
        files.push((mistakes, self.fill(MISTAKES)));
        let walkthrough = WALKTHROUGH.replace("QUOTE", &quote()?);
        files.push((format!("lessons/{}.md", self.directory()), self.fill(&walkthrough)));
        Ok(files)
    }

    /// The lists that make it known.
    fn lists(&self, root: &Path) -> Result<Vec<(String, String)>> {
        let number = self.number;
        let row = insert(&read(root, CATALOGUE)?, "pub const LESSONS", &self.fill(ROW))
            .with_context(|| no_place(CATALOGUE))?;
        let list = |path: &str, start: &str, entry: &str| -> Result<(String, String)> {
            let (old, new) = (module(number - 1), module(number));
            let entry = format!("    lesson_{number}::{entry},\n");
            let text = read(root, path)?.replacen(&old, &format!("{old}{new}"), 1);
            ensure!(text.contains(&new), no_place(path));
            let text = insert(&text, start, &entry).with_context(|| no_place(path))?;
            Ok((path.to_owned(), text))
        };
        let described = read(root, DESCRIBED)?;
        let rows = self.fill(CONTRACT) + FAIR;
        ensure!(described.contains(FAIR), no_place(DESCRIBED));
        Ok(vec![
            (CATALOGUE.to_owned(), row),
            (DESCRIBED.to_owned(), described.replacen(FAIR, &rows, 1)),
            list(JUDGED, "pub const LESSONS", "LESSON")?,
            list(MISTAKEN, "pub const COURSE", "COURSE")?,
        ])
    }

    /// A template with the words of this lesson.
    fn fill(&self, template: &str) -> String {
        let [socket, kind, ports, take, wait] = if self.speaks_tcp {
            let ports = "PortCount { udp: 0, both: 1 }";
            ["TcpListener", "Tcp", ports, "port_with_free_tcp", "wait_until_listening"]
        } else {
            ["UdpSocket", "Udp", "PortCount { udp: 1, both: 0 }", "port", "wait_until_bound"]
        };
        let mut text = template.to_owned();
        for (word, filled) in [
            ("NUMBER", self.number.to_string().as_str()),
            ("DIRECTORY", &self.directory()),
            ("SLUG", &self.slug),
            ("TITLE", &title(&self.slug)),
            ("SOCKET", socket),
            ("KIND", kind),
            ("PORTS", ports),
            ("TAKE_PORT", take),
            ("AWAIT_PORT", wait),
        ] {
            text = text.replace(word, filled);
        }
        text
    }
}

fn next_number(word: &str) -> Result<u8> {
    let next = LESSONS.len() + 1;
    let number: u8 = word.parse().unwrap_or(0);
    let taken = LESSONS.iter().find(|lesson| lesson.number == number);
    match taken {
        Some(lesson) => bail!("{} is `{}`; the next one is {next}", lesson.name(), lesson.title),
        None if word == next.to_string() => Ok(number),
        None => bail!("`{word}` isn't the number of the next lesson; the next one is {next}"),
    }
}

fn new_slug(slug: &str) -> Result<String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let hint = "take small letters, with hyphens between words, as in `echo-server`";
    ensure!(slug.split('-').all(is_word), "`{slug}` is no name for a folder: {hint}");
    if let Some(lesson) = LESSONS.iter().find(|lesson| lesson.slug == slug) {
        bail!("{} is called so; take another name", lesson.name());
    }
    Ok(slug.to_owned())
}

/// `Some slug`
fn title(slug: &str) -> String {
    let (first, rest) = slug.split_at(1);
    format!("{}{}", first.to_ascii_uppercase(), rest.replace('-', " "))
}

fn module(number: u8) -> String {
    format!("mod lesson_{number};\n")
}

/// A text with an entry more at the end of the list that begins with `start`.
fn insert(text: &str, start: &str, entry: &str) -> Option<String> {
    let from = text.find(start)?;
    let end = from + text[from..].find("];")?;
    let (before, after) = text.split_at(end);
    // A list on one line has no comma at its end.
    let comma = if before.trim_end().ends_with([',', '[']) { "" } else { "," };
    Some(format!("{}{comma}\n{entry}{after}", before.trim_end()))
}

fn no_place(path: &str) -> String {
    format!("`{path}` has no list of lessons where one is expected; mend it, or new-lesson")
}

/// What the walkthrough quotes: the function with the region, without its marks.
fn quote() -> Result<String> {
    let start = PROGRAM.find("/// Makes a socket").context("the template has no region")?;
    Ok(base::regions::without_markers(&PROGRAM[start..]).trim_end().to_owned())
}

/// Formats what was written, where rustfmt is installed; elsewhere the next `cargo fmt` does.
fn format(root: &Path, texts: &[(String, String)]) {
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.current_dir(root).args(["--edition", "2024"]);
    rustfmt.args(texts.iter().map(|(path, _)| path).filter(|path| path.ends_with(".rs")));
    let _ = rustfmt.output();
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read `{path}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_to_the_end_of_its_list() {
        let text =
            "const A: &[u8] = &[1];\nconst B: &[u8] =\n    &[1, 2];\nconst C: &[u8] = &[];\n";
        let with = |start| insert(text, start, "3\n").unwrap();
        assert!(with("const A").starts_with("const A: &[u8] = &[1,\n3\n];\nconst B"));
        assert!(with("const B").contains("&[1, 2,\n3\n];\nconst C"));
        assert!(with("const C").ends_with("&[\n3\n];\n"));
        assert_eq!(insert(text, "const D", "3\n"), None);
        assert_eq!(insert("const A: &[u8] = LIST;\n", "const A", "3\n"), None);
    }

    #[test]
    fn the_lists_are_where_they_are_expected() {
        let skeleton = |speaks_tcp| {
            let number = next_number(&(LESSONS.len() + 1).to_string()).unwrap();
            Skeleton { number, slug: "retry-client".to_owned(), speaks_tcp }
        };
        for (speaks_tcp, sockets) in [(false, "Sockets::Udp"), (true, "Sockets::Tcp")] {
            let lists = skeleton(speaks_tcp).lists(&root()).unwrap();
            assert!(lists[0].1.contains("        title: \"Retry client\",\n"));
            let (_, row) = lists[0].1.rsplit_once("    Lesson {\n").unwrap();
            assert!(row.contains(sockets), "{row}");
        }
        assert!(skeleton(false).lists(&root().join("lessons")).is_err());
    }
}
