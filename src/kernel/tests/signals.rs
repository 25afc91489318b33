//! What processes do with signals: die, ignore, or take note.

use toolbox_abi::Disposition;

use super::*;

const INT: u32 = 2;
const USR1: u32 = 10;

fn signal(number: u32) -> Signal {
    Signal::from_number(number).expect("a signal")
}

fn set(process: &Process, number: u32, disposition: Disposition) {
    let set = process.set_signal(signal(number), disposition);
    assert_eq!(set, Ok(()));
}

fn send(process: &Process, pid: Pid, number: u32) {
    let sent = process.kill(Target::Pid(pid), Some(signal(number)));
    assert_eq!(sent, Ok(()));
}

/// Waits in the way that `how` names, and says how that ended.
async fn wait_somehow(process: &mut Process, how: &str) -> Result<(), Errno> {
    let [reader, writer] = process.pipe()?;
    match how {
        "read" => read_some(process, reader, &mut [0; 1]).await.map(|_| ()),
        "until" => loop {
            match process.read_until(reader, &mut [0; 1], 0) {
                Err(Errno::Again) => process.ready(reader, Ready::Read).await?,
                read => break read.map(|_| ()),
            }
        },
        "write" => write_all(process, writer, &vec![0; 10 << 20]).await,
        "wait" => {
            process.spawn(&message("sleep", &[]))?;
            process.wait_for(Which::Any, None).await.map(|_| ())
        }
        "poll" => process.any_ready(&[(reader, Ready::Read)], None).await,
        "library" => process.any_ready(&[], None).await,
        _ => process.sleep(None).await,
    }
}

#[test]
fn a_caught_signal_ends_a_wait_and_is_there_to_be_taken() {
    for how in ["read", "until", "wait", "poll", "sleep"] {
        let programs = Closures::default()
            .with("main", |mut process| async move {
                let [ready, set] = process.pipe().expect("there is room");
                let child = process
                    .spawn(&message("child", &[(1, set)]))
                    .expect("there is room");
                read_some(&process, ready, &mut [0; 1])
                    .await
                    .expect("it is open");
                send(&process, child, USR1);
                let ended = process.wait_for(Which::Pid(child), None).await;
                assert_eq!(ended, Ok(Some((child, WaitStatus::exited(5)))));
                Exit::Status(0)
            })
            .with("child", move |mut process| async move {
                set(&process, USR1, Disposition::Catch);
                assert_eq!(process.write(1, b"x"), Ok(1));
                let waited = wait_somehow(&mut process, how).await;
                assert_eq!(waited, Err(Errno::Interrupted), "{how}");
                assert_eq!(process.control.signals.take(), 1 << (USR1 - 1));
                Exit::Status(5)
            })
            .with("sleep", sleep_for_ever);
        assert_eq!(Setup::default().run(programs).0, OK, "{how}");
    }
}

#[test]
fn a_write_and_the_sleep_of_a_library_go_on_after_a_signal() {
    for how in ["write", "library"] {
        let programs = Closures::default()
            .with("main", |mut process| async move {
                let [ready, set] = process.pipe().expect("there is room");
                let child = process
                    .spawn(&message("child", &[(1, set)]))
                    .expect("there is room");
                read_some(&process, ready, &mut [0; 1])
                    .await
                    .expect("it is open");
                send(&process, child, USR1);
                for _ in 0..100 {
                    turn().await;
                }
                let now = Some(Instant::now());
                assert_eq!(process.wait_for(Which::Pid(child), now).await, Ok(None));
                Exit::Status(0)
            })
            .with("child", move |mut process| async move {
                set(&process, USR1, Disposition::Catch);
                assert_eq!(process.write(1, b"x"), Ok(1));
                let _ = wait_somehow(&mut process, how).await;
                Exit::Status(1)
            });
        assert_eq!(Setup::default().run(programs).0, OK, "{how}");
    }
}

