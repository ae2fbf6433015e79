use super::*;

fn roster(text: &str) -> Roster {
    Roster::parse(text).unwrap()
}

/// The names or, if they have none, the logins of those found.
fn found(roster: &Roster, submission: &str) -> Option<String> {
    let student = roster.find(submission)?;
    Some(if student.name.is_empty() { student.sis_login_id } else { student.name })
}

const CANVAS: &str = "\u{feff}Student,ID,SIS User ID,SIS Login ID,Section,Sockets (9)\r
    Points Possible,,,,,100\r
\"Doe, John\",12,U-7,jdoe,\"CS 1, Monday\",\r
\"Ödegård, Åsa\",13,U-8,asa,CS 1,50\r
\"Doe, Jane\",14,U-9,jadoe,CS 1,\r
\"Doe, Jane\",15,U-10,janed,CS 2,\r
";

const MOODLE: &str = "First name,Last name,ID number,Email address,Username\n\
    John,Doe,1001,john@example.org,jd\n\
    Jean Luc,O'Brien,1002,jl@example.org,jl\n\
    Ann,Lee,1003,ann@example.org,ann\n\
    Ann,Lee,1004,ann.lee@example.org,ann2\n";

#[test]
fn a_canvas_gradebook_is_read_as_it_was_exported() {
    let roster = roster(CANVAS);
    assert_eq!(roster.students.len(), 4);
    let student = roster.find("jdoe").unwrap();
    assert_eq!(student.name, "Doe, John");
    assert_eq!((student.id.as_str(), student.sis_user_id.as_str()), ("12", "U-7"));
    assert_eq!(student.section, "CS 1, Monday");
    for name in ["JDOE", " u-7 ", "12", "Doe, John", "John Doe"] {
        assert_eq!(found(&roster, name).as_deref(), Some("Doe, John"), "{name}");
    }
}

#[test]
fn what_canvas_lets_download_belongs_to_its_ids() {
    let roster = roster(CANVAS);
    for name in ["doejohn_12_345_work", "doejohn_LATE_12_345_work_1_2", "group_12_345_a.b"] {
        assert_eq!(found(&roster, name).as_deref(), Some("Doe, John"), "{name}");
    }
    assert_eq!(found(&roster, "doejohn_12").as_deref(), Some("Doe, John"));
    assert_eq!(found(&roster, "ödegårdåsa_LATE_13").as_deref(), Some("Ödegård, Åsa"));
    for (name, login) in [("doejane_14", "jadoe"), ("doejane_LATE_15_9_work", "janed")] {
        assert_eq!(roster.find(name).unwrap().sis_login_id, login);
    }
    for name in ["team_12", "doejohn_99_345_work", "anon_12_345_work", "_12_345_work", "doe_12x"] {
        assert_eq!(found(&roster, name), None, "{name}");
    }
}

#[test]
fn without_ids_what_canvas_lets_download_belongs_to_names() {
    let roster = roster("name,email\nJohn Doe,j@example.org\nJane Doe,jane@example.org\n");
    assert_eq!(found(&roster, "doejohn_12_345_work").as_deref(), Some("John Doe"));
    assert_eq!(found(&roster, "doejim_12_345_work"), None);
}

#[test]
fn a_moodle_list_is_read_as_it_was_exported() {
    let roster = roster(MOODLE);
    let student = roster.find("john@example.org").unwrap();
    assert_eq!(student.name, "John Doe");
    assert_eq!((student.sis_user_id.as_str(), student.sis_login_id.as_str()), ("1001", "jd"));
    for (name, owner) in [
        ("John Doe_77_assignsubmission_file", Some("John Doe")),
        ("John Doe_77_assignsubmission_file_", Some("John Doe")),
        ("Jean Luc OBrien_77_assignsubmission_file", Some("Jean Luc O'Brien")),
        ("Ann Lee_77_assignsubmission_file", None),
        ("John Doe_x_assignsubmission_file", None),
        ("_77_assignsubmission_file", None),
        ("1003", Some("Ann Lee")),
        ("ann.lee", Some("Ann Lee")),
    ] {
        assert_eq!(found(&roster, name).as_deref(), owner, "{name}");
    }
}

