//! Guests that try to have more than their share: processes, descriptors, memory, waiting.

use std::thread;

use toolbox_abi::WaitStatus;

use crate::kernel::Reason;
use crate::kernel::at_once::assert_stops_at_once;
use crate::vfs::{Errno, Mount, ProcessFileSystem};

use super::super::*;
use super::guests;
use super::harness::{Ended, LONG, Run, image, run};

/// How long it may take to end a hundred processes on a machine that is busy.
const SOON: Duration = Duration::from_secs(2);

const SIGKILL: u8 = 9;
const SIGPIPE: u8 = 13;
/// What memory is taken in.
const PAGE: u64 = 64 << 10;
/// Processes of a job at one time, here: few enough to have their instances from the pool.
const PROCESSES: u64 = 100;

const OK: Result<WaitStatus, Reason> = Ok(WaitStatus(0));

fn few(timeout: Duration) -> Run {
    let mut run = Run::new(timeout);
    run.limits.processes = PROCESSES as usize;
    run
}

/// Runs a guest that goes on for ever, until its time is up.
fn run_for_ever(guest: &[u8], memory: u64) -> Ended {
    let timeout = Duration::from_millis(300);
    let mut run = few(timeout);
    run.limits.memory = memory;
    let start = Instant::now();
    let ended = run.go(&image(guest));
    assert_eq!(ended.end, Err(Reason::Timeout));
    assert!(start.elapsed() < timeout + SOON);
    ended
}

#[test]
fn a_bomb_of_processes_meets_their_limit_and_ends_at_its_deadline() {
    let ended = run_for_ever(guests::BOMB, 1 << 30);
    // One that is ended at the deadline makes room for one more, if another is starting it just then.
    let few_more = PROCESSES..PROCESSES + 10;
    assert!(few_more.contains(&ended.usage.processes));
}

#[test]
fn processes_that_run_each_other_meet_the_same_limit() {
    let ended = few(LONG).go(&image(guests::NEST));
    assert_eq!(ended.end, Ok(WaitStatus::exited(Errno::Again as u8)));
    assert_eq!(ended.usage.processes, PROCESSES);
}

#[test]
fn processes_that_nobody_waits_for_count_too() {
    let ended = few(LONG).go(&image(guests::LITTER));
    assert_eq!(ended.end, Ok(WaitStatus::exited(99)));
    assert_eq!(ended.usage.processes, PROCESSES);
}

#[test]
fn processes_that_take_memory_take_it_from_one_limit() {
    let limit = 24 << 20;
    let ended = run_for_ever(guests::BROOD, limit);
    assert!(ended.usage.peak_memory > limit - 16 * PAGE);
    assert!(ended.usage.peak_memory <= limit);
}

#[test]
fn descriptors_are_refused_at_their_limit_by_every_call() {
    assert_eq!(run(guests::CROWD).end, OK);
}

#[test]
fn every_number_that_is_no_descriptor_is_a_bad_one_for_every_call() {
    assert_eq!(run(guests::NUMBERS).end, OK);
}

fn knot(what: &str) -> Run {
    let mut run = Run::new(LONG);
    run.args = vec![what.into()];
    run
}

#[test]
fn a_guest_that_waits_for_itself_is_ended_at_once() {
    for what in ["read", "write", "poll"] {
        assert_stops_at_once(what, || {
            let started = knot(what).start(&image(guests::KNOT));
            // It has to run for a while to be where it waits.
            thread::park_timeout(Duration::from_millis(20));
            let asked = Instant::now();
            started.job.interrupt.raise(Reason::Aborted);
            assert_eq!(started.wait().end, Err(Reason::Aborted), "{what}");
            asked.elapsed()
        });
    }
}

#[test]
fn a_pipe_whose_ends_were_made_one_is_at_its_end() {
    assert_eq!(knot("dup2").go(&image(guests::KNOT)).end, OK);
}

#[test]
fn a_guest_that_closes_its_own_reader_dies_of_sigpipe() {
    let ended = knot("x").go(&image(guests::KNOT));
    assert_eq!(ended.end, Ok(WaitStatus::signaled(SIGPIPE)));
}

#[test]
fn signals_reach_no_other_job_and_every_process_of_the_own() {
    let bystander = Run::new(LONG).start(&image(guests::DOZE));
    assert_eq!(run(guests::KILLER).end, Ok(WaitStatus::signaled(SIGKILL)));
    assert_eq!(bystander.job.interrupt.check(), None);
    bystander.job.interrupt.raise(Reason::Closed);
    assert_eq!(bystander.wait().end, Err(Reason::Closed));
}

#[test]
fn files_of_proc_that_are_open_count_as_memory() {
    let mut run = Run::new(LONG);
    run.limits.memory = 32 << 20;
    run.mounts.push(Mount {
        point: b"/proc".to_vec(),
        file_system: Arc::new(ProcessFileSystem::new(1)),
        writable: false,
    });
    let ended = run.go(&image(guests::MIRROR));
    assert_eq!(ended.end, Ok(WaitStatus::exited(Errno::OutOfMemory as u8)));
}

#[test]
fn arguments_and_variables_count_as_memory_however_short_they_are() {
    let mut run = few(LONG);
    run.limits.memory = 256 << 20;
    let ended = run.go(&image(guests::CRUMBS));
    assert_eq!(ended.end, Ok(WaitStatus::exited(Errno::OutOfMemory as u8)));
}
