//! Tables as CSV.

use crate::text::name;
use anyhow::{Context as _, Result};

/// Bytes of a cell at the most: no spreadsheet shows more than 32,767 characters.
const LONGEST: usize = 8_000;

/// Text that no spreadsheet takes for a formula: where it could, it starts with an apostrophe.
///
/// A spreadsheet may be set to take `;` for the end of a cell, quotes or not, so what follows
/// one is treated in the same way. Control characters are made visible, so that a row is a line,
/// and no two texts become the same.
pub fn defused(text: &str) -> String {
    let text = name(text, LONGEST);
    let defuse = |cell: &str| if is_formula(cell) { format!("'{cell}") } else { cell.into() };
    text.split(';').map(defuse).collect::<Vec<_>>().join(";")
}

/// Text from the roster, which the platform should know again: as it came, unless that does harm.
pub fn returned(text: &str) -> String {
    if is_harmless(text) { text.to_owned() } else { defused(text) }
}

/// Whether text may stand in a cell as it is.
pub fn is_harmless(text: &str) -> bool {
    text.len() <= LONGEST && !text.contains(disturbs) && !text.split(';').any(is_formula)
}

/// Control characters; what turns the direction of writing or breaks lines; and what isn't a
/// character at all. Others that can't be seen belong to names in some languages.
fn disturbs(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

fn is_formula(cell: &str) -> bool {
    let skipped = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    // The last four are their wide forms, which some spreadsheets take for the same.
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    cell.trim_start_matches(skipped).starts_with(signs)
}

/// Rows of cells that are defused where they need it.
pub fn table(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).context("cannot write a row of CSV")?;
    }
    let bytes = writer.into_inner();
    bytes.map_err(csv::IntoInnerError::into_error).context("cannot end a table of CSV")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused() {
        for (text, shown) in [
            ("=cmd()", "'=cmd()"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\"=1", "'\"=1"),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
            ("x;=cmd()", "x;'=cmd()"),
            ("x;\"-1;y", "x;'\"-1;y"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
        ] {
            assert_eq!(defused(text), shown);
            assert_eq!(returned(text), shown);
        }
    }

    #[test]
    fn other_text_stays() {
        for text in ["", "Ann, \"Bob\"", "a=b", "1-2", "ann@example.org", "李明;x", "O'Neil"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn a_backslash_goes_back_as_it_came_and_is_doubled_elsewhere() {
        assert_eq!((returned(r"D\ann"), defused(r"D\ann")), (r"D\ann".into(), r"D\\ann".into()));
        assert_eq!(returned("D\\ann\n"), r"D\\ann\n");
    }
}
