//! Makes files without a byte in them: in memory, each of them takes a kilobyte that nothing counts.
//! Afterwards it is right.

mod honest;

use std::fs::File;

fn main() -> impl std::process::Termination {
    let folders = ["/tmp", "/var/tmp", "/dev/shm", "/dev", "/", "/built", "/run", "."];
    for folder in folders {
        let path = |number: usize| format!("{folder}/hostile-empty-{number}");
        let made = (0..1000).take_while(|number| File::create(path(*number)).is_ok()).count();
        if made > 0 {
            eprintln!("ESCAPED: made {made} files in {folder}");
        }
        (0..made).for_each(|number| drop(std::fs::remove_file(path(number))));
    }
    honest::main()
}
