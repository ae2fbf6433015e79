//! Bytes as a person can read them.

/// `bytes` in double quotes, with everything invisible made visible: `\n`, `\r`, `\0`, a byte
/// that isn't UTF-8 as `\xff`; trailing spaces show before the closing quote.
pub fn visible(bytes: &[u8]) -> String {
    let text: String = bytes
        .utf8_chunks()
        .map(|chunk| format!("{}{}", escaped(chunk.valid()), chunk.invalid().escape_ascii()))
        .collect();
    format!("\"{text}\"")
}

/// Text whose control characters are visible, without quotes around it.
pub fn printable(text: &str) -> String {
    let show = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    text.chars().map(show).collect()
}

fn escaped(text: &str) -> String {
    // In double quotes, an apostrophe needs no escape.
    text.escape_debug().to_string().replace("\\'", "'")
}

/// Like [`visible`], but of more than 160 bytes only the beginning and the end.
pub fn shortened(bytes: &[u8]) -> String {
    match (bytes.get(..100), bytes.len().checked_sub(40).and_then(|at| bytes.get(at..))) {
        (Some(start), Some(end)) if bytes.len() > 160 => {
            format!("{} … {} ({} bytes)", visible(start), visible(end), bytes.len())
        }
        _ => visible(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{shortened, visible};

    #[test]
    fn long_bytes_become_short() {
        assert_eq!(shortened(b"short"), "\"short\"");
        let text = shortened(&[b'x'; 1000]);
        assert!(text.len() < 200 && text.ends_with(" (1000 bytes)"), "{text}");
    }

    #[test]
    fn invisible_characters_become_visible() {
        assert_eq!(visible("好 \r\n\0\t ".as_bytes()), r#""好 \r\n\0\t ""#);
    }

    #[test]
    fn bytes_that_are_not_utf8_become_visible() {
        assert_eq!(visible(b"a\xffb\xe5\xa5"), r#""a\xffb\xe5\xa5""#);
    }
}
