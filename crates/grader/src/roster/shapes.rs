//! How names are compared, and what learning platforms call what they let an instructor download.

/// The name of a folder or file, taken apart.
#[derive(PartialEq, Eq, Debug)]
pub enum Shape {
    /// `doejohn_12_345_work` and `doejohn_LATE_12_345_work`: the name that Canvas sorts by, the
    /// student's ID, and the upload's.
    Canvas { name: String, id: String },
    /// `doejohn_12`: the same for several uploads.
    ShortCanvas { name: String, id: String },
    /// `John Doe_77_assignsubmission_file`: the number is none of those that exports hold.
    Moodle { name: String },
}

impl Shape {
    pub fn of(submission: &str) -> Option<Self> {
        if let Some((start, _)) = submission.split_once("_assignsubmission_") {
            let (name, number) = start.rsplit_once('_')?;
            return is_number(number).then(|| Self::Moodle { name: name.to_owned() });
        }
        let words: Vec<_> = submission.split('_').collect();
        let pair = |pair: &[&str]| pair.iter().all(|word| is_number(word));
        let at = words.windows(2).position(pair).or_else(|| words.len().checked_sub(1))?;
        let is_short = at + 1 == words.len();
        let id = words.get(at).filter(|word| is_number(word))?.to_string();
        let name = words.get(..at)?;
        let name = name.strip_suffix(&["LATE"]).unwrap_or(name).concat();
        match name.as_str() {
            // The number behind `anon` isn't the student's.
            "" | "anon" => None,
            _ if is_short => Some(Self::ShortCanvas { name, id }),
            _ => Some(Self::Canvas { name, id }),
        }
    }

    pub fn name(&self) -> &str {
        let (Self::Canvas { name, .. } | Self::ShortCanvas { name, .. } | Self::Moodle { name }) =
            self;
        name
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Without regard to case, and to spaces around it.
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Letters and digits only, since platforms drop most others from the names of files.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// A name as it is, and with the surname at the other end: `Doe, John` and `John Doe`.
pub fn spellings(name: &str) -> Vec<String> {
    let turned = match name.split_once(',') {
        Some((last, first)) => Some(format!("{} {}", first.trim(), last.trim())),
        None => name.rsplit_once(' ').map(|(first, last)| format!("{last}, {first}")),
    };
    [Some(name.to_owned()), turned].into_iter().flatten().collect()
}
