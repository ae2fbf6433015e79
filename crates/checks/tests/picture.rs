//! The picture of a run: an SVG that every reader of XML takes, with each label inside its box.

use anyhow::{Context, Result, ensure};
use base::programs::Keeper;
use checks::drawing::draw;
use checks::skip_this;
use link::words::Names;
use link::{Direction, Event, Fate, Kind, Route};
use snapbox::{assert_data_eq, file};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{fs, thread};

/// The longest that a browser may take.
const PATIENCE: Duration = Duration::from_secs(60);

const NAMES: Names<'_> = Names { client: "client", server: "server" };
const TWICE: Fate = Fate { copies: 2, ..Fate::PASS };
const HELD: Fate = Fate { behind: 1, ..Fate::PASS };
const LATE: Fate = Fate { delay: Duration::from_millis(300), ..Fate::PASS };
const FULL: Fate = Fate { overflow: true, ..Fate::LOST };

fn route(client: u16) -> Route {
    let at = |port: u16| ([127, 0, 0, 1], port).into();
    Route { client: at(client), link: at(40_090), upstream: at(45_121), server: at(8090) }
}

/// An exchange in which everything happens that can happen, a millisecond apart.
fn exchange() -> Vec<Event> {
    use Direction::{Reply, Request};
    use Kind::{Arrived, Refused, Released, Unreachable};
    let steps: [(Kind, Direction, u64, &str, Fate); 18] = [
        (Arrived, Request, 1, "hello", Fate::PASS),
        (Arrived, Reply, 1, "hello", Fate::PASS),
        (Arrived, Request, 2, "does anybody hear me?", Fate::LOST),
        (Arrived, Request, 3, "你好，世界！", TWICE),
        (Arrived, Reply, 2, "<b>&\"'\t\r\n\0\u{1b}[31m", TWICE),
        (Arrived, Reply, 3, "you will never know", Fate::LOST),
        (Arrived, Request, 4, "  slow  ", LATE),
        (Arrived, Request, 5, "second", HELD),
        (Arrived, Reply, 4, "", Fate { copies: 2, ..LATE }),
        (Arrived, Request, 6, "first", Fate::PASS),
        (Released, Request, 5, "second", HELD),
        (Released, Request, 4, "  slow  ", LATE),
        (Released, Reply, 4, "", Fate { copies: 2, ..LATE }),
        (Unreachable, Request, 6, "first", Fate::PASS),
        (Arrived, Request, 7, "one too many", FULL),
        (Refused, Request, 8, "refused", Fate::PASS),
        (Arrived, Reply, 5, "stays", Fate { delay: LATE.delay, ..HELD }),
        (Arrived, Request, 9, "🦀 with claws", HELD),
    ];
    let event = |(place, (kind, direction, number, payload, fate))| Event {
        time: Duration::from_millis(place),
        kind,
        direction,
        number,
        route: route(41_201),
        payload: str::as_bytes(payload).to_vec(),
        fate,
    };
    (7..).zip(steps).map(event).collect()
}

/// The exchange again and again, each event by another one of the clients.
fn crowd(clients: u16, events: usize) -> Vec<Event> {
    let ports = (50_000..50_000 + clients).cycle();
    let all = exchange().into_iter().cycle().zip(ports).take(events);
    all.map(|(event, port)| Event { route: route(port), ..event }).collect()
}

/// One datagram for each payload.
fn sayings(payloads: impl IntoIterator<Item = Vec<u8>>) -> Vec<Event> {
    let template = exchange().swap_remove(0);
    payloads.into_iter().map(|payload| Event { payload, ..template.clone() }).collect()
}

/// Payloads that are hard on a box: wide, long, tall, from right to left, not text.
fn hard_payloads() -> Vec<Vec<u8>> {
    let mut payloads: Vec<Vec<u8>> = [
        "W",
        "好",
        "é",
        "🦀",
        "Ж",
        "ﷺ",
        "﷽",
        "⸻",
        "௵",
        "ஔ",
        "ꧽ",
        "𒐫",
        "a\u{301}\u{320}",
        "שלום ",
        "مرحبا ",
        "\u{202e}ab",
        "👩‍👩‍👧",
        "🇫🇷",
        "\u{fd58}",
        "\u{11310}",
        "ொ",
        "Ǆ",
        "㍿",
        "ﾊ",
        "𝕎",
        "꧅",
    ]
    .into_iter()
    .flat_map(|text| [text.to_owned(), text.repeat(5), text.repeat(300)])
    .map(String::into_bytes)
    .collect();
    payloads.push((0..=255).collect());
    payloads.push(vec![0xff; 65_507]);
    payloads
}

