//! Guests that misbehave, run through the engine as a sandbox runs its tools.

#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out directories of the host"
)]

#[cfg(target_os = "linux")]
mod corpus;
#[cfg(target_os = "linux")]
mod escapes;
mod harness;
mod hostile;
mod imports;

use std::sync::Arc;
use std::thread;

use toolbox_abi::WaitStatus;

use crate::kernel::Reason;
use crate::kernel::at_once::assert_stops_at_once;

use harness::{LONG, Run, image, run, time_to_stop};

use super::*;

#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "some tests are of Linux only")
)]
mod guests {
    include!(concat!(env!("OUT_DIR"), "/guests.rs"));
}

const SIGFPE: u8 = 8;
const SIGSEGV: u8 = 11;

#[test]
fn a_loop_without_end_is_cut_at_its_deadline() {
    let timeout = Duration::from_millis(30);
    let image = image(guests::SPIN);
    assert_stops_at_once("a loop", || {
        let start = Instant::now();
        let ended = Run::new(timeout).go(&image);
        assert_eq!(ended.end, Err(Reason::Timeout));
        start.elapsed() - timeout
    });
}

#[test]
fn a_loop_without_end_is_cut_when_it_is_aborted() {
    assert_stops_at_once("a loop", || time_to_stop(guests::SPIN, Reason::Aborted));
}

#[test]
fn a_sleeper_is_woken_to_be_closed() {
    assert_stops_at_once("a sleeper", || time_to_stop(guests::DOZE, Reason::Closed));
}

#[test]
fn a_fill_of_32_mib_does_not_hold_up_an_abort() {
    assert_stops_at_once("a fill", || time_to_stop(guests::FILL, Reason::Aborted));
}

#[test]
fn a_long_host_call_does_not_hold_up_an_abort() {
    assert_stops_at_once("a long host call", || {
        time_to_stop(guests::NOISE, Reason::Aborted)
    });
}

#[test]
fn output_without_end_is_kept_up_to_the_limit() {
    let ended = Run::new(Duration::from_millis(20)).go(&image(guests::SHOUT));
    assert_eq!(ended.end, Err(Reason::Timeout));
    assert_eq!(ended.stdout.bytes, b"yes\n".repeat(250));
    assert!(ended.stdout.truncated());
}

#[test]
fn recursion_without_end_is_a_segmentation_fault() {
    let ended = run(guests::RECURSE);
    assert_eq!(ended.end, Ok(WaitStatus::signaled(SIGSEGV)));
    assert_eq!(
        ended.stderr.bytes,
        b"guest: segmentation fault (stack overflow)\n"
    );
}

#[test]
fn a_read_beyond_memory_is_a_segmentation_fault() {
    let ended = run(guests::STRAY);
    assert_eq!(ended.end, Ok(WaitStatus::signaled(SIGSEGV)));
    assert_eq!(ended.stderr.bytes, b"guest: segmentation fault\n");
}

#[test]
fn a_division_by_zero_is_an_arithmetic_exception() {
    let ended = run(guests::DIVIDE);
    assert_eq!(ended.end, Ok(WaitStatus::signaled(SIGFPE)));
    assert_eq!(ended.stderr.bytes, b"guest: arithmetic exception\n");
}

#[test]
fn a_guest_that_dies_for_want_of_memory_is_told_apart() {
    let mut run = Run::new(LONG);
    run.limits.memory = 10 << 20;
    let ended = run.go(&image(guests::HOARD));
    assert_eq!(ended.end, Err(Reason::OutOfMemory));
    assert!(ended.usage.peak_memory <= 10 << 20);
}

#[test]
fn a_guest_may_cope_with_a_refusal_of_memory() {
    assert_eq!(run(guests::MODEST).end, Ok(WaitStatus::exited(3)));
}

#[test]
fn a_guest_larger_than_the_limit_does_not_start() {
    let mut run = Run::new(LONG);
    run.limits.memory = 1 << 20;
    assert_eq!(run.go(&image(guests::FILL)).end, Err(Reason::OutOfMemory));
}

#[test]
fn every_exit_status_arrives() {
    assert_eq!(run(guests::EXIT).end, Ok(WaitStatus::exited(200)));
}

#[test]
fn a_guest_without_memory_gets_an_errno() {
    let fault = crate::vfs::Errno::Fault as u8;
    assert_eq!(run(guests::SPEECHLESS).end, Ok(WaitStatus::exited(fault)));
}

#[test]
fn fuel_runs_out_exactly_at_its_limit() {
    let mut run = Run::new(LONG);
    run.limits.fuel = Some(12_345_678);
    let ended = run.go(&image(guests::SPIN));
    assert_eq!(ended.end, Err(Reason::OutOfFuel));
    assert_eq!(ended.usage.fuel, 12_345_678);
}

#[test]
fn the_same_work_burns_the_same_fuel() {
    let fuel = |_| run(guests::MODEST).usage.fuel;
    let [first, second] = [0, 1].map(fuel);
    assert!(first > 0);
    assert_eq!(first, second);
}

#[test]
fn ten_endless_guests_are_all_cut_at_their_deadline() {
    let image = image(guests::SPIN);
    let timeout = Duration::from_millis(100);
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let image = Arc::clone(&image);
            thread::spawn(move || {
                let start = Instant::now();
                let ended = Run::new(timeout).go(&image);
                assert_eq!(ended.end, Err(Reason::Timeout));
                start.elapsed()
            })
        })
        .collect();
    for thread in threads {
        let elapsed = thread.join().expect("the run does not panic");
        assert!(elapsed >= timeout);
    }
}
