//! What the calls of the system and those of the sandbox have in common, on the system.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::*;

fn shell(script: &str) -> Command {
    Command::new(["sh", "-c", script].map(OsString::from).to_vec())
}

fn read_all(fd: OwnedFd) -> String {
    let mut text = String::new();
    File::from(fd)
        .read_to_string(&mut text)
        .expect("text from the pipe");
    text
}

#[test]
fn a_status_and_a_signal_are_told_apart() {
    let ended = shell("exit 7").run().expect("sh starts");
    assert_eq!((ended.code(), ended.signal()), (7, None));
    let ended = shell("kill -TERM $$").run().expect("sh starts");
    assert_eq!((ended.code(), ended.signal()), (143, Some(15)));
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let missing = Command::new(vec!["no-such-program".into()]);
    let error = missing.run().expect_err("there is none");
    assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    let directory = Command::new(vec!["/".into()]);
    let error = directory.spawn().expect_err("no program");
    assert_eq!(error.raw_os_error(), Some(libc::EACCES));
}

#[test]
fn a_child_has_the_descriptors_it_is_given_under_their_numbers() {
    let (one, into_one) = pipe().expect("a pipe");
    let (two, into_two) = pipe().expect("a pipe");
    let mut command = shell("echo first; echo second >&2");
    let source = |fd: &OwnedFd| fd.as_raw_fd().cast_unsigned();
    command.descriptors = vec![
        Descriptor {
            target: 2,
            source: source(&into_two),
        },
        Descriptor {
            target: 1,
            source: source(&into_one),
        },
    ];
    assert_eq!(command.run().expect("sh starts").code(), 0);
    drop((into_one, into_two));
    assert_eq!(
        (read_all(one), read_all(two)),
        ("first\n".into(), "second\n".into())
    );
}

#[test]
fn environment_and_directory_are_those_of_the_command() {
    let (out, into) = pipe().expect("a pipe");
    let mut command = shell("echo $A; pwd");
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env = Some(vec![("A".into(), "1".into()), ("PATH".into(), path)]);
    command.cwd = Some("/".into());
    command.descriptors = vec![Descriptor {
        target: 1,
        source: into.as_raw_fd().cast_unsigned(),
    }];
    assert_eq!(command.run().expect("sh starts").code(), 0);
    drop(into);
    assert_eq!(read_all(out), "1\n/\n");
}

#[test]
fn a_wait_ends_with_its_time_or_with_the_child() {
    let (gate, open) = pipe().expect("a pipe");
    let mut command = shell("read line; exit 3");
    command.descriptors = vec![Descriptor {
        target: 0,
        source: gate.as_raw_fd().cast_unsigned(),
    }];
    let pid = command.spawn().expect("sh starts");
    let child = Child::Pid(pid);
    let short = Wait::AtMost(Duration::from_millis(1));
    assert_eq!(wait(child, Wait::NOT).expect("a child"), None);
    assert_eq!(wait(child, short).expect("a child"), None);
    drop(open);
    let ended = wait(child, Wait::Forever).expect("a child");
    assert_eq!(ended, Some((pid, ExitStatus::exited(3))));
    let error = wait(child, Wait::NOT).expect_err("it is gone");
    assert_eq!(error.raw_os_error(), Some(libc::ECHILD));
}

#[test]
fn a_child_is_there_until_a_signal_ends_it() {
    let pid = shell("exec sleep 1000").spawn().expect("sh starts");
    let number = i32::try_from(pid.0).expect("a pid");
    kill(number, None).expect("it is there");
    kill(number, Some(Signal::KILL)).expect("it is there");
    let ended = wait(Child::Pid(pid), Wait::Forever).expect("a child");
    assert_eq!(ended, Some((pid, ExitStatus::signaled(9))));
}

#[test]
fn a_copy_of_a_descriptor_is_the_same_file() {
    let (out, into) = pipe().expect("a pipe");
    let copy = dup(into.as_raw_fd(), 50).expect("a copy");
    assert!(copy.as_raw_fd() >= 50);
    drop(into);
    io::Write::write_all(&mut File::from(copy), b"x").expect("a reader");
    assert_eq!(read_all(out), "x");
}

