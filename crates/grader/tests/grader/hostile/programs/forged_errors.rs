//! Doesn't compile, for reasons that a terminal, a build service or a web page might obey.

compile_error!(
    "\u{1b}[2J\u{1b}[31m\u{9b}31m\n::error::hostile\n##[error]hostile\n</pre><script>alert(1)</script>\n```\n# 100 of 100\n\u{202e}\0"
);

fn main() {}