#[test]
fn whoever_is_not_certain_is_not_found() {
    let roster = roster(
        "login;name;email\nann;Ann Lee;ann@example.org\nlee;Ann Lee;al@example.org\n\
         kim;Kim;ann@example.com\n",
    );
    assert_eq!(found(&roster, "Ann Lee"), None);
    assert_eq!(found(&roster, "ann"), None, "a login, and the local part of another's address");
    assert_eq!(found(&roster, "al").as_deref(), Some("Ann Lee"));
    assert_eq!(found(&roster, "kim").as_deref(), Some("Kim"));
    for nobody in ["", " ", "kim (1)", "ki", "_", "@example.org"] {
        assert_eq!(found(&roster, nobody), None, "{nobody:?}");
    }
}

#[test]
fn the_folder_that_a_roster_names_comes_first() {
    for header in ["student,name,login", "folder,name,login"] {
        let roster = roster(&format!("{header}\nteam-1,Ann,bob\nteam-2,Bob,ann\nbob,Cy,cy\n"));
        assert_eq!(found(&roster, "team-1").as_deref(), Some("Ann"));
        assert_eq!(found(&roster, "bob").as_deref(), Some("Cy"));
        assert_eq!(found(&roster, "ann"), None);
    }
    let roster = roster("student,ID\nann,1\n");
    assert_eq!(found(&roster, "ann").as_deref(), Some("ann"));
}

#[test]
fn headers_are_known_however_they_are_spelt() {
    for text in ["STUDENT-ID\tE-Mail\n7\ta@b\n", "email address;ID Number\na@b;7\n"] {
        let student = roster(text).find("7").unwrap();
        assert_eq!((student.sis_user_id.as_str(), student.email.as_str()), ("7", "a@b"));
    }
}

#[test]
fn a_file_without_students_is_refused() {
    for text in ["", "grade,points\n1,2\n", "section\nA\n", "name,ID\n", "name,ID\n,\n , \n"] {
        assert!(Roster::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn rows_that_are_short_or_twice_do_no_harm() {
    let roster = roster("name,ID,email\nAnn\nBob,2\nBob,2\nCy,3,c@d,more,than,known\n");
    assert_eq!(roster.students.len(), 3);
    assert_eq!(found(&roster, "bob").as_deref(), Some("Bob"));
}

#[test]
fn of_40_000_rows_each_student_is_taken_once() {
    let row = |number: usize| format!("Student {number},{number}\n");
    let rows: String = (0..20_000).chain((0..20_000).rev()).map(row).collect();
    let roster = roster(&format!("name,ID\n{rows}"));
    assert_eq!(roster.students.len(), 20_000);
    let ids: Vec<_> = roster.students.iter().map(|student| student.id.clone()).collect();
    assert_eq!(ids, (0..20_000).map(|number| number.to_string()).collect::<Vec<_>>());
    for name in ["0", "Student 12345", "19999"] {
        assert!(found(&roster, name).is_some(), "{name}");
    }
}

#[test]
fn both_sides_that_lack_something_are_told() {
    let roster = roster("login,ID\nann,1\nbob,2\ncy,3\n");
    let comparison = roster.compare(["ann", "bob", "x_2_9_work", "dan"]);
    assert_eq!(comparison.unknown, ["dan"]);
    let absent: Vec<_> = comparison.absent.iter().map(|one| one.sis_login_id.as_str()).collect();
    assert_eq!(absent, ["cy"]);
    let doubled: Vec<_> = comparison.doubled.iter().map(|(one, names)| (&*one.id, names)).collect();
    assert_eq!(doubled, [("2", &vec!["bob".to_owned(), "x_2_9_work".to_owned()])]);
}

#[test]
#[cfg(unix)]
fn a_roster_may_be_a_pipe_which_can_be_read_once_only() {
    use std::io::Write;
    use std::os::fd::AsRawFd;
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(MOODLE.as_bytes()).unwrap();
    drop(writer);
    let path = format!("/dev/fd/{}", reader.as_raw_fd());
    let (roster, sha256) = Roster::read(Path::new(&path)).unwrap();
    assert_eq!((roster.students.len(), sha256), (4, hash(MOODLE.as_bytes())));
}
