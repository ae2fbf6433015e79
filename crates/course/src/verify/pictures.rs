//! The pictures in the prose are drawn by the runs that stand above them.

use super::compare::{Ports, picture_difference};
use super::links::resolve;
use super::markdown::{Document, Fence, Image, parse};
use super::tree::{Tree, finding};
use base::files;
use base::lessons;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Where they are.
const FOLDER: &str = "lessons/pictures/";

/// Each image in the prose belongs to a run that can draw it, and each picture to an image.
pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut shown = Vec::new();
    for file in tree.prose() {
        let document = parse(&file.text);
        for image in &document.images {
            let path = resolve(&file.path, &image.target).unwrap_or_default();
            if let Some(text) = flaw(&path, image, &document) {
                let text = format!("the image `{}` {text}", image.target);
                findings.push(finding(&file.path, image.line, &text));
            }
            shown.push(path);
        }
    }
    for file in tree.files() {
        if file.path.starts_with(FOLDER) && !shown.contains(&file.path) {
            let text = "no text shows this picture; show it below its run, or delete it";
            findings.push(finding(&file.path, 1, text));
        }
    }
    format!("pictures: {} images", shown.len())
}

/// What is wrong with an image.
fn flaw(path: &str, image: &Image, document: &Document<'_>) -> Option<String> {
    let name = path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(".svg"));
    if name.is_none_or(|name| name.is_empty() || name.contains('/')) {
        return Some(format!("is no picture of a run; those are `{FOLDER}NAME.svg`"));
    }
    let Some(fence) = document.fences.iter().find(|fence| is_below(image, fence)) else {
        let text = "has no run; put it below a `console` block, with an empty line between";
        return Some(text.to_owned());
    };
    if !image.is_alone {
        return Some("shares its line; give it a line of its own".to_owned());
    }
    let text = "stands below a command that draws nothing; add `--wire` there";
    (!has_wire(fence)).then(|| text.to_owned())
}

/// Whether the command of a block runs a pair with a link between them: any option but the port
/// asks for one.
pub fn has_wire(fence: &Fence<'_>) -> bool {
    let command = fence.lines.first().copied().unwrap_or_default();
    let mut names = command.split([' ', '=']).filter_map(|word| word.strip_prefix("--"));
    command.starts_with("$ cargo xtask run ") && names.any(|name| name != "port")
}

/// Whether a paragraph that is nothing but an image follows a console block, with an empty line
/// between.
fn is_below(image: &Image, fence: &Fence<'_>) -> bool {
    fence.info.starts_with("console") && fence.end + 2 == image.line
}

const REDRAW: &str = "`cargo xtask verify --write` draws it";

/// A picture that the run in a block draws.
pub struct Picture {
    /// Where it is, from the root.
    path: String,
}

impl Picture {
    /// The picture below a block, if there is one that [`check`] finds no fault with.
    pub fn below(fence: &Fence<'_>, document: &Document<'_>, from: &str) -> Option<Self> {
        let image = document.images.iter().find(|image| is_below(image, fence))?;
        let path = resolve(from, &image.target)?;
        flaw(&path, image, document).is_none().then_some(Self { path })
    }

    /// Compares it with what a run has drawn.
    pub fn compare(&self, drawn: &str, ports: &Ports, tree: &Tree) -> Result<(), String> {
        let Some(lines) = picture_difference(self.find(tree)?, drawn, ports) else { return Ok(()) };
        Err(format!(
            "this doesn't draw `{}` as it is; if that is right, {REDRAW} (- picture, + run){lines}",
            self.path
        ))
    }

    /// Reads it from the tree.
    pub fn find<'a>(&self, tree: &'a Tree) -> Result<&'a str, String> {
        let missing = || format!("`{}` isn't there; {REDRAW}", self.path);
        tree.text(&self.path).ok_or_else(missing)
    }

    /// Writes what a run has drawn, if that differs; says whether it does.
    pub fn draw(&self, drawn: &str, ports: &Ports, tree: &Tree) -> Result<bool, String> {
        if self.compare(drawn, ports, tree).is_ok() {
            return Ok(false);
        }
        let path = lessons::root().join(&self.path);
        files::write(&path, ports.with_default(drawn).as_bytes())
            .map_err(|error| format!("{error:#}; may you write there?"))?;
        Ok(true)
    }
}

/// A folder for the files that a command writes; it lasts as long as the value.
pub struct Outputs {
    folder: TempDir,
    picture: Option<PathBuf>,
    /// What readers see in place of what we have on the command line, and are told because of that.
    names: Vec<(String, String)>,
}

/// The options with a file to write.
const WRITING: [&str; 3] = ["--svg", "--pcap", "--log"];

