//! What only the platform knows.

use anyhow::{Context as _, Error, Result, bail, ensure};
use std::collections::BTreeMap;
use std::str::FromStr;

/// What formats need that isn't in the results. Each format says what it misses.
#[derive(Clone, Default, Debug)]
pub struct Context {
    /// For Canvas: the assignment that each lesson is, by the lesson's name.
    pub canvas: BTreeMap<String, CanvasAssignment>,
    /// For Moodle: what it knows its users by.
    pub moodle: Option<MoodleColumn>,
    /// For Classroom 50: what its runner says about the submission.
    pub classroom50: Classroom50,
}

/// An assignment as Canvas shows it in the header of an exported gradebook: `Echo (4711)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CanvasAssignment {
    pub title: String,
    /// Without it, Canvas looks for the title, and makes a new assignment if there is none.
    pub id: Option<u64>,
}

impl FromStr for CanvasAssignment {
    type Err = Error;

    fn from_str(header: &str) -> Result<Self> {
        let header = header.trim_end();
        let parts = header.strip_suffix(')').and_then(|header| header.rsplit_once(" ("));
        let known = parts.and_then(|(title, id)| Some((title, id.parse().ok()?)));
        let (title, id) = known.map_or((header, None), |(title, id)| (title, Some(id)));
        let title = title.trim();
        let advice = "Try the header of its column in an exported gradebook: `Echo (4711)`.";
        ensure!(!title.is_empty(), "A Canvas assignment needs a title. {advice}");
        Ok(Self { title: title.to_string(), id })
    }
}

/// What Moodle knows a user by, and which column of the roster that is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoodleColumn {
    /// `email`
    Email,
    /// `sis_user_id`
    IdNumber,
    /// `sis_login_id`
    UserName,
    /// `id`
    UserId,
}

impl MoodleColumn {
    pub const ALL: [Self; 4] = [Self::Email, Self::IdNumber, Self::UserName, Self::UserId];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::IdNumber => "id-number",
            Self::UserName => "user-name",
            Self::UserId => "user-id",
        }
    }
}

impl FromStr for MoodleColumn {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|column| column.name() == name) {
            Some(column) => Ok(column),
            None => bail!(
                "Moodle knows no user by `{name}`. It knows them by {}.",
                Self::ALL.map(Self::name).join(", ")
            ),
        }
    }
}

/// What the runner of Classroom 50 says about the one submission that it grades.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Classroom50 {
    pub classroom: String,
    pub assignment: String,
    /// `individual`, `group` or `team`
    pub assignment_type: String,
    /// The account that owns the repository.
    pub owner: String,
    /// The tag: `submit/2026-06-01T14-32-05Z-a1b2c3d`
    pub submission: String,
    /// Where to see the commit, the release, and all that was changed.
    pub commit: String,
    pub release: String,
    pub review: String,
    /// When it was handed in, in UTC: `2026-06-01T14:32:05Z`
    pub datetime: String,
}