#[test]
fn a_foreground_child_is_waited_for_whatever_signals_come() {
    let programs = Closures::default()
        .with("main", |process| async move {
            set(&process, USR1, Disposition::Catch);
            let ended = process.run(&message("child", &[])).await;
            assert_eq!(ended, Ok(WaitStatus::exited(3)));
            assert_eq!(process.control.signals.take(), 1 << (USR1 - 1));
            Exit::Status(0)
        })
        .with("child", |process| async move {
            send(&process, process.control.parent, USR1);
            for _ in 0..10 {
                turn().await;
            }
            Exit::Status(3)
        });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn a_signal_to_oneself_is_pending_when_kill_returns() {
    let programs = Closures::default().with("main", |process| async move {
        set(&process, INT, Disposition::Catch);
        send(&process, process.control.pid, INT);
        assert_eq!(process.control.signals.take(), 0b10);
        set(&process, INT, Disposition::Ignore);
        send(&process, process.control.pid, INT);
        assert_eq!(process.control.signals.take(), 0);
        assert!(!process.is_ended());
        assert_eq!(
            process.set_signal(Signal::KILL, Disposition::Catch),
            Err(Errno::Invalid)
        );
        set(&process, INT, Disposition::Default);
        send(&process, process.control.pid, INT);
        assert!(process.is_ended());
        Exit::Status(0)
    });
    let ended = Setup::default().run(programs).0;
    // It ends by itself, in the turn in which the signal came.
    assert_eq!(ended, OK);
}

#[test]
fn ignored_signals_are_inherited_and_caught_ones_are_not() {
    let programs = Closures::default()
        .with("main", |process| async move {
            set(&process, INT, Disposition::Ignore);
            set(&process, USR1, Disposition::Catch);
            let mut with_quit = message("child", &[]);
            with_quit.ignored = 1 << 2 | 1 << 8;
            let ended = process.run(&with_quit).await;
            assert_eq!(ended, Ok(WaitStatus::signaled(USR1 as u8)));
            Exit::Status(0)
        })
        .with("child", |process| async move {
            assert_eq!(process.control.signals.ignored(), 0b110);
            for number in [2, 3] {
                send(&process, process.control.pid, number);
            }
            assert!(!process.is_ended());
            send(&process, process.control.pid, USR1);
            turn().await;
            Exit::Status(0)
        });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn who_ignores_or_catches_sigpipe_is_told_by_the_write() {
    for disposition in [Disposition::Ignore, Disposition::Catch] {
        let programs = Closures::default().with("main", move |mut process| async move {
            let [reader, writer] = process.pipe().expect("there is room");
            process.close(reader).expect("it is open");
            set(&process, 13, disposition);
            assert_eq!(process.write(writer, b"x"), Err(Errno::BrokenPipe));
            turn().await;
            let caught = u64::from(disposition == Disposition::Catch);
            assert_eq!(process.control.signals.take(), caught << 12);
            Exit::Status(0)
        });
        assert_eq!(Setup::default().run(programs).0, OK);
    }
}

#[test]
fn a_parent_that_catches_sigchld_learns_of_its_childrens_ends() {
    let programs = Closures::default()
        .with("main", |process| async move {
            set(&process, 17, Disposition::Catch);
            let child = process
                .spawn(&message("child", &[]))
                .expect("there is room");
            assert_eq!(process.sleep(None).await, Err(Errno::Interrupted));
            assert_eq!(process.control.signals.take(), 1 << 16);
            let ended = process.wait_for(Which::Any, None).await;
            assert_eq!(ended, Ok(Some((child, WaitStatus::exited(0)))));
            Exit::Status(0)
        })
        .with("child", |_| async { Exit::Status(0) });
    assert_eq!(Setup::default().run(programs).0, OK);
}

#[test]
fn the_time_of_children_is_known_once_they_were_waited_for() {
    let work = || {
        let end = Instant::now() + Duration::from_millis(20);
        while Instant::now() < end {
            std::hint::spin_loop();
        }
    };
    let programs = Closures::default()
        .with("main", |process| async move {
            let child = message("child", &[]);
            process.run(&child).await.expect("it is there");
            let nested = process.times();
            assert!(nested.children > 1_000_000, "{nested:?}");
            assert!(nested.own < nested.children, "{nested:?}");
            process.spawn(&child).expect("there is room");
            process.wait_for(Which::Any, None).await.expect("a child");
            let beside = process.times();
            assert!(beside.children > nested.children + 1_000_000, "{beside:?}");
            Exit::Status(0)
        })
        .with("child", move |_| async move {
            work();
            Exit::Status(0)
        });
    assert_eq!(Setup::default().run(programs).0, OK);
}
