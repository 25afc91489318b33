//! The bound that every test of stopping asserts.

use std::time::Duration;

/// How long after its end was asked for anything may go on.
const STOP: Duration = Duration::from_millis(50);
/// A busy machine may keep a thread waiting for longer than that; not every time.
const ATTEMPTS: usize = 20;

/// Asserts that what takes some time to stop does so within the bound.
pub fn assert_stops_at_once(what: &str, mut time_to_stop: impl FnMut() -> Duration) {
    let times: Vec<_> = (0..ATTEMPTS)
        .map(|_| time_to_stop())
        .take_while(|time| *time >= STOP)
        .collect();
    assert!(times.len() < ATTEMPTS, "{what}: {times:?}");
}
