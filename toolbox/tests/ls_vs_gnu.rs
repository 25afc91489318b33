//! `ls` answers as GNU ls does.

mod files;

use std::path::Path;
use std::process::Command;

use files::{Dice, Scratch, answer, directory, file, is_gnu, link, toolbox, written_at};

/// Kinds of files, modes, sizes, names and times.
fn make_tree(root: &Path) {
    for (name, mode) in [
        ("d", 0o755),
        ("sticky", 0o1755),
        ("open", 0o777),
        ("both", 0o1777),
        ("d/sub", 0o755),
    ] {
        directory(root.join(name), mode);
    }
    file(root.join("f"), b"x", 0o644);
    file(root.join("big"), &[b'x'; 123_456], 0o644);
    file(root.join("medium"), &[b'x'; 5000], 0o600);
    for (name, mode) in [
        ("run", 0o755),
        ("suid", 0o4755),
        ("sgid", 0o2755),
        ("none", 0o000),
        ("odd", 0o6644),
    ] {
        file(root.join(name), b"", mode);
    }
    for name in ["a.tar", "b.sh", ".hidden", "x~", "d/inside", "d/sub/deep"] {
        file(root.join(name), b"", 0o644);
    }
    for name in [
        "a10",
        "a9",
        "a-1.10.tar.gz",
        "a-1.9.tar.gz",
        "B",
        "b c",
        "it's",
        "d\"q",
        "n\nl",
        "é",
        "日本",
    ] {
        file(root.join("d").join(name), b"", 0o644);
    }
    std::fs::hard_link(root.join("f"), root.join("twin")).expect("a hard link");
    for (seconds, target, name) in [
        (1_600_000_000, "f", "link"),
        (1_500_000_000, "nowhere", "broken"),
        (1_700_000_000, "d", "dirlink"),
        (4_000_000_000, "broken", "chain"),
    ] {
        link(seconds, target, root.join(name));
    }
    for (name, seconds) in [
        ("f", 1_500_000_000),
        ("big", 4_000_000_000),
        ("run", 0),
        ("d/B", 1_700_000_000),
    ] {
        written_at(root.join(name), seconds);
    }
    for name in ["d", "sticky", "open", "both", "d/sub", "."] {
        written_at(root.join(name), 1_600_000_000);
    }
}

const OPTIONS: &[&str] = &[
    "-A",
    "-l",
    "-1",
    "-C",
    "-x",
    "-m",
    "-d",
    "-R",
    "-r",
    "-t",
    "-S",
    "-X",
    "-v",
    "-h",
    "-s",
    "-k",
    "-i",
    "-n",
    "-g",
    "-o",
    "-G",
    "-F",
    "-p",
    "-L",
    "-H",
    "-c",
    "-q",
    "-b",
    "-Q",
    "-N",
    "-B",
    "-w20",
    "-w40",
    "-w0",
    "-T4",
    "-T0",
    "--full-time",
    "--time=birth",
    "--time-style=long-iso",
    "--time-style=iso",
    "--time-style=+%s.%N|%e",
    "--group-directories-first",
    "--hide=m*",
    "--ignore=[s-z]*",
    "--color=always",
    "--color=auto",
    "--file-type",
    "--si",
    "--block-size=K",
    "--block-size=1",
    "--author",
    "--zero",
    "--quoting-style=shell",
    "--quoting-style=shell-escape",
    "--quoting-style=c-maybe",
    "--quoting-style=locale",
    "--show-control-chars",
    "--sort=width",
    "--format=commas",
];
const OPERANDS: &[&str] = &[
    "d",
    "f",
    "broken",
    "dirlink",
    "missing",
    ".",
    "link",
    "run",
    "/dev/null",
    "d/sub",
    "d/",
    "link/",
];
const ENVIRONMENTS: &[&[(&str, &str)]] = &[
    &[],
    &[("TERM", "xterm")],
    &[("LS_COLORS", "or=41:mi=42:ex=33:*.tar=01;31:fi=35:*.sh=32")],
    &[("LS_COLORS", "ln=target:or=41:*k=32:di=0")],
    &[("COLUMNS", "33")],
    &[("TZ", "America/New_York")],
    &[("BLOCK_SIZE", "M")],
    &[("TIME_STYLE", "long-iso")],
    &[("QUOTING_STYLE", "c")],
];

fn check(args: &[&str], root: &Path, environment: &[(&str, &str)]) {
    let expected = answer(Command::new("ls"), args, root, environment, "");
    let found = answer(toolbox("ls"), args, root, environment, "");
    assert_eq!(found, expected, "ls {args:?} with {environment:?}");
}

#[test]
fn every_option_lists_as_gnu_does() {
    if !is_gnu("ls") {
        return;
    }
    let scratch = Scratch::new("ls-options");
    make_tree(&scratch.0);
    for option in OPTIONS {
        for others in [
            &["-l"][..],
            &["-C"],
            &["-a", "d"],
            &["-l", "--color=always"],
            &["-R"],
        ] {
            let args: Vec<&str> = others.iter().chain([option]).copied().collect();
            check(&args, &scratch.0, &[("TERM", "xterm")]);
        }
    }
}

#[test]
fn options_combine_as_in_gnu() {
    if !is_gnu("ls") {
        return;
    }
    let scratch = Scratch::new("ls-combined");
    make_tree(&scratch.0);
    let mut dice = Dice(1);
    for _ in 0..400 {
        let mut args = Vec::new();
        for _ in 0..=dice.below(4) {
            args.push(dice.pick(OPTIONS));
        }
        for _ in 0..dice.below(3) {
            args.push(dice.pick(OPERANDS));
        }
        let environment = ENVIRONMENTS[dice.below(ENVIRONMENTS.len())];
        check(&args, &scratch.0, environment);
    }
}

#[test]
fn wrong_command_lines_are_refused_in_the_same_words() {
    if !is_gnu("ls") {
        return;
    }
    let scratch = Scratch::new("ls-errors");
    make_tree(&scratch.0);
    let wrong: &[&[&str]] = &[
        &["missing", "no pe", "it's", ""],
        &["--foo"],
        &["-y"],
        &["-w"],
        &["-wx"],
        &["-w", "0x10"],
        &["-T", "x"],
        &["--sort=foo"],
        &["--sort="],
        &["--so"],
        &["--all=3"],
        &["--time=x"],
        &["--format=z"],
        &["--color=z"],
        &["--quoting-style=z"],
        &["--indicator-style=z"],
        &["-l", "--time-style=foo"],
        &["-l", "--time-style=l"],
        &["-l", "--time-style=+a\nb\nc"],
        &["--block-size=zz"],
        &["--block-size=0"],
        &["--block-size=1Q"],
        &["--block-size=99999999999999999999999"],
        &["f/", "d/missing", "f"],
    ];
    for args in wrong {
        check(args, &scratch.0, &[]);
        check(
            args,
            &scratch.0,
            &[("QUOTING_STYLE", "foo"), ("TIME_STYLE", "full-iso")],
        );
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let refused = |args: &[&str]| answer(toolbox("ls"), args, Path::new("/"), &[], "");
    for option in ["--dired", "--context", "--hyperlink"] {
        let answer = refused(&[option]);
        assert_eq!(
            answer.stderr,
            format!("ls: option '{option}' is not supported\n")
        );
        assert_eq!((answer.stdout.as_str(), answer.status), ("", Some(2)));
    }
}
