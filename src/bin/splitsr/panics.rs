//! Panics are faults of the program. Each is reported in one line, like an error.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Mutex;

use splitsr::{Error, Result};

/// The file and line of the last panic.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Silences the lines that Rust prints for a panic, because [`guarded`] reports it.
/// RUST_BACKTRACE keeps them.
pub fn silence() {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        set_hook(Box::new(|info| *PLACE.lock().unwrap() = info.location().map(ToString::to_string)));
    }
}

/// Turns a panic into an error, so that only one picture fails.
pub fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref().copied());
        let why = text.unwrap_or("for an unknown reason");
        let place = PLACE.lock().unwrap().take().map_or(String::new(), |place| format!(" at {place}"));
        Err(Error::Config(format!("the program failed ({why}{place}): please report this and how to reproduce it")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let number = 3;
        let works: [fn(i32) -> Result<i32>; 2] = [|_| panic!("no number"), |number| panic!("number {number}")];
        for (work, expected) in works.into_iter().zip(["(no number)", "(number 3)"]) {
            let error = guarded(|| work(number)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(guarded(|| Ok(number)).unwrap(), number);
    }
}