#[test]
fn descriptors_above_the_standard_ones_are_given_and_no_others_are() {
    let (seven, into_seven) = pipe().expect("a pipe");
    let (_other, into_other) = pipe().expect("a pipe");
    // As a shell opens it: a copy that the next program would have by itself.
    let kept = dup(into_other.as_raw_fd(), 60).expect("a copy");
    dup2(into_other.as_raw_fd(), kept.as_raw_fd()).expect("a copy");
    let lost = kept.as_raw_fd();
    let script = format!(
        "echo seven >&7; (echo lost >&{lost}) 2>/dev/null; echo $?; cat 2>/dev/null; echo $?"
    );
    let mut command = Command::new(["bash", "-c", &script].map(OsString::from).to_vec());
    let (out, into) = pipe().expect("a pipe");
    let given = |target, fd: &OwnedFd| Descriptor {
        target,
        source: fd.as_raw_fd().cast_unsigned(),
    };
    command.descriptors = vec![given(7, &into_seven), given(1, &into), given(2, &into)];
    assert_eq!(command.run().expect("sh starts").code(), 0);
    drop((into_seven, into));
    assert_eq!(
        (read_all(seven), read_all(out)),
        ("seven\n".into(), "1\n1\n".into())
    );
    assert!(is_open(lost));
}

#[test]
fn descriptors_may_change_places() {
    let (one, into_one) = pipe().expect("a pipe");
    let (two, into_two) = pipe().expect("a pipe");
    let [first, second] = [&into_one, &into_two].map(|fd| fd.as_raw_fd().cast_unsigned());
    // Not sh: dash knows no descriptor above 9.
    let script = format!("echo second >&{first}; echo first >&{second}");
    let mut command = Command::new(["bash", "-c", &script].map(OsString::from).to_vec());
    command.descriptors = vec![
        Descriptor {
            target: first,
            source: second,
        },
        Descriptor {
            target: second,
            source: first,
        },
    ];
    assert_eq!(command.run().expect("sh starts").code(), 0);
    drop((into_one, into_two));
    assert_eq!(
        (read_all(one), read_all(two)),
        ("first\n".into(), "second\n".into())
    );
}

#[test]
fn why_a_program_does_not_start_is_told_by_number() {
    let directory = std::env::temp_dir().join(format!("process-tests-{}", id().0));
    std::fs::create_dir(&directory).expect("a new directory");
    let script = directory.join("script");
    std::fs::write(&script, "echo hi\n").expect("a file");
    crate::sys::chmod(&script, 0o755).expect("it is ours");
    let looping = directory.join("loop");
    crate::sys::symlink(looping.as_os_str(), &looping).expect("a link");
    let errno = |program: &std::path::Path, args: usize| {
        let mut command = Command::new(vec![program.into()]);
        command.args.extend(vec!["a".repeat(100_000).into(); args]);
        let error = command.spawn().expect_err("it cannot start");
        error.raw_os_error().expect("a number")
    };
    assert_eq!(errno(&script, 0), libc::ENOEXEC);
    assert_eq!(errno(&script.join("x"), 0), libc::ENOTDIR);
    assert_eq!(errno(&looping, 0), libc::ELOOP);
    assert_eq!(errno(&directory.join("none"), 0), libc::ENOENT);
    assert_eq!(errno("/bin/true".as_ref(), 100), libc::E2BIG);
    std::fs::remove_dir_all(&directory).expect("it is ours");
}

#[test]
fn a_collector_takes_all_at_once_and_ends_with_its_last_writer() {
    let (reader, writer) = collector().expect("a collector");
    let mut command = shell("echo from the child");
    command.descriptors = vec![Descriptor {
        target: 1,
        source: writer.as_raw_fd().cast_unsigned(),
    }];
    assert_eq!(command.run().expect("sh starts").code(), 0);
    let much = "0123456789abcdef".repeat(1 << 20);
    io::Write::write_all(&mut File::from(writer), much.as_bytes()).expect("a reader");
    let all = read_all(reader);
    assert!(all == format!("from the child\n{much}"));
}

