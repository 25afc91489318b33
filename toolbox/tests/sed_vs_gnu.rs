//! Runs our sed and the machine's GNU sed 4.9 side by side, on scripts written by hand and at random; every answer must be
//! the same: what is printed, the status, the files.
#![cfg(unix)]

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use files::{Dice, Scratch, directory, file, link, toolbox};

const FILES: &[(&str, &[u8])] = &[
    ("a", b"a\nb\nc\n"),
    ("b", b"apple 3\nbanana 1\n\ncherry 2\n"),
    ("nonl", b"1\n2\n3"),
    ("empty", b""),
    ("d/one", b"1\n"),
    ("script", b"#n\n2p\n\n$!{\n  s/a/x/\n}\np\n"),
    ("crlf", b"p\r\n"),
    ("badscript", b"p\n\ns/(/x\n"),
    ("badscript2", b"\n\ny/a/bc/\np\n"),
    ("open", b"p\n{\np"),
];

/// The status of `timeout` for a script at random that never ends: there is no answer to compare with.
const ENDLESS: i32 = 124;

/// What a run has printed and left behind.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    files: Vec<String>,
}

/// GNU sed 4.9, if this machine has it.
fn has_gnu() -> bool {
    let version = Command::new("sed").arg("--version").output();
    version.is_ok_and(|output| output.stdout.starts_with(b"sed (GNU sed) 4.9\n"))
}

fn make_tree(root: &Path) {
    let _ = fs::remove_dir_all(root);
    directory(root.join("d"), 0o755);
    for (name, content) in FILES {
        file(root.join(name), content, 0o640);
    }
    link(1_600_000_000, "a", root.join("link"));
}

/// All files below a directory, with their modes and contents.
fn snapshot(root: &Path, below: &Path, lines: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(below)).expect("a directory") {
        let path = below.join(entry.expect("an entry").file_name());
        let metadata = fs::symlink_metadata(root.join(&path)).expect("its status");
        let mode = metadata.permissions().mode();
        if metadata.is_dir() {
            snapshot(root, &path, lines);
        } else if metadata.is_symlink() {
            lines.push(format!("{} {mode:o} link", path.display()));
        } else {
            let content = fs::read(root.join(&path)).expect("its content");
            let content = content.escape_ascii();
            lines.push(format!("{} {mode:o} {content}", path.display()));
        }
    }
}

fn answer(mut command: Command, root: &Path, args: &[String], stdin: &[u8]) -> Answer {
    make_tree(root);
    let mut child = command
        .args(args)
        .current_dir(root)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("POSIXLY_CORRECT")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sed starts");
    // A sed that does not read its input is free to end before it is written.
    let _ = child
        .stdin
        .take()
        .expect("stdin is a pipe")
        .write_all(stdin);
    let output = child.wait_with_output().expect("sed ends");
    let mut files = Vec::new();
    // A script that is refused may have made GNU's sed open files of `w`.
    if output.status.code() != Some(1) {
        snapshot(root, Path::new(""), &mut files);
    }
    files.sort_unstable();
    let stderr = String::from_utf8_lossy(&output.stderr);
    // The usage is in words of our own.
    let stderr = stderr.split("Usage:").next().unwrap_or_default();
    Answer {
        status: output.status.code(),
        stdout: output.stdout.escape_ascii().to_string(),
        stderr: stderr.to_owned(),
        files,
    }
}

/// Runs every case with both, and fails with all that differ.
fn compare(name: &str, cases: impl Iterator<Item = (Vec<String>, Vec<u8>)>) {
    if !has_gnu() {
        eprintln!("GNU sed 4.9 is not here: nothing to compare with");
        return;
    }
    let scratch = Scratch::new(name);
    let root = scratch.0.join("tree");
    let (mut count, mut different) = (0, Vec::new());
    for (args, stdin) in cases {
        count += 1;
        let mut gnu = Command::new("timeout");
        gnu.args(["1", "sed"]);
        let expected = answer(gnu, &root, &args, &stdin);
        if expected.status == Some(ENDLESS) {
            continue;
        }
        let found = answer(toolbox("sed"), &root, &args, &stdin);
        if found != expected {
            let stdin = stdin.escape_ascii();
            different.push(format!(
                "{args:?} < \"{stdin}\"\n  ours {found:?}\n  GNU  {expected:?}"
            ));
        }
    }
    let all = different.join("\n");
    assert!(
        different.is_empty(),
        "{} of {count} cases differ:\n{all}",
        different.len()
    );
}

