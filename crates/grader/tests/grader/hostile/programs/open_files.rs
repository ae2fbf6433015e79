//! Opens files until it can't. Afterwards it is right.

mod honest;

use std::fs::File;

fn main() -> impl std::process::Termination {
    let files: Vec<File> = (0..5000).map_while(|_| File::open("/dev/null").ok()).collect();
    if files.len() == 5000 {
        eprintln!("ESCAPED: opened thousands of files");
    }
    drop(files);
    honest::main()
}
