//! The sides of a link, times and lengths in words, for whoever draws what a link has seen.

use std::time::Duration;

/// What the two sides are called.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub client: &'a str,
    pub server: &'a str,
}

/// What [`time`] takes at most, for a run of a few hours.
pub const TIME_WIDTH: usize = 8;

/// A point in time: `0.3 ms`, `12.3 ms`, `1.234 s`.
pub fn time(time: Duration) -> String {
    let tenths = tenths_of_a_millisecond(time);
    if tenths < 10_000 {
        return format!("{}.{} ms", tenths / 10, tenths % 10);
    }
    let seconds = time.as_secs_f64();
    let decimals = match time.as_secs() {
        0..99 => 3,
        99..999 => 2,
        999..9_999 => 1,
        _ => 0,
    };
    format!("{seconds:.decimals$} s")
}

/// How long something takes: `300 ms`, `12.3 ms`, `1.5 s`.
pub fn delay(time: Duration) -> String {
    let tenths = tenths_of_a_millisecond(time).max(1);
    let (number, unit) = match tenths {
        ..10_000 => (format!("{}.{}", tenths / 10, tenths % 10), "ms"),
        _ => (format!("{:.3}", time.as_secs_f64()), "s"),
    };
    format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
}

fn tenths_of_a_millisecond(time: Duration) -> u128 {
    (time.as_micros() + 50) / 100
}

/// `0 bytes`, `1 byte`, `65,507 bytes`
pub fn length(length: usize) -> String {
    let unit = if length == 1 { "byte" } else { "bytes" };
    let digits = length.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn times_fit_into_their_column() {
        for (time, text) in [
            (0, "0.0 ms"),
            (340, "0.3 ms"),
            (12_345, "12.3 ms"),
            (999_949, "999.9 ms"),
            (999_950, "1.000 s"),
            (1_234_567, "1.235 s"),
            (98_999_999, "99.000 s"),
            (99_999_999, "100.00 s"),
            (999_999_999, "1000.0 s"),
            (9_999_999_999, "10000 s"),
        ] {
            assert_eq!(super::time(micros(time)), text);
            assert!(text.len() <= TIME_WIDTH, "{text}");
        }
    }

    #[test]
    fn delays_are_short_and_never_nothing() {
        for (time, text) in [
            (1, "0.1 ms"),
            (300_000, "300 ms"),
            (52_317, "52.3 ms"),
            (999_999, "1 s"),
            (1_500_000, "1.5 s"),
            (60_000_000, "60 s"),
        ] {
            assert_eq!(delay(micros(time)), text);
        }
    }

    #[test]
    fn lengths_have_commas_and_a_plural() {
        let lengths = [0, 1, 2, 999, 1_000, 65_507].map(length);
        let expected = ["0 bytes", "1 byte", "2 bytes", "999 bytes", "1,000 bytes", "65,507 bytes"];
        assert_eq!(lengths, expected);
    }
}
