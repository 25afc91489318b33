//! `timeout`, `sleep` and `kill` answer as the tools of this machine do.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::process::Command;
use std::thread;

use files::{Scratch, answer, is_gnu, toolbox};

fn compare(tool: &str, lines: &[&[&str]]) {
    let scratch = Scratch::new(tool);
    for args in lines {
        let run = |command| answer(command, args, &scratch.0, &[], "");
        let (found, expected) = thread::scope(|scope| {
            let ours = scope.spawn(|| run(toolbox(tool)));
            let expected = run(Command::new(tool));
            (ours.join().expect("it answers"), expected)
        });
        assert_eq!(found, expected, "{tool} {args:?}");
    }
}

#[test]
fn commands_are_timed_as_gnu_does() {
    if !is_gnu("timeout") {
        return;
    }
    let deaf = "trap '' TERM; while :; do :; done";
    compare(
        "timeout",
        &[
            &[],
            &["1"],
            &["x", "true"],
            &["-1", "true"],
            &["1ms", "true"],
            &["", "true"],
            &["1 ", "true"],
            &[" 1", "true"],
            &["nan", "true"],
            &["inf", "true"],
            &["1d", "true"],
            &["0", "true"],
            &["0x9", "true"],
            &["-x", "1", "true"],
            &["-s", "FOO", "1", "true"],
            &["-s", "99", "1", "true"],
            &["-s", "-1", "1", "true"],
            &["-s", "0x9", "1", "true"],
            &["-k", "x", "1", "true"],
            &["-s128", "1", "true"],
            &["0.05", "sleep", "9"],
            &[".05s", "sleep", "9"],
            &["5e-2", "sleep", "9"],
            &["0x.1", "sleep", "9"],
            &["-v", "0.05", "sleep", "9"],
            &["-vs9", "0.05", "sleep", "9"],
            &["-s", "sigint", "0.05", "sleep", "9"],
            &["-s", "09", "0.05", "sleep", "9"],
            &["-s", "137", "0.05", "sleep", "9"],
            &["-v", "-s", "RTMIN+1", "0.05", "sleep", "9"],
            &["-v", "-s", "34", "0.05", "sleep", "9"],
            &["-v", "-s", "0", "0.05", "sleep", "1"],
            &["--preserve-status", "0.05", "sleep", "9"],
            &["--preserve-status", "-s", "KILL", "0.05", "sleep", "9"],
            &["--foreground", "0.05", "sleep", "9"],
            &["-k9", "0.05", "sleep", "9"],
            // Long enough for the shell to have set its trap on a busy machine.
            &["-v", "-k", "0.05", "1", "sh", "-c", deaf],
            &["-k", "0.05", "--preserve-status", "1", "sh", "-c", deaf],
            &["1", "sh", "-c", "trap 'exit 5' TERM; while :; do :; done"],
            &["9", "sh", "-c", "exit 3"],
            &["9", "sh", "-c", "echo out; echo err >&2; exit 124"],
            &["9", "sh", "-c", "kill -TERM $$"],
            &["9", "no-such-program"],
            &["9", "/"],
            &["9", ""],
            &["9", "echo", "-n", "x"],
        ],
    );
}

#[test]
fn sleeps_are_those_of_gnu() {
    if !is_gnu("sleep") {
        return;
    }
    compare(
        "sleep",
        &[
            &[],
            &["x"],
            &["0", "x", "-y"],
            &["--", "-1"],
            &["0", "x", "1y"],
            &[".01", "0x.01"],
            &["nan"],
            &["1e-2"],
            &["0.0001m"],
            &["0x1p-7"],
            &["1e"],
            &["0", "1 "],
            &["--foo"],
        ],
    );
}

#[test]
fn signals_are_listed_and_processes_looked_for_as_procps_does() {
    let version = Command::new("kill").arg("--version").output();
    if !version.is_ok_and(|output| output.stdout.starts_with(b"kill from procps-ng 4.0")) {
        eprintln!("kill of procps is not here: nothing to compare with");
        return;
    }
    // All of these only list, or look with signal 0 for a process that cannot be.
    compare(
        "kill",
        &[
            &["-l"],
            &["--list"],
            &["-L"],
            &["--table"],
            &["-l", "9"],
            &["-l9"],
            &["--list=9"],
            &["-l", "TERM"],
            &["-l", "sigterm"],
            &["-lHUP"],
            &["-l", "POLL"],
            &["-s", "0", "999999999"],
            &["--signal=0", "999999999", "999999998"],
            &["-0", "999999999"],
        ],
    );
}

#[test]
fn a_process_is_ended_by_the_signal_that_is_sent() {
    let scratch = Scratch::new("kill");
    for (args, signal) in [
        (&[][..], 15),
        (&["-9"], 9),
        (&["-s", "hup"], 1),
        (&["--"], 15),
    ] {
        let mut child = Command::new("sleep")
            .arg("100")
            .spawn()
            .expect("sleep starts");
        let pid = child.id().to_string();
        let found = answer(
            toolbox("kill"),
            &[args, &[&pid]].concat(),
            &scratch.0,
            &[],
            "",
        );
        assert_eq!((found.stderr.as_str(), found.status), ("", Some(0)));
        let ended = child.wait().expect("it ends");
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&ended),
            Some(signal)
        );
    }
}