impl Outputs {
    /// Leads what a command writes into a folder of its own, and lets it draw if need be.
    pub fn redirect(command: &mut Vec<String>, draws: bool) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| format!("no place to write: {error}"))?;
        let mut outputs = Self { folder, picture: None, names: Vec::new() };
        let adds_picture = draws && !command.iter().any(|word| word == "--svg");
        if adds_picture {
            command.extend(["--svg".to_owned(), "picture.svg".to_owned()]);
        }
        let mut option = String::new();
        for word in command {
            if WRITING.contains(&option.as_str()) {
                let name = Path::new(word.as_str()).file_name().unwrap_or_default();
                let place = outputs.folder.path().join(name);
                let place_name = place.to_string_lossy().into_owned();
                outputs.names.push((word.clone(), place_name.clone()));
                if option == "--svg" {
                    outputs.picture = Some(place);
                    if adds_picture {
                        // Readers, who don't ask for a picture, aren't told of it.
                        let told = format!("Wrote the picture to {place_name}.\n");
                        outputs.names.insert(0, (String::new(), told));
                    }
                }
                *word = place_name;
            }
            option.clone_from(word);
        }
        Ok(outputs)
    }

    /// What a command has printed, as if it were the reader's.
    pub fn with_their_names(&self, printed: &str) -> String {
        let mut printed = printed.to_owned();
        for (name, place) in &self.names {
            printed = printed.replace(place, name);
        }
        printed
    }

    /// What has been drawn.
    pub fn picture(&self) -> Result<String, String> {
        let path = self.picture.as_ref().ok_or("this run has nothing to draw")?;
        fs::read_to_string(path).map_err(|error| format!("this run has drawn nothing: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str =
        "```console typed=\"a\"\n$ cargo xtask run 4 --loss=1% --svg x.svg\nx\n```\n\n";
    const IMAGE: &str = "![What is lost](pictures/loss.svg)\n";

    fn findings(text: &str, pictures: &[&str]) -> Vec<String> {
        let mut files = vec![("lessons/a.md", text)];
        files.extend(pictures.iter().map(|path| (*path, "<svg/>")));
        let mut findings = Vec::new();
        check(&Tree::of(&files), &mut findings);
        findings
    }

    #[test]
    fn an_image_below_a_run_with_a_wire_is_its_picture() {
        let text = format!("text\n\n{RUN}{IMAGE}");
        assert_eq!(findings(&text, &["lessons/pictures/loss.svg"]), [""; 0]);
        let document = parse(&text);
        let picture = Picture::below(&document.fences[0], &document, "lessons/a.md").unwrap();
        assert_eq!(picture.path, "lessons/pictures/loss.svg");
        // In a translation, and in a list.
        let text = format!("1. x\n\n{RUN}{}", IMAGE.replace("pictures", "../pictures"));
        let text = text.replace('\n', "\n   ");
        let document = parse(&text);
        let picture = Picture::below(&document.fences[0], &document, "lessons/zh/a.md").unwrap();
        assert_eq!(picture.path, "lessons/pictures/loss.svg");
    }

    #[test]
    fn other_images_are_refused() {
        let other = RUN.replace("--loss=1% --svg x.svg", "--port 9000");
        for (text, expected) in [
            (IMAGE.to_owned(), "has no run"),
            (format!("{RUN}text\n{IMAGE}"), "has no run"),
            (format!("{}\n{IMAGE}", RUN.trim_end()), "has no run"),
            (format!("{RUN}\n{IMAGE}"), "has no run"),
            (format!("```sh\n```\n\n{IMAGE}"), "has no run"),
            (format!("{other}{IMAGE}"), "draws nothing; add `--wire`"),
            (format!("{RUN}{}", IMAGE.replace("loss.svg", "loss.png")), "is no picture"),
            (format!("{RUN}{}", IMAGE.replace("pictures/", "")), "is no picture"),
            (format!("{RUN}{}", IMAGE.replace("pictures", "https://a/pictures")), "is no picture"),
            (format!("{RUN}see {IMAGE}"), "shares its line"),
        ] {
            let found = findings(&text, &[]);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].contains(expected), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_picture_that_no_text_shows_is_found() {
        let pictures = ["lessons/pictures/loss.svg", "lessons/pictures/old.svg"];
        let expected = "lessons/pictures/old.svg:1: no text shows this picture; \
            show it below its run, or delete it";
        assert_eq!(findings(&format!("{RUN}{IMAGE}"), &pictures), [expected]);
    }

    #[test]
    fn a_missing_picture_and_another_one_are_told_apart() {
        let picture = Picture { path: "lessons/pictures/loss.svg".to_owned() };
        let ports = Ports::new("cargo xtask run 4", 5_100);
        let difference = |files: &[(&str, &str)]| {
            picture.compare("<svg>127.0.0.1:5100</svg>", &ports, &Tree::of(files)).err()
        };
        assert!(difference(&[]).unwrap().contains("isn't there; `cargo xtask verify --write`"));
        let file = |text| [("lessons/pictures/loss.svg", text)];
        assert_eq!(difference(&file("<svg>127.0.0.1:8090</svg>\n")), None);
        assert!(
            difference(&file("<svg>127.0.0.1:9</svg>\n")).unwrap().contains("this doesn't draw")
        );
    }

    #[test]
    fn what_a_command_writes_goes_elsewhere() {
        let words = "cargo xtask run 4 --log out/a.log --loss 1%";
        let mut command: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let outputs = Outputs::redirect(&mut command, true).unwrap();
        let folder = outputs.folder.path().to_owned();
        assert!(folder.is_dir());
        let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let (log, svg) = (at("a.log"), at("picture.svg"));
        assert_eq!(
            command.join(" "),
            format!("cargo xtask run 4 --log {log} --loss 1% --svg {svg}")
        );
        let printed = format!("Wrote {log}.\nWrote the picture to {svg}.\n");
        assert_eq!(outputs.with_their_names(&printed), "Wrote out/a.log.\n");
        assert!(outputs.picture().unwrap_err().starts_with("this run has drawn nothing"));
        fs::write(&svg, "<svg/>").unwrap();
        assert_eq!(outputs.picture().unwrap(), "<svg/>");
        drop(outputs);
        assert!(!folder.exists());
    }
}