impl Classroom50 {
    /// From the variables that the runner sets. `SUBMITTED_AT` isn't one of them: it is for who
    /// knows the commit's time. Without it, the time in the tag is taken.
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| {
            let values = names.iter().filter_map(|name| variable(name));
            values.map(|value| value.trim().to_string()).find(|value| !value.is_empty())
        };
        let submission = first(&["SUBMISSION_TAG"]).unwrap_or_default();
        Self {
            classroom: first(&["CLASSROOM"]).unwrap_or_default(),
            assignment: first(&["ASSIGNMENT"]).unwrap_or_default(),
            assignment_type: first(&["ASSIGNMENT_TYPE"]).unwrap_or_default(),
            owner: first(&["OWNER", "USERNAME"]).unwrap_or_default(),
            commit: first(&["COMMIT_URL"]).unwrap_or_default(),
            release: first(&["RELEASE_URL"]).unwrap_or_default(),
            // Where there is nothing to compare, the commit is all that was changed.
            review: first(&["REVIEW_URL", "COMMIT_URL"]).unwrap_or_default(),
            datetime: first(&["SUBMITTED_AT"]).or_else(|| time_in(&submission)).unwrap_or_default(),
            submission,
        }
    }

    pub fn check(&self) -> Result<()> {
        let missing: Vec<&str> = self.members().iter().filter_map(missing_variable).collect();
        ensure!(
            missing.is_empty(),
            "Classroom 50 can't be told whose grades these are without {}. Its runner sets these \
             variables; set them when you try this elsewhere.",
            missing.join(", ")
        );
        ensure!(
            ["individual", "group", "team"].contains(&self.assignment_type.as_str()),
            "ASSIGNMENT_TYPE is `{}`. Classroom 50 knows individual, group and team.",
            self.assignment_type
        );
        ensure!(
            self.submission.starts_with("submit/"),
            "SUBMISSION_TAG is `{}`. Classroom 50 takes only tags that begin with `submit/`.",
            self.submission
        );
        let advice = "Set SUBMITTED_AT to a time in UTC, such as 2026-06-01T14:32:05Z.";
        is_time(&self.datetime)
            .then_some(())
            .with_context(|| format!("`{}` is no time of submission. {advice}", self.datetime))
    }

    fn members(&self) -> [(&str, &'static str); 9] {
        [
            (&self.classroom, "CLASSROOM"),
            (&self.assignment, "ASSIGNMENT"),
            (&self.assignment_type, "ASSIGNMENT_TYPE"),
            (&self.owner, "OWNER"),
            (&self.submission, "SUBMISSION_TAG"),
            (&self.commit, "COMMIT_URL"),
            (&self.release, "RELEASE_URL"),
            (&self.review, "REVIEW_URL"),
            (&self.datetime, "SUBMITTED_AT"),
        ]
    }
}

fn missing_variable(member: &(&str, &'static str)) -> Option<&'static str> {
    member.0.is_empty().then_some(member.1)
}

/// The time that a tag carries: `submit/2026-06-01T14-32-05Z-a1b2c3d`.
fn time_in(tag: &str) -> Option<String> {
    let stamp = tag.strip_prefix("submit/")?.get(..20)?;
    let (date, time) = stamp.split_once('T')?;
    let time = format!("{date}T{}", time.replace('-', ":"));
    is_time(&time).then_some(time)
}

/// Whether it is as `2026-06-01T14:32:05Z`.
fn is_time(text: &str) -> bool {
    let fits = |(c, shape): (char, char)| match shape {
        '0' => c.is_ascii_digit(),
        _ => c == shape,
    };
    let number = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<u8>().ok());
    let at_most = |at, most| number(at).is_some_and(|value| value <= most);
    text.len() == 20
        && text.chars().zip("0000-00-00T00:00:00Z".chars()).all(fits)
        && at_most(11, 23)
        && at_most(14, 59)
        && at_most(17, 59)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canvas_assignment_is_read_as_canvas_shows_it() {
        let parse = |header: &str| header.parse::<CanvasAssignment>().map(|a| (a.title, a.id));
        assert_eq!(parse("Echo (4711)").unwrap(), ("Echo".into(), Some(4711)));
        assert_eq!(parse("Echo (a) (7)").unwrap(), ("Echo (a)".into(), Some(7)));
        assert_eq!(parse("Echo (late)").unwrap(), ("Echo (late)".into(), None));
        assert!(parse(" ").is_err() && parse(" (7)").is_err());
    }

    #[test]
    fn moodle_columns_are_read_by_name() {
        for column in MoodleColumn::ALL {
            assert_eq!(column.name().parse::<MoodleColumn>().unwrap(), column);
        }
        let error = "e-mail".parse::<MoodleColumn>().unwrap_err().to_string();
        assert!(error.contains("email, id-number, user-name, user-id"), "{error}");
    }

    #[test]
    fn the_time_of_submission_is_in_the_tag() {
        let time = time_in("submit/2026-06-01T14-32-05Z-a1b2c3d");
        assert_eq!(time.as_deref(), Some("2026-06-01T14:32:05Z"));
        for tag in ["submit/manual", "2026-06-01T14-32-05Z", "submit/2026-06-01T24-00-00Z"] {
            assert_eq!(time_in(tag), None);
        }
    }
}
