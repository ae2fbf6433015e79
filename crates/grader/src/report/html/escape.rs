//! Text as HTML: maud escapes it, and what can't be seen is shown.

use base::text::{escape, is_visible, may_be_said};
use maud::{Render, html};

/// Text in an element: nothing in it is markup, and what can't be seen is shown as an escape, in
/// an `<i>` to tell it from a backslash that the text itself has.
pub struct Text<'a>(pub &'a str);

impl Render for Text<'_> {
    fn render_to(&self, page: &mut String) {
        escaped(self.0, is_visible, page);
    }
}

/// The same of what was said, which may hold joiners.
pub struct Said<'a>(pub &'a str);

impl Render for Said<'_> {
    fn render_to(&self, page: &mut String) {
        escaped(self.0, may_be_said, page);
    }
}

fn escaped(text: &str, is_shown: fn(char) -> bool, page: &mut String) {
    for c in text.chars() {
        match c {
            // maud leaves it as it is, for its attributes stand between double quotes.
            '\'' => page.push_str("&#39;"),
            c if is_shown(c) => c.encode_utf8(&mut [0; 4]).render_to(page),
            c => html! { i { (escape(c)) } }.render_to(page),
        }
    }
}

/// A sentence of ours, in which what stands between backticks is code.
pub struct Prose<'a>(pub &'a str);

impl Render for Prose<'_> {
    fn render_to(&self, page: &mut String) {
        let parts: Vec<&str> = self.0.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return Said(self.0).render_to(page);
        }
        for (at, part) in parts.into_iter().enumerate() {
            match at % 2 {
                0 => Said(part).render_to(page),
                _ => html! { code { (Said(part)) } }.render_to(page),
            }
        }
    }
}

/// Lines, as the inside of a `<pre>`.
pub struct Lines<'a, L>(pub &'a [L]);

impl<L: AsRef<str>> Render for Lines<'_, L> {
    fn render_to(&self, page: &mut String) {
        for line in self.0 {
            Said(line.as_ref()).render_to(page);
            page.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let text = Text("<img src=x onerror='a()'> & \"b\"").render().into_string();
        assert_eq!(text, "&lt;img src=x onerror=&#39;a()&#39;&gt; &amp; &quot;b&quot;");
    }

    #[test]
    fn an_escape_differs_from_a_backslash() {
        assert_eq!(Text("\\n\n\0").render().into_string(), "\\n<i>\\n</i><i>\\0</i>");
    }

    #[test]
    fn joiners_show_in_names_only() {
        assert_eq!(Text("\u{200d}").render().into_string(), r"<i>\u{200d}</i>");
        assert_eq!(Said("\u{200d}\0").render().into_string(), "\u{200d}<i>\\0</i>");
    }

    #[test]
    fn backticks_make_code_only_in_pairs() {
        assert_eq!(
            Prose("use `a < b` here").render().into_string(),
            "use <code>a &lt; b</code> here"
        );
        assert_eq!(Prose("a ` b").render().into_string(), "a ` b");
    }
}
