//! What the payloads of a run follow from.

use crate::class::fixture::{Class, Pretender, a_run, grade};
use anyhow::{Error, Result};
use base::usage::UsageError;
use grader::arguments::{self, Request};
use grader::grade::choose;
use grader::key;
use grader::key::RunKey;
use grader::progress::words;
use grader::store::{Run, Store};
use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

fn request(options: &[&str]) -> Result<arguments::GradeRequest> {
    let words = ["grade", "submissions"].iter().chain(options);
    match arguments::read(words.map(Into::into), None)? {
        Request::Grade(request) => Ok(request),
        other => panic!("{other:?}"),
    }
}

fn digits(key: &RunKey) -> String {
    key.clone().into()
}

fn assert_is_usage(error: &Error, argument: &str) {
    assert!(error.is::<UsageError>() && error.to_string().starts_with(argument), "{error:#}");
}

#[test]
fn every_run_has_a_key_of_its_own_and_goes_on_with_it() -> Result<()> {
    let (one, other) = (choose(&request(&[])?, None)?, choose(&request(&[])?, None)?);
    assert_ne!(one, other);
    assert_eq!(one.1, None);
    let class = Class::of(1)?;
    let known = a_run(&Pretender::new(), &class.submissions(), None)?;
    let old = Run { key: one.0.clone(), seed: None, ..known };
    for options in [&["--resume"][..], &["--resume", "--partition", "1/4"]] {
        assert_eq!(choose(&request(options)?, Some(&old))?, one);
    }
    Ok(())
}

#[test]
fn a_seed_makes_the_same_key_each_time() -> Result<()> {
    let chosen = choose(&request(&["--seed", "7", "--partition", "1/4"])?, None)?;
    assert_eq!(chosen, (RunKey::of_seed(7), Some(7)));
    Ok(())
}

#[test]
fn a_key_file_is_made_once_and_for_its_owner_alone() -> Result<()> {
    let class = Class::of(0)?;
    let path = class.path("a key");
    let option = path.display().to_string();
    let request = request(&["--partition", "1/4", "--key", &option])?;
    let (key, seed) = choose(&request, None)?;
    assert_eq!(seed, None);
    let text = fs::read_to_string(&path)?;
    assert_eq!(text, digits(&key) + "\n");
    assert_eq!(choose(&request, None)?.0, key);
    // As editors and other systems may leave it.
    fs::write(&path, format!(" {}\r\n", text.trim().to_uppercase()))?;
    assert_eq!(choose(&request, None)?.0, key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::remove_file(&path)?;
        assert_ne!(choose(&request, None)?.0, key);
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    Ok(())
}

#[test]
fn all_who_make_a_key_file_at_the_same_moment_have_the_same_key() -> Result<()> {
    const AT_ONCE: usize = 16;
    let class = Class::of(0)?;
    for round in 0..20 {
        let (path, start) = (class.path(&format!("keys/{round}")), Barrier::new(AT_ONCE));
        fs::create_dir_all(class.path("keys"))?;
        let make = || {
            start.wait();
            key::read_or_make(&path)
        };
        let keys = thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Result<Vec<_>>>()
        })?;
        assert!(keys.iter().all(|key| *key == keys[0]), "round {round}");
        assert_eq!(key::read(&path)?.as_ref(), keys.first());
    }
    assert_eq!(fs::read_dir(class.path("keys"))?.count(), 20, "halves are left");
    Ok(())
}

#[test]
fn what_holds_no_key_is_refused_at_once_and_not_shown() -> Result<()> {
    let class = Class::of(0)?;
    let key = digits(&RunKey::random()?);
    let texts = ["", "\n", "4711\n", &key[1..], &format!("{key}0"), &format!("{key} {key}")];
    let long = "0".repeat(1 << 20);
    for text in texts.into_iter().chain([long.as_str(), "é".repeat(16).as_str()]) {
        let path = class.path("file");
        fs::write(&path, text)?;
        let error = key::read_or_make(&path).unwrap_err();
        assert_is_usage(&error, "--key: ");
        let error = error.to_string();
        assert!(error.contains("32 hexadecimal") && error.contains("it is made"), "{error}");
        assert!(!error.contains(&key[1..]), "{error}");
        assert_eq!(fs::read_to_string(&path)?, text);
    }
    fs::write(class.path("file"), b"\xff\xfe")?;
    assert!(key::read_or_make(&class.path("file")).is_err());
    assert_is_usage(&key::read_or_make(&class.submissions()).unwrap_err(), "--key: ");
    let nowhere = format!("{:#}", key::read_or_make(&class.path("no/key")).unwrap_err());
    assert!(nowhere.contains("is its folder there?"), "{nowhere}");
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_is_not_waited_for() -> Result<()> {
    let class = Class::of(0)?;
    nix::unistd::mkfifo(&class.path("pipe"), nix::sys::stat::Mode::S_IRWXU)?;
    std::os::unix::fs::symlink("nowhere", class.path("link"))?;
    for path in [class.path("pipe"), class.path("link"), "/dev/zero".into()] {
        let error = key::read_or_make(&path).unwrap_err();
        assert_is_usage(&error, "--key: ");
        assert!(error.to_string().contains("it is made"), "{error:#}");
    }
    Ok(())
}

#[test]
fn a_run_goes_on_with_no_key_but_its_own() -> Result<()> {
    let class = Class::of(1)?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    let old = Run::read(&out)?.unwrap();
    let (same, other) = (class.path("same"), class.path("other"));
    fs::write(&same, digits(&old.key))?;
    let request = |path: &Path| request(&["--resume", "--key", &path.display().to_string()]);
    let chosen = choose(&request(&same)?, Some(&old))?;
    assert_eq!(chosen, (old.key.clone(), Some(7)));
    let error = choose(&request(&other)?, Some(&old)).unwrap_err();
    assert_is_usage(&error, "--key: ");
    assert!(error.to_string().contains("leave --key out") && !other.exists(), "{error}");
    key::read_or_make(&other)?;
    let (key, seed) = choose(&request(&other)?, Some(&old))?;
    let error = Store::resume(&out, Run { key, seed, ..old.clone() }).err().unwrap();
    assert_is_usage(&error, "--key: ");
    assert!(!error.to_string().contains(&digits(&old.key)), "{error}");
    Ok(())
}

#[test]
fn a_run_says_who_knows_the_payloads_and_not_the_key() -> Result<()> {
    let class = Class::of(1)?;
    let seeded = a_run(&Pretender::new(), &class.submissions(), None)?;
    let text = words::conditions(&seeded, &[], true);
    assert!(text.contains("Seed 7: who knows this number knows the payloads"), "{text}");
    let own = Run { key: RunKey::random()?, seed: None, ..seeded };
    let text = words::conditions(&own, &[], true);
    assert!(text.contains("the run's key") && !text.contains("Seed"), "{text}");
    assert!(!text.contains(&digits(&own.key)) && !format!("{own:?}").contains(&digits(&own.key)));
    Ok(())
}