#[test]
fn a_writer_to_a_collector_without_a_reader_is_told() {
    let (reader, writer) = collector().expect("a collector");
    drop(reader);
    let mut writer = File::from(writer);
    let refused = loop {
        if let Err(error) = io::Write::write_all(&mut writer, b"x") {
            break error;
        }
        thread::yield_now();
    };
    assert_eq!(refused.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn a_read_up_to_a_delimiter_leaves_the_rest() {
    let (out, into) = pipe().expect("a pipe");
    let path = std::env::temp_dir().join(format!("read-until-{}", id().0));
    std::fs::write(&path, "one\ntwo\nthree").expect("a file");
    io::Write::write_all(&mut File::from(into), b"one\ntwo\nthree").expect("a reader");
    for mut input in [File::from(out), File::open(&path).expect("it is there")] {
        let mut buffer = [0; 5];
        let mut next = || {
            let count = read_until(input.as_raw_fd(), &mut buffer, b'\n').expect("it is open");
            String::from_utf8_lossy(&buffer[..count]).into_owned()
        };
        assert_eq!(next(), "one\n");
        let mut rest = String::new();
        assert_eq!(
            read_until(input.as_raw_fd(), &mut [0; 2], b'\n').expect("it is open"),
            2
        );
        input.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "o\nthree");
    }
    std::fs::remove_file(&path).expect("it is ours");
}

#[test]
fn readiness_is_waited_for_until_its_time() {
    let (out, into) = pipe().expect("a pipe");
    let short = Wait::AtMost(Duration::from_millis(1));
    assert!(!ready(out.as_raw_fd(), short).expect("it is open"));
    io::Write::write_all(&mut File::from(into), b"x").expect("a reader");
    assert!(ready(out.as_raw_fd(), Wait::Forever).expect("it is open"));
    assert!(!is_open(1000));
    let error = ready(1000, Wait::NOT).expect_err("it is not open");
    assert_eq!(error.raw_os_error(), Some(libc::EBADF));
}

/// What signals do is of the whole program: one test at a time.
fn signals() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const USR1: u32 = 10;
const USR2: u32 = 12;

fn signal(number: u32) -> Signal {
    Signal::from_number(number).expect("a signal")
}

fn send(number: u32) {
    let own = i32::try_from(id().0).expect("a pid");
    kill(own, Some(signal(number))).expect("it is there");
}

#[test]
fn a_caught_signal_waits_to_be_taken_and_ends_one_wait() {
    let _one = signals();
    set_signal(signal(USR1), Disposition::Catch).expect("it can be caught");
    assert_eq!(take_signals(), 0);
    send(USR1);
    // It reaches this thread by way of the one that the system chose.
    while take_signals() != 1 << (USR1 - 1) {
        thread::yield_now();
    }
    assert_eq!(take_signals(), 0);
    let (out, _into) = pipe().expect("a pipe");
    let child = shell("exec sleep 1000").spawn().expect("sh starts");
    let waits: [&dyn Fn() -> io::Result<()>; 4] = [
        &|| sleep(Duration::from_secs(1000)),
        &|| wait(Child::Pid(child), Wait::Forever).map(|_| ()),
        &|| ready(out.as_raw_fd(), Wait::Forever).map(|_| ()),
        &|| read_until(out.as_raw_fd(), &mut [0], b'\n').map(|_| ()),
    ];
    for one in waits {
        send(USR1);
        let error = one().expect_err("a signal came");
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        take_signals();
    }
    set_signal(signal(USR1), Disposition::Default).expect("it has a default");
    let pid = i32::try_from(child.0).expect("a pid");
    kill(pid, Some(Signal::KILL)).expect("it is there");
    wait(Child::Pid(child), Wait::Forever).expect("a child");
}

#[test]
fn ignored_signals_are_inherited_and_caught_ones_are_not() {
    let _one = signals();
    set_signal(signal(USR1), Disposition::Ignore).expect("it can be ignored");
    set_signal(signal(USR2), Disposition::Catch).expect("it can be caught");
    send(USR1);
    assert_eq!(ignored_signals() & 1 << (USR1 - 1), 1 << (USR1 - 1));
    let ended = |script: &str, ignored: &[u32]| {
        let mut command = shell(script);
        command.ignored = ignored.iter().map(|&number| signal(number)).collect();
        command.run().expect("sh starts")
    };
    assert_eq!(ended("kill -USR1 $$; exit 5", &[]).code(), 5);
    assert_eq!(ended("kill -USR2 $$; exit 5", &[]).signal(), Some(12));
    assert_eq!(
        ended("kill -USR2 $$; kill -INT $$; exit 5", &[USR2, 2]).code(),
        5
    );
    for number in [USR1, USR2] {
        set_signal(signal(number), Disposition::Default).expect("it has a default");
    }
    assert_eq!(take_signals(), 0);
}

#[test]
fn kill_and_stop_keep_their_default() {
    let _one = signals();
    for number in [9, 19] {
        for disposition in [Disposition::Ignore, Disposition::Catch] {
            let error = set_signal(signal(number), disposition).expect_err("not these");
            assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        }
    }
}

#[test]
fn time_goes_on() {
    let before = times().expect("it is counted");
    let mut sum = 0_u64;
    while times().expect("it is counted").user == before.user {
        for number in 0..100_000 {
            sum = std::hint::black_box(sum.wrapping_add(number));
        }
    }
    assert!(times().expect("it is counted").user > before.user);
}
