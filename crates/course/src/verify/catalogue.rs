//! Every lesson in the catalogue has all that belongs to it, and nothing lies about besides.

use super::markdown::parse;
use super::tree::{Tree, finding};
use base::lessons::{LESSONS, Lesson, Role};
use pulldown_cmark::HeadingLevel;

pub const CATALOGUE: &str = "crates/base/src/lessons.rs";

/// The parts of a walkthrough, in the order in which a student needs them.
const PARTS: [&str; 10] = [
    "What you will build",
    "Predict",
    "Run",
    "How it works",
    "Experiments",
    "Your turn",
    "Hints",
    "Questions",
    "In other languages",
    "Where to go next",
];

pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    for text in flaws(LESSONS, tree) {
        findings.push(finding(CATALOGUE, 1, &text));
    }
    for lesson in LESSONS {
        let path = lesson.walkthrough();
        if let Some((line, text)) = tree.text(&path).and_then(order_flaw) {
            findings.push(finding(&path, line, &text));
        }
    }
    let files = LESSONS.iter().flat_map(files_of).chain([CATALOGUE, DESCRIBED].map(str::to_owned));
    for path in files {
        findings.extend(unwritten(&path, tree.text(&path).unwrap_or_default()));
    }
    format!("catalogue: {} lessons", LESSONS.len())
}

/// Where it stands which check looks at which line of the contract.
pub const DESCRIBED: &str = "crates/checks/README.md";

/// What begins a note of what has yet to be written, in the skeleton of a lesson.
const UNWRITTEN: &str = "To be written: ";

/// The notes in a file of what has yet to be written.
pub fn unwritten(path: &str, text: &str) -> Vec<String> {
    let notes = text.lines().enumerate().filter_map(|(index, line)| {
        let (_, what) = line.split_once(UNWRITTEN)?;
        let what = what.trim_end_matches(['"', ',', '.']);
        Some(finding(path, index + 1, &format!("to be written: {what}")))
    });
    notes.collect()
}

/// Where a lesson's program is judged, and wrong programs for it are.
pub fn checks_of(number: u8) -> [String; 2] {
    ["src/lessons", "mistakes"].map(|folder| format!("crates/checks/{folder}/lesson_{number}.rs"))
}

/// All files that only one lesson has.
fn files_of(lesson: &Lesson) -> Vec<String> {
    let manifest = format!("crates/{}/Cargo.toml", lesson.directory());
    let test = format!("crates/{}/tests/contract.rs", lesson.directory());
    let [checks, mistakes] = checks_of(lesson.number);
    vec![manifest, lesson.source(), test, checks, mistakes, lesson.walkthrough()]
}

fn flaws(lessons: &[Lesson], tree: &Tree) -> Vec<String> {
    let mut flaws = Vec::new();
    for (index, lesson) in lessons.iter().enumerate() {
        let name = lesson.name();
        let place = index + 1;
        if usize::from(lesson.number) != place {
            flaws.push(format!("{name} stands at place {place}; number the lessons 1, 2, 3, …"));
        }
        let manifest = format!("crates/{}/Cargo.toml", lesson.directory());
        for path in files_of(lesson) {
            if !tree.has(&path) {
                flaws.push(format!("{name} has no `{path}`; add it, or mend the catalogue"));
            }
        }
        if tree.text(&manifest).is_some_and(|text| package_name(text) != name) {
            flaws.push(format!("`{manifest}` isn't the package `{name}`; mend its `name`"));
        }
        if lesson.role.mate().is_some_and(|mate| !is_pair(lesson, mate, lessons)) {
            flaws.push(format!("{name}'s pair doesn't name it back; give both the other's number, and the same sockets"));
        }
    }
    for stray in strays(lessons, tree) {
        flaws.push(format!("`{stray}` belongs to no lesson; add the lesson here, or rename it"));
    }
    flaws
}

/// The name in the `[package]` table of a manifest.
fn package_name(manifest: &str) -> &str {
    let mut in_package = false;
    for line in manifest.lines() {
        let (key, value) = line.split_once("=").unwrap_or((line, ""));
        match key.trim() {
            "name" if in_package => return value.trim().trim_matches('"'),
            key if key.starts_with("[") => in_package = key == "[package]",
            _ => {}
        }
    }
    ""
}

/// Whether one of the two is a client and the other is its server, with sockets of one kind.
fn is_pair(lesson: &Lesson, mate: u8, lessons: &[Lesson]) -> bool {
    let is_client = |lesson: &Lesson| matches!(lesson.role, Role::Client { .. });
    lessons.iter().any(|other| {
        other.number == mate
            && other.role.mate() == Some(lesson.number)
            && is_client(other) != is_client(lesson)
            && other.sockets == lesson.sockets
    })
}

