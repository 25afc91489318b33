//! `env` starts commands as GNU's does, and `echo` prints what GNU's does.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::process::Command;

use files::{Dice, Scratch, answer, directory, is_gnu, toolbox};

const LINES: &[&[&str]] = &[
    &["a b"],
    &["no-such-program"],
    &["./no/such"],
    &["/"],
    &["d"],
    &["./d"],
    &[""],
    &["sh", "-c", "exit 9"],
    &["sh", "-c", "kill -TERM $$"],
    &["A=1", "sh", "-c", "echo $A; echo err >&2"],
    &["-i", "A=1", "/bin/sh", "-c", "echo $A-$HOME"],
    &["-u", "HOME", "sh", "-c", "echo ${HOME-none}"],
    &["PATH=/no", "sh", "-c", "true"],
    &["-C", "d", "pwd"],
    &["-C", "none", "pwd"],
    &["env", "env", "echo", "-n", "x"],
    &["-v", "A=1", "sh", "-c", "echo $A"],
    &["-iv", "-u", "X", "-C", "/", "A=1", "/bin/echo", "h i"],
    &["-S", "A=1 B=\"x y\" printenv B"],
    &["-S", "printf %s,", "d e"],
    &["-S", "printf %s, a\\_b ${HOME} # c", "d"],
    &["-S", "printf %s, \"a\\_b\" a\\_b \\#x #y"],
    &["-S", "printf %s, a\\c b", "d"],
    &["-S", "printf %s, ${NOPE}x \"${NOPE}\" ${NOPE} z"],
    &["-S", "printf %s, 'a\\'b\\\\c\\d' \"a\\'b\\\"\\$x\\td\""],
    &["-S", "printf %s, a\\fb\\nc\\rd\\te\\vf  ''"],
    &["-S", "-i B=2", "C=3"],
    &["-iSA=1 /bin/echo", "x"],
    &["-u", "X", "-S", "printf %s\\\\n a"],
    &["--split-string", "echo a", "b"],
    &["--sp=echo a"],
    &["-S", "-S'echo a' b"],
    &["-S", "echo $x"],
    &["-S", "echo ${1x}"],
    &["-S", "echo ${HOME"],
    &["-S", "echo ${}"],
    &["-S", "echo ${A-B}"],
    &["-S", "echo 'a"],
    &["-S", "echo \\q"],
    &["-S", "echo a\\"],
    &["-S", "echo \"a\\cb\""],
    &["-S", "--xyz"],
    &["-S"],
];

#[test]
fn commands_are_started_as_gnu_starts_them() {
    if !is_gnu("env") {
        return;
    }
    let scratch = Scratch::new("env");
    directory(scratch.0.join("d"), 0o755);
    for args in LINES {
        let run = |command| answer(command, args, &scratch.0, &[("HOME", "/h")], "");
        let (found, expected) = (run(toolbox("env")), run(Command::new("env")));
        assert_eq!(found, expected, "env {args:?}");
    }
}

#[test]
fn random_words_are_printed_as_gnu_prints_them() {
    if !is_gnu("echo") {
        return;
    }
    let scratch = Scratch::new("echo");
    let mut dice = Dice(23);
    let options = ["-e", "-n", "-E", "-ne", "-nx", "-", "--", "", "-eE"];
    let pieces = [
        "\\", "\\", "\\0", "\\x", "\\c", "1", "7", "8", "a", "F", "n", "t", "e", "é", " ", "q",
    ];
    for _ in 0..400 {
        let mut args: Vec<String> = (0..dice.below(3))
            .map(|_| dice.pick(&options).to_owned())
            .collect();
        for _ in 0..dice.below(3) {
            args.push((0..dice.below(7)).map(|_| dice.pick(&pieces)).collect());
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let run = |command| answer(command, &args, &scratch.0, &[], "");
        let (found, expected) = (run(toolbox("echo")), run(Command::new("echo")));
        assert_eq!(found, expected, "echo {args:?}");
    }
}
