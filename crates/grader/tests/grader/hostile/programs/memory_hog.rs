//! Takes memory until it gets no more. What it touches of it is bounded: in all of its checks
//! together that would be 260 MiB. Afterwards it is right.

mod honest;

const MIB: usize = 1 << 20;

fn main() -> impl std::process::Termination {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    // What is only asked for costs nothing.
    while taken.len() < 128 {
        let mut chunk = Vec::new();
        if chunk.try_reserve_exact(16 * MIB).is_err() {
            break;
        }
        if taken.is_empty() {
            chunk.resize(16 * MIB, 1);
        }
        taken.push(chunk);
    }
    if taken.len() == 128 {
        eprintln!("ESCAPED: took 2 GiB of memory");
    }
    drop(taken);
    honest::main()
}
