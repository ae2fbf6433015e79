//! What a format makes of a class.

/// A file to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Below the folder of results, with `/` between folders. Safe on every system.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// What a format makes of a class.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Rendered {
    pub files: Vec<File>,
    /// What was left out and why, a line each, safe to print.
    pub notes: Vec<String>,
}

impl File {
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

impl Rendered {
    pub fn one(path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { files: vec![File::new(path, bytes)], notes: Vec::new() }
    }
}
