//! Text as HTML.

use base::text::{escape, is_visible};
use std::fmt::{self, Display, Formatter, Write};

/// Text in an element: nothing in it is markup, and what can't be seen is shown as an escape, in
/// an `<i>` to tell it from a backslash that the text itself has.
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if is_visible(c) => f.write_char(c)?,
                c => write!(f, "<i>{}</i>", escape(c))?,
            }
        }
        Ok(())
    }
}

/// A sentence of ours, in which what stands between backticks is code.
pub struct Prose<'a>(pub &'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.0.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return Text(self.0).fmt(f);
        }
        for (at, part) in parts.into_iter().enumerate() {
            match at % 2 {
                0 => Text(part).fmt(f)?,
                _ => write!(f, "<code>{}</code>", Text(part))?,
            }
        }
        Ok(())
    }
}

/// Lines, as the inside of a `<pre>`.
pub struct Lines<'a, L>(pub &'a [L]);

impl<L: AsRef<str>> Display for Lines<'_, L> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for line in self.0 {
            writeln!(f, "{}", Text(line.as_ref()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let text = Text("<img src=x onerror='a()'> & \"b\"").to_string();
        assert_eq!(text, "&lt;img src=x onerror=&#39;a()&#39;&gt; &amp; &quot;b&quot;");
    }

    #[test]
    fn an_escape_differs_from_a_backslash() {
        assert_eq!(Text("\\n\n\0").to_string(), "\\n<i>\\n</i><i>\\0</i>");
    }

    #[test]
    fn backticks_make_code_only_in_pairs() {
        assert_eq!(Prose("use `a < b` here").to_string(), "use <code>a &lt; b</code> here");
        assert_eq!(Prose("a ` b").to_string(), "a ` b");
    }
}