/// The words of a line; quotes of both kinds hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, '⏎') => word.get_or_insert_default().push('\n'),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// Bytes with `\n`, `\t`, `\r`, `\0`, `\\` and `\x41` for what they stand for.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, byte == b'\\') {
            (byte, false) => byte,
            _ => match rest.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'0') => 0,
                Some(b'x') => {
                    let digits = [rest.next(), rest.next()].map(|digit| {
                        let digit = char::from(digit.expect("a digit")).to_digit(16);
                        u8::try_from(digit.expect("a digit")).expect("it is small")
                    });
                    digits[0] * 16 + digits[1]
                }
                Some(other) => other,
                None => b'\\',
            },
        });
    }
    bytes
}

#[test]
fn lines_by_hand_are_answered_as_gnu_answers_them() {
    let lines = include_str!("sed.txt").lines();
    let cases: Vec<_> = lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (args, stdin) = line.split_once(" <<< ").unwrap_or((line, ""));
            (words(args), unescaped(stdin))
        })
        .collect();
    assert!(cases.len() > 400);
    compare("sed-lines", cases.into_iter());
}

fn text(dice: &mut Dice) -> Vec<u8> {
    let pieces = [
        "a", "b", "c", "ab", "ba", "abc", "foo", "bar", "1", "2", "3", " ", "  ", "-", "x", "\n",
        "\n", "\n", "\n", "é", "日", "A", "B", "\t", "\\", "&", "/",
    ];
    let mut text: String = (0..dice.below(30)).map(|_| dice.pick(&pieces)).collect();
    if dice.below(4) > 0 {
        text.push('\n');
    }
    text.into_bytes()
}

fn pattern(dice: &mut Dice) -> String {
    let patterns = [
        "a",
        "b",
        "ab",
        "[abc]",
        "a*",
        "b*",
        "x*",
        ".",
        "^",
        "$",
        "^a",
        "b$",
        "^$",
        "foo",
        "[0-9]",
        "[^a]",
        "\\(a\\)\\(b\\)*",
        "\\(.\\)\\1",
        "a\\|b",
        "a\\+",
        "\\<",
        "\\w*",
        " *",
        "é",
        "\\n",
        "\\t",
        "[[:alpha:]]*",
        ".*",
        "[^ ]*",
        "\\(.*\\)b",
        "\\b",
        "a.",
        "1\\|2",
        "\\s",
        "\\W",
    ];
    dice.pick(&patterns).to_owned()
}

fn address(dice: &mut Dice) -> String {
    let one = |dice: &mut Dice| match dice.below(8) {
        0 => "$".to_owned(),
        1 | 2 => format!("{}", 1 + dice.below(5)),
        3 => format!("{}~{}", dice.below(4), dice.below(4)),
        _ => {
            let flag = dice.pick(&["", "", "", "I", "M"]).to_owned();
            format!("/{}/{flag}", pattern(dice))
        }
    };
    let not = dice.pick(&["", "", "", "", "!"]).to_owned();
    let text = match dice.below(6) {
        0 | 1 => return String::new(),
        2 | 3 => one(dice),
        4 => format!("{},{}", one(dice), one(dice)),
        _ => {
            let sign = dice.pick(&["+", "~"]).to_owned();
            format!("{},{sign}{}", one(dice), dice.below(4))
        }
    };
    let text = match text.starts_with("0~0") {
        true => "1".to_owned(),
        false => text,
    };
    text + &not
}

fn substitution(dice: &mut Dice) -> String {
    let pattern = pattern(dice);
    let mut replacements = vec![
        "X", "", "&&", "[&]", "\\n", "\\U&", "\\u&x", "-\\t-", "\\L&\\E!", "\\&", "é", "\\l&", "a",
        "\\0",
    ];
    if pattern.contains("\\(") {
        replacements.extend(["<\\1>", "\\1\\1", "\\U\\1\\E-", "\\u\\1"]);
    }
    if pattern.contains("\\(b") {
        replacements.push("[\\2\\1]");
    }
    let replacement = dice.pick(&replacements).to_owned();
    let flags = dice.pick(&[
        "", "", "g", "g", "2", "p", "gI", "2g", "Mg", "gp", "w out", "3", "I",
    ]);
    format!("s/{pattern}/{replacement}/{flags}")
}

