//! What of a payload is safe to show, and how much room it takes.

/// No more of a payload is looked at: more wouldn't fit into any box.
const LOOKED_AT: usize = 256;

/// A payload as text: lossy UTF-8, with escapes for what has no shape of its own.
pub fn of(payload: &[u8]) -> String {
    let mut text = String::new();
    let start = payload.get(..LOOKED_AT).unwrap_or(payload);
    for c in String::from_utf8_lossy(start).chars() {
        if is_strange(c) {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}

/// Whether a character steers the text around it, isn't allowed in XML 1.0, or is so wide that
/// its width can't be estimated. Source: the Unicode character database, and XML 1.0, `Char`.
fn is_strange(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            // Private: nobody knows what they look like.
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..
            // Whole phrases, long dashes, signs of clay tablets.
            | '\u{2e3a}' | '\u{2e3b}' | '\u{fbc3}'..='\u{fbd2}' | '\u{fd40}'..='\u{fd4f}'
            | '\u{fdf0}'..='\u{fdff}' | '\u{a9c1}'..='\u{a9c9}' | '\u{12000}'..='\u{143ff}')
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
