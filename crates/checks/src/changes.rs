//! Reports writes to files, until standard input ends.

use anyhow::{Context, Result};
use notify::{
    Config, Event, EventHandler, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher,
};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// How often files are looked at where the system has no events for them.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

enum News {
    Written(PathBuf),
    InputEnded,
}

/// Prints a line, the path, whenever something below one of `folders` was written.
pub fn print(folders: &[PathBuf]) -> Result<()> {
    let (sender, news) = channel();
    let input_ended = sender.clone();
    let handler = move |event: notify::Result<Event>| {
        for path in event.into_iter().filter(|event| !event.kind.is_access()).flat_map(|e| e.paths)
        {
            let _ = sender.send(News::Written(path));
        }
    };
    let _watcher = watch(folders, handler)?;
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        input_ended.send(News::InputEnded)
    });
    while let Ok(News::Written(path)) = news.recv() {
        writeln!(io::stdout(), "{}", path.display()).context("cannot report a change")?;
    }
    Ok(())
}

/// By events where the system has them, otherwise by looking.
fn watch(
    folders: &[PathBuf],
    handler: impl EventHandler + Clone,
) -> Result<(Option<RecommendedWatcher>, Option<PollWatcher>)> {
    if let Ok(mut watcher) = notify::recommended_watcher(handler.clone()) {
        if add(&mut watcher, folders).is_ok() {
            return Ok((Some(watcher), None));
        }
    }
    let config = Config::default().with_poll_interval(LOOK_AGAIN);
    let mut watcher = PollWatcher::new(handler, config).context("cannot watch files")?;
    add(&mut watcher, folders)?;
    Ok((None, Some(watcher)))
}

fn add(watcher: &mut impl Watcher, folders: &[PathBuf]) -> Result<()> {
    for folder in folders {
        let folder: &Path = folder;
        let result = watcher.watch(folder, RecursiveMode::Recursive);
        result.with_context(|| format!("cannot watch {}", folder.display()))?;
    }
    Ok(())
}