fn command(dice: &mut Dice, depth: usize) -> String {
    let address = address(dice);
    let body = match dice.below(26) {
        0..=6 => substitution(dice),
        7 if depth > 0 => {
            let inner: String = (0..1 + dice.below(3))
                .map(|_| command(dice, depth - 1) + "\n")
                .collect();
            format!("{{\n{inner}}}")
        }
        8 => "$!N".to_owned(),
        9 => "y/abc1/xyz2/".to_owned(),
        10 => "b".to_owned(),
        11 => "t".to_owned(),
        12 => dice.pick(&["q", "q3", "Q"]).to_owned(),
        _ => dice
            .pick(&[
                "p",
                "d",
                "n",
                "N",
                "=",
                "l",
                "h",
                "H",
                "g",
                "x",
                "G",
                "P",
                "z",
                "a text",
                "i one\\\ntwo",
                "c new",
                "r nonl",
                "R b",
                "w out",
                "W out2",
                "F",
                "w /dev/stdout",
                "r nofile",
                "T",
                "a\\",
                "l 5",
            ])
            .to_owned(),
    };
    match body.starts_with('$') {
        true => body,
        false => address + &body,
    }
}

#[test]
fn random_scripts_do_the_same() {
    let mut dice = Dice(3);
    let cases = (0..1200).map(|_| {
        let mut script: String = (0..1 + dice.below(4))
            .map(|_| command(&mut dice, 2) + "\n")
            .collect();
        if dice.below(8) == 0 {
            script += "$!N\nP\nD\n";
        }
        let mut args = Vec::new();
        for flag in ["-n", "-s", "-z", "-u", "-i", "-i.bak", "-l7"] {
            if dice.below(9) == 0 {
                args.push(flag.to_owned());
            }
        }
        args.push(script);
        let in_place = args.iter().any(|arg| arg.starts_with("-i"));
        let files = dice.below(5);
        for _ in 0..files.max(usize::from(in_place)) {
            args.push(dice.pick(&["a", "b", "nonl", "empty", "d/one"]).to_owned());
        }
        if !in_place && dice.below(8) == 0 {
            args.push("-".to_owned());
        }
        (args, text(&mut dice))
    });
    compare("sed-random", cases);
}

#[test]
fn random_extended_scripts_do_the_same() {
    let patterns = [
        "(a|ab)(c|bcd)?",
        "a+",
        "(a|b)+",
        "(ab?)*",
        "[a-c]{2}",
        "^(.)(.)?",
        "(x|)",
        "(a*)(b*)",
        "(\\w+) (\\w+)",
        "a{0,2}b",
        "(foo|bar)$",
        "[0-9]+",
        "(a)|(b)",
        "((a)|b)*",
        "\\(",
        "\\.",
        "é|日",
        "(.)\\1",
        "(^|[^a])b",
        "a?",
        "(a|b|ab)*c",
    ];
    let replacements = ["X", "[&]", "<\\1>", "\\U&", "\\n", "\\u\\1", "&&"];
    let flags = ["", "g", "2", "p", "I", "gI", "2g", "Mg"];
    let mut dice = Dice(5);
    let cases = (0..1200).map(|_| {
        let mut script = String::new();
        for _ in 0..1 + dice.below(3) {
            let pattern = dice.pick(&patterns).to_owned();
            let replacement = match (
                dice.pick(&replacements),
                pattern.contains("(") && pattern != "\\(",
            ) {
                (replacement, true) => replacement.to_owned(),
                (replacement, false) => replacement.replace("\\1", "&"),
            };
            let prefix = dice.pick(&["", "", "$!N;", "/a/", "2,", "H;x;"]).to_owned();
            let prefix = if prefix == "2," {
                "2,$".to_owned()
            } else {
                prefix
            };
            script += &format!("{prefix}s/{pattern}/{replacement}/{}\n", dice.pick(&flags));
        }
        (vec!["-E".to_owned(), script], text(&mut dice))
    });
    compare("sed-extended", cases);
}
