//! Lines, arrows, boxes, and the text in them. Lengths are in pixels, `y` grows downwards.

use base::text::{may_be_said, with_escapes};
use std::fmt::Write;

/// The text of labels, and what is smaller.
pub const SIZE: i32 = 13;
pub const SMALL: i32 = 12;

/// How tall a box with one line is.
pub const BOX_HEIGHT: i32 = 22;

/// Between the sides of a box and its text.
const PADDING: i32 = 8;

/// How long the head of an arrow is, and half of its width.
const HEAD: (i32, i32) = (10, 4);

/// Half of the width of a cross.
const CROSS: i32 = 6;

#[derive(Default)]
pub struct Sheet {
    body: String,
}

/// Where a box stands: `x` is its middle, or one of its ends.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start(i32),
    Middle(i32),
    End(i32),
}

/// A piece of text, and its class.
pub type Span<'a> = (&'static str, &'a str);

/// A line of text in a box: where, and what.
pub struct Words<'a> {
    pub class: &'static str,
    pub anchor: Anchor,
    /// The line that the letters stand on.
    pub baseline: i32,
    pub text: &'a str,
}

pub struct Rect {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
    /// The radius of its corners.
    pub round: i32,
}

impl Sheet {
    pub fn into_body(self) -> String {
        self.body
    }

    pub fn line(&mut self, class: &str, from: (i32, i32), to: (i32, i32)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.add(&format!("<path class=\"{class}\" d=\"M{x1} {y1}L{x2} {y2}\"/>"));
    }

    pub fn rect(&mut self, class: &str, rect: &Rect) {
        self.add(&rect.tag(class));
    }

    /// An arrow whose point is at `to`; it may have another height than `from`, and then bends.
    pub fn arrow(&mut self, class: &str, from: (i32, i32), to: (i32, i32)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let (length, half) = HEAD;
        let side = (x2 - x1).signum();
        let end = x2 - side * length;
        let bend = if y1 == y2 { String::new() } else { format!("L{} {y2}", x1 + side * 14) };
        self.add(&format!("<path class=\"{class}\" d=\"M{x1} {y1}{bend}H{end}\"/>"));
        let (above, below) = (y2 - half, y2 + half);
        let class = class.replacen("arrow", "head", 1);
        self.add(&format!("<path class=\"{class}\" d=\"M{x2} {y2}L{end} {above}V{below}Z\"/>"));
    }

    pub fn cross(&mut self, (x, y): (i32, i32)) {
        let (left, right, top, bottom) = (x - CROSS, x + CROSS, y - CROSS, y + CROSS);
        self.add(&format!(
            "<path class=\"cross\" d=\"M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}\"/>"
        ));
    }

    /// A box of one line around `spans`, with `y` as the middle of its height.
    pub fn label(&mut self, class: &str, anchor: Anchor, y: i32, spans: &[Span<'_>]) {
        let whole: String = spans.iter().map(|(_, text)| *text).collect();
        let width = width(&whole, SIZE) + 2 * PADDING;
        let (left, x, from) = match anchor {
            Anchor::Start(x) => (x, x + PADDING, ""),
            Anchor::Middle(x) => (x - width / 2, x, " text-anchor=\"middle\""),
            Anchor::End(x) => (x - width, x - PADDING, " text-anchor=\"end\""),
        };
        let (top, height) = (y - BOX_HEIGHT / 2, BOX_HEIGHT);
        let rect = Rect { left, top, width, height, round: 5 }.tag("plate");
        let mut words = String::new();
        for (class, text) in spans {
            let text = xml(text);
            match *class {
                "" => words.push_str(&text),
                class => {
                    let _ = write!(words, "<tspan class=\"{class}\">{text}</tspan>");
                }
            }
        }
        let baseline = y + 4;
        self.add(&format!(
            "<g class=\"box {class}\">{rect}<text class=\"label\" x=\"{x}\" y=\"{baseline}\"{from} \
             xml:space=\"preserve\">{words}</text></g>"
        ));
    }

    /// A box of a given size, with lines of text anywhere in it.
    pub fn panel(&mut self, class: &str, rect: &Rect, lines: &[Words<'_>]) {
        let mut group = format!("<g class=\"box {class}\">{}", rect.tag("plate"));
        for words in lines.iter().filter(|words| !words.text.is_empty()) {
            let (x, from) = match words.anchor {
                Anchor::Start(x) => (x, ""),
                Anchor::Middle(x) => (x, " text-anchor=\"middle\""),
                Anchor::End(x) => (x, " text-anchor=\"end\""),
            };
            let (class, y, text) = (words.class, words.baseline, xml(words.text));
            let class = format!("label {class}");
            let class = class.trim_end();
            let _ =
                write!(group, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{from}>{text}</text>");
        }
        self.add(&(group + "</g>"));
    }

    fn add(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }
}

impl Rect {
    fn tag(&self, class: &str) -> String {
        let Self { left, top, width, height, round } = self;
        format!(
            "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" \
             height=\"{height}\" rx=\"{round}\"/>"
        )
    }
}

/// No more of a payload is looked at: more wouldn't fit into any box.
const LOOKED_AT: usize = 256;

/// A payload as text: lossy UTF-8, with escapes for what has no shape of its own.
pub fn of_payload(payload: &[u8]) -> String {
    let start = payload.get(..LOOKED_AT).unwrap_or(payload);
    with_escapes(&String::from_utf8_lossy(start), is_strange)
}

/// Whether a character has no shape of its own, or is so wide that its width can't be estimated.
/// Source: the Unicode character database.
fn is_strange(c: char) -> bool {
    !may_be_said(c)
        || matches!(c,
            // Whole phrases, long dashes, signs of clay tablets; variants of other characters.
            '\u{2e3a}' | '\u{2e3b}' | '\u{fbc3}'..='\u{fbd2}' | '\u{fd40}'..='\u{fd4f}'
            | '\u{fdf0}'..='\u{fdff}' | '\u{a9c1}'..='\u{a9c9}' | '\u{12000}'..='\u{143ff}'
            | '\u{e0000}'..)
}

/// The text as it stands between two tags, or in an attribute.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// How wide a text may become in a font of this size: rather too much than too little.
pub fn width(text: &str, size: i32) -> i32 {
    let hundredths: i32 = text.chars().map(hundredths_of_em).sum();
    (hundredths * size + 99) / 100
}

/// Generous for any font: nothing was found to be wider, in Noto's fonts for all scripts.
fn hundredths_of_em(c: char) -> i32 {
    match c {
        ' '..='~' => 62,
        // Joiners take no room of their own.
        '\u{200c}' | '\u{200d}' => 0,
        // Latin, Greek, Cyrillic, punctuation, lines and boxes.
        '\u{a0}'..='\u{17f}' | '\u{370}'..='\u{45f}' => 100,
        '\u{2010}'..='\u{2030}' | '\u{2500}'..='\u{25ff}' => 100,
        '\u{302e}' | '\u{302f}' => 160,
        // Chinese, Japanese, Korean: squares.
        '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 102,
        '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}' => 102,
        // Hebrew, Arabic, the north of India; symbols, emoji.
        '\u{180}'..='\u{603}' | '\u{605}'..='\u{b7f}' => 160,
        '\u{2031}'..='\u{20cf}' | '\u{2100}'..='\u{2e39}' | '\u{1f000}'..='\u{1faff}' => 160,
        _ => 300,
    }
}

/// The text, or as much of its beginning as fits, with `…` behind it.
pub fn cut(text: &str, size: i32, room: i32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    kept + "…"
}
