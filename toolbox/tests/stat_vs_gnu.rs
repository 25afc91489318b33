//! `stat` answers as GNU stat does.

mod files;

use std::path::Path;
use std::process::Command;

use files::{Dice, Scratch, answer, directory, file, is_gnu, link, toolbox, written_at};

fn make_tree(root: &Path) {
    directory(root.join("d"), 0o1755);
    file(root.join("f"), b"some text", 0o4644);
    for name in ["empty", "b c", "it's", "n\nl"] {
        file(root.join(name), b"", 0o600);
    }
    link(1_600_000_000, "b c", root.join("link"));
    link(1_700_000_000, "nowhere", root.join("broken"));
    written_at(root.join("f"), 1_500_000_000);
    written_at(root.join("d"), 4_000_000_000);
}

fn check(args: &[&str], root: &Path, environment: &[(&str, &str)]) {
    let expected = answer(Command::new("stat"), args, root, environment, "");
    let found = answer(toolbox("stat"), args, root, environment, "");
    assert_eq!(found, expected, "stat {args:?} with {environment:?}");
}

#[test]
fn files_of_all_kinds_show_as_in_gnu() {
    if !is_gnu("stat") {
        return;
    }
    let scratch = Scratch::new("stat-kinds");
    make_tree(&scratch.0);
    for operand in [
        "f",
        "d",
        "empty",
        "it's",
        "link",
        "broken",
        "missing",
        "",
        "/dev/null",
        ".",
        "f/",
        "n\nl",
    ] {
        for options in [
            &[][..],
            &["-L"],
            &["-t"],
            &["-c", "%n|%N|%F"],
            &["--printf", "%A\\t%a\\n"],
        ] {
            let args: Vec<&str> = options.iter().copied().chain([operand]).collect();
            for environment in [
                &[][..],
                &[("TZ", "Asia/Kolkata")],
                &[("QUOTING_STYLE", "locale")],
            ] {
                check(&args, &scratch.0, environment);
            }
        }
    }
}

#[test]
fn directives_take_flags_width_and_precision_as_in_gnu() {
    if !is_gnu("stat") {
        return;
    }
    let scratch = Scratch::new("stat-directives");
    make_tree(&scratch.0);
    let mut dice = Dice(7);
    for _ in 0..400 {
        let mut format = String::new();
        for _ in 0..=dice.below(3) {
            let letter = dice.pick(&[
                "a", "A", "b", "B", "d", "D", "f", "F", "g", "G", "h", "i", "n", "o", "r", "R",
                "s", "t", "T", "u", "U", "w", "W", "x", "X", "y", "Y", "z", "Z", "Hd", "Lr", "q",
            ]);
            let is_text = "AFGnUwxyz".contains(letter);
            let in_seconds = "WXYZ".contains(letter);
            let flags = if is_text {
                &["", "-"][..]
            } else {
                &["", "-", "+", "0", " ", "#", "'"]
            };
            let precision = dice.pick(&["", ".", ".2", ".0", ".12"]);
            // GNU pads seconds with a fraction to widths of its own.
            let width = if in_seconds && !precision.is_empty() {
                ""
            } else {
                dice.pick(&["", "1", "5", "30"])
            };
            let flag = dice.pick(flags);
            format.push_str(&format!("%{flag}{width}{precision}{letter}|\\n"));
        }
        let option = dice.pick(&["-c", "--printf"]);
        check(
            &[option, &format, dice.pick(&["f", "d", "link", "/dev/null"])],
            &scratch.0,
            &[],
        );
    }
}

#[test]
fn wrong_command_lines_are_refused_in_the_same_words() {
    if !is_gnu("stat") {
        return;
    }
    let scratch = Scratch::new("stat-errors");
    make_tree(&scratch.0);
    let wrong: &[&[&str]] = &[
        &[],
        &["-c"],
        &["-c", "%n"],
        &["-y", "f"],
        &["--foo", "f"],
        &["--cached=foo", "f"],
        &["-c", "%n %5%", "f"],
        &["-c", "%n %5", "f"],
        &["-c", "%I %n", "f", "d"],
        &["-c", "%C", "f"],
        &["--printf", "%n\\", "f"],
        &["--printf", "\\q\\0\\x41\\xg\\101\\e\\u|", "f"],
        &["-c", "%n", "f", "missing", "d"],
    ];
    for args in wrong {
        check(args, &scratch.0, &[]);
    }
}

#[test]
fn file_systems_are_refused() {
    let answer = answer(toolbox("stat"), &["-f", "/"], Path::new("/"), &[], "");
    assert_eq!(
        answer.stderr,
        "stat: option '--file-system' is not supported\n"
    );
    assert_eq!((answer.stdout.as_str(), answer.status), ("", Some(1)));
}
