//! Bytes as a person can read them.

/// `bytes` in double quotes, with everything invisible made visible: `\n`, `\r`, `\0`, a byte
/// that isn't UTF-8 as `\xff`; trailing spaces show before the closing quote.
pub fn visible(bytes: &[u8]) -> String {
    let text: String = bytes
        .utf8_chunks()
        .map(|chunk| format!("{}{}", chunk.valid().escape_debug(), chunk.invalid().escape_ascii()))
        .collect();
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn invisible_characters_become_visible() {
        assert_eq!(visible("好 \r\n\0\t ".as_bytes()), r#""好 \r\n\0\t ""#);
    }

    #[test]
    fn bytes_that_are_not_utf8_become_visible() {
        assert_eq!(visible(b"a\xffb\xe5\xa5"), r#""a\xffb\xe5\xa5""#);
    }
}