/// What is named like a lesson, but isn't one's.
fn strays(lessons: &[Lesson], tree: &Tree) -> Vec<String> {
    let mut strays = Vec::new();
    for file in tree.files() {
        let (folder, rest) = file.path.split_once("/").unwrap_or_default();
        let (name, stray) = match (folder, rest.split_once("/")) {
            ("crates", Some((name, _))) => (name, format!("crates/{name}")),
            ("lessons", None) => (rest.trim_end_matches(".md"), file.path.clone()),
            _ => continue,
        };
        let is_lesson = lessons.iter().any(|lesson| lesson.directory() == name);
        if name.starts_with("lesson-") && !is_lesson && !strays.contains(&stray) {
            strays.push(stray);
        }
    }
    strays
}

/// The first of a walkthrough's headings that isn't in its place.
fn order_flaw(text: &str) -> Option<(usize, String)> {
    let mut parts = PARTS.iter();
    let headings = parse(text).headings.into_iter();
    for heading in headings.filter(|heading| heading.level == HeadingLevel::H2) {
        let (line, found) = (heading.line, heading.text);
        match parts.next() {
            Some(part) if *part == found => {}
            Some(part) => {
                let text = format!("`## {found}` stands where `## {part}` belongs; mend the order");
                return Some((line, text));
            }
            None => {
                let text = "is more than the ten parts; make it level 3, or take it out";
                return Some((line, format!("`## {found}` {text}")));
            }
        }
    }
    let part = parts.next()?;
    let end = text.lines().count();
    Some((end, format!("`## {part}` is missing at the end; add that part")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::lessons::{Argument, Lifetime, Sockets};

    fn lesson(number: u8, slug: &'static str, role: Role) -> Lesson {
        let (sockets, argument) = (Sockets::Udp, Argument::Address);
        Lesson { number, slug, title: "", teaches: "", label: "", role, sockets, argument }
    }

    fn pair() -> [Lesson; 2] {
        let server = Role::Server { client: 1, lifetime: Lifetime::Endless };
        [lesson(1, "a", Role::Client { server: 2 }), lesson(2, "b", server)]
    }

    const FILES: [(&str, &str); 12] = [
        ("crates/lesson-1-a/Cargo.toml", "[package]\nname = \"lesson-1\"\n"),
        ("crates/lesson-1-a/src/main.rs", ""),
        ("crates/lesson-2-b/Cargo.toml", "[package]\nname = \"lesson-2\"\n"),
        ("crates/lesson-2-b/src/main.rs", ""),
        ("lessons/lesson-1-a.md", ""),
        ("lessons/lesson-2-b.md", ""),
        ("crates/lesson-1-a/tests/contract.rs", ""),
        ("crates/lesson-2-b/tests/contract.rs", ""),
        ("crates/checks/src/lessons/lesson_1.rs", ""),
        ("crates/checks/src/lessons/lesson_2.rs", ""),
        ("crates/checks/mistakes/lesson_1.rs", ""),
        ("crates/checks/mistakes/lesson_2.rs", ""),
    ];

    #[test]
    fn a_whole_tree_has_no_flaws() {
        assert_eq!(flaws(&pair(), &Tree::of(&FILES)), [""; 0]);
    }

    #[test]
    fn missing_and_stray_files_are_named() {
        let mut files = FILES;
        files[1].0 = "crates/lesson-3-c/src/main.rs";
        files[2].1 = "[package]\nedition = \"2024\"\n[lib]\nname = \"lesson-2\"\n";
        files[4].0 = "lessons/lesson-1-A.md";
        assert_eq!(
            flaws(&pair(), &Tree::of(&files)),
            [
                "lesson-1 has no `crates/lesson-1-a/src/main.rs`; add it, or mend the catalogue",
                "lesson-1 has no `lessons/lesson-1-a.md`; add it, or mend the catalogue",
                "`crates/lesson-2-b/Cargo.toml` isn't the package `lesson-2`; mend its `name`",
                "`crates/lesson-3-c` belongs to no lesson; add the lesson here, or rename it",
                "`lessons/lesson-1-A.md` belongs to no lesson; add the lesson here, or rename it",
            ]
        );
    }

    #[test]
    fn a_pair_is_a_client_and_its_server() {
        let mut lessons = pair();
        lessons[1].role = Role::Client { server: 1 };
        assert_eq!(flaws(&lessons, &Tree::of(&FILES)).len(), 2);
        lessons[1].role = Role::Alone;
        assert_eq!(flaws(&lessons, &Tree::of(&FILES)).len(), 1);
        let mut lessons = pair();
        lessons[1].sockets = Sockets::Tcp;
        assert_eq!(flaws(&lessons, &Tree::of(&FILES)).len(), 2);
    }

    #[test]
    fn the_parts_of_a_walkthrough_come_in_order() {
        let text: String = PARTS.iter().map(|part| format!("## {part}\n### More\n")).collect();
        assert_eq!(order_flaw(&text), None);
        assert_eq!(order_flaw(&text.replace("## Run\n", "")).unwrap().0, 4 + 2);
        assert_eq!(order_flaw(&text.replace("## Where", "### Where")).unwrap().0, 20);
        assert_eq!(order_flaw(&format!("{text}## More\n")).unwrap().0, 21);
    }
}
