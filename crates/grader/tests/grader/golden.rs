//! Golden files. `SNAPSHOTS=overwrite cargo test -p grader` writes them anew.

use snapbox::Data;
use snapbox::assert::{Assert, DEFAULT_ACTION_ENV};
use snapbox::data::DataFormat;
use std::path::Path;

/// Holds a text against a file beside this one, byte by byte.
pub fn same(file: &str, text: String) {
    // For snapbox, it would be a line end as good as any.
    assert!(!text.contains('\r'), "{file}: {text:?}");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grader").join(file);
    // Raw: nothing in it stands for something else.
    let golden = Data::read_from(&golden, Some(DataFormat::Text)).raw();
    Assert::new().action_env(DEFAULT_ACTION_ENV).eq(Data::text(text), golden);
}