/// Pictures of all kinds.
fn pictures() -> Vec<String> {
    let hard = hard_payloads();
    let mut pictures: Vec<String> =
        [exchange(), Vec::new(), crowd(2, 40), crowd(4, 40), crowd(7, 103)]
            .iter()
            .chain(&hard.chunks(50).map(|some| sayings(some.to_vec())).collect::<Vec<_>>())
            .map(|events| draw(events, &NAMES))
            .collect();
    let mut events = crowd(5, 9);
    for Event { route, .. } in &mut events {
        for address in [&mut route.client, &mut route.link, &mut route.upstream, &mut route.server]
        {
            address.set_ip(Ipv6Addr::LOCALHOST.into());
        }
    }
    pictures.push(draw(&events, &Names { client: "sender", server: "receiver" }));
    pictures
}

#[test]
fn an_exchange_with_every_fate_is_drawn_as_before() {
    assert_data_eq!(draw(&exchange(), &NAMES), file!["picture/exchange.svg"].raw());
}

/// Python's parser of XML is Expat.
#[test]
fn any_payload_gives_well_formed_xml() -> Result<()> {
    let mut python = Command::new("python3");
    python.args(["-c", "import sys, xml.etree.ElementTree as E\nfor picture in sys.stdin.buffer.read().split(b'\\0'): E.fromstring(picture)"]);
    let Ok(mut python) = python.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
        skip_this("there is no python3, which reads XML");
        return Ok(());
    };
    let characters: Vec<char> = ('\0'..='\u{ffff}').chain('\u{1fff0}'..='\u{2000f}').collect();
    let payloads = characters.chunks(7).map(|some| some.iter().collect::<String>().into_bytes());
    let payloads: Vec<Vec<u8>> = payloads.collect();
    let mut all = pictures();
    all.extend(payloads.chunks(100).map(|some| draw(&sayings(some.to_vec()), &NAMES)));
    let mut stdin = python.stdin.take().context("no pipe to Python")?;
    stdin.write_all(all.join("\0").as_bytes())?;
    drop(stdin);
    let output = python.wait_with_output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[test]
fn a_browser_shows_every_label_inside_its_box_in_light_and_dark() -> Result<()> {
    let Some(browser) = browser() else {
        skip_this("there is no chromium and no google-chrome");
        return Ok(());
    };
    let script = include_str!("picture/picture.js");
    let mut page = "<!doctype html><meta charset=\"utf-8\"><body>\n".to_owned();
    let pictures = pictures();
    for picture in &pictures {
        page += picture;
    }
    write!(page, "<pre id=\"verdict\"></pre><script>{script}</script>")?;
    let folder = Folder::new()?;
    let path = folder.0.join("page.html");
    fs::write(&path, page)?;
    for (scheme, setting) in [("light", "1"), ("dark", "0")] {
        let setting = format!("--blink-settings=preferredColorScheme={setting}");
        let shown = dump(browser, &setting, &folder, &path)?;
        let verdict = shown.split_once("<pre id=\"verdict\">").context("no verdict in the page")?.1;
        let verdict = verdict.split_once("</pre>").context("a verdict without an end")?.0;
        let (summary, flaws) = verdict.split_once('\n').unwrap_or((verdict, ""));
        ensure!(flaws.is_empty(), "in {scheme}:\n{flaws}");
        let pictures = pictures.len();
        ensure!(summary.starts_with(&format!("{scheme}, {pictures} pictures, ")), "{summary}");
    }
    Ok(())
}

/// The first browser that is there and answers.
fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let answers = |name: &&str| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|version| version.status.success())
    };
    names.into_iter().find(answers)
}

/// The page after its script has run. No process of the browser is left when this returns.
fn dump(browser: &str, setting: &str, folder: &Folder, page: &Path) -> Result<String> {
    let mut keeper = Keeper::start()?;
    let mut command = Command::new(browser);
    command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]);
    command.args([
        "--disable-extensions",
        "--disable-background-networking",
        "--dump-dom",
        setting,
    ]);
    command.arg(format!("--user-data-dir={}", folder.0.join("profile").display()));
    command.arg(format!("file://{}", page.display())).env(&folder.1, "");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = keeper.spawn(&mut command)?;
    let mut stdout = child.stdout.take().context("no pipe from the browser")?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    let shown = receiver.recv_timeout(PATIENCE);
    drop(keeper);
    child.wait()?;
    #[cfg(target_os = "linux")]
    let ended = std::time::Instant::now();
    #[cfg(target_os = "linux")]
    while is_named(&folder.1) {
        ensure!(ended.elapsed() < PATIENCE, "the browser's processes aren't gone");
        thread::sleep(Duration::from_millis(1));
    }
    shown.with_context(|| format!("{browser} hasn't shown the page within {PATIENCE:?}"))
}

/// Whether a process has this word on its command line or in its environment.
#[cfg(target_os = "linux")]
fn is_named(word: &str) -> bool {
    let mut processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.any(|process| {
        let read = |name: &str| fs::read(process.path().join(name)).unwrap_or_default();
        let texts = ["cmdline", "environ"].map(read);
        texts.iter().any(|text| String::from_utf8_lossy(text).contains(word))
    })
}

/// A folder for the browser, as long as the value lasts, and a mark for its processes.
struct Folder(PathBuf, String);

impl Folder {
    fn new() -> Result<Self> {
        let mark = format!("PICTURE_{}", process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&mark);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder, mark))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
