//! What the commands tell the person who runs them: on standard error, so that standard output stays for results.

use std::time::Duration;

/// A heading for a part of a longer run.
pub(crate) fn section(title: &str) {
    eprintln!("\n== {title}");
}

/// A step begins.
pub(crate) fn step(what: &str) {
    eprintln!("   {what} …");
}

/// A long step is still at work.
pub(crate) fn progress(what: &str, elapsed: Duration) {
    eprintln!("   {what}: still at work after {}", seconds(elapsed));
}

/// A step is finished.
pub(crate) fn done(what: &str, elapsed: Duration) {
    eprintln!("   {what}: done in {}", seconds(elapsed));
}

/// Something to know that stops nothing.
pub(crate) fn note(text: &str) {
    eprintln!("   note: {text}");
}

/// A duration for people: `0.8 s`, `12 s`, `3 min 20 s`.
pub(crate) fn seconds(elapsed: Duration) -> String {
    let whole = elapsed.as_secs();
    match whole {
        0..=9 => format!("{:.1} s", elapsed.as_secs_f64()),
        10..=119 => format!("{whole} s"),
        _ => format!("{} min {} s", whole / 60, whole % 60),
    }
}
