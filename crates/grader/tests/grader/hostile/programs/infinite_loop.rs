//! Does nothing, as fast as it can.

fn main() {
    loop {
        std::hint::spin_loop();
    }
}
