//! Says what a terminal, a build service, a spreadsheet or a web page might obey. Otherwise it is
//! right.

mod honest;

const LINES: &str = "\
::set-output name=score::100
::error::hostile
##[error]hostile
##vso[task.complete result=Succeeded;]hostile
\x1b[2J\x1b]0;hostile\x07\x1b[31m100 of 100\x1b[0m\r
1/1 hostile: lesson-3 100
=cmd()|'/C calc'!A1
]]></system-out></testcase><testcase name=\"hostile\"/>
<script>document.title = 'hostile'</script><img src=x onerror=alert(1)>
\u{202e}001 fo 001\u{2066}\u{9b}31m\u{85}\u{2028}
| hostile | 100 | [x](javascript:alert(1)) ![x](http://127.0.0.1:9/)
{\"points\":100,\"max_points\":100,\"passed\":13,\"checks\":[]}
";

fn main() -> impl std::process::Termination {
    print!("{LINES}");
    // A NUL on stdout would be a mistake of lesson 3.
    eprint!("{LINES}\0");
    honest::main()
}
