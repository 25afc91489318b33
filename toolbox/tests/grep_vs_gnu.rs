//! Runs our grep and the machine's GNU grep 3.8 side by side on generated command lines; every answer must be the same.
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A small generator with a fixed seed: the same cases in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.roll(from.len())]
    }

    fn join(&mut self, most: usize, from: &[&str]) -> String {
        (0..=self.roll(most))
            .map(|_| self.pick(from).to_owned())
            .collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn answer(program: &Path, folder: &Path, args: &[String], stdin: &[u8]) -> Answer {
    let mut child = Command::new(program)
        .arg0("grep")
        .args(args)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("grep starts");
    let mut pipe = child.stdin.take().expect("stdin is a pipe");
    let output = std::thread::scope(|scope| {
        // A grep that stops early closes its end.
        scope.spawn(move || pipe.write_all(stdin));
        child.wait_with_output().expect("grep ends")
    });
    Answer {
        status: output.status.code(),
        stdout: output.stdout.escape_ascii().to_string(),
        stderr: output.stderr.escape_ascii().to_string(),
    }
}

/// GNU grep 3.8, if this machine has it.
fn gnu() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/bin/grep");
    let version = Command::new(&path).arg("--version").output().ok()?;
    version
        .stdout
        .starts_with(b"grep (GNU grep) 3.8\n")
        .then_some(path)
}

/// A folder of its own for each test, with the same files.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("grep-vs-gnu-{}-{name}", std::process::id()));
    fs::create_dir_all(folder.join("d/e")).expect("the folder is made");
    let files: [(&str, &[u8]); 9] = [
        ("a.txt", b"foo bar\nFOO\n\nfoobar baz_foo\nthe end"),
        (
            "b.c",
            "int main(void) { return x_1 + 12; }\nna\u{ef}ve caf\u{e9} \u{e9}t\u{e9}\nabcabc aa\n"
                .as_bytes(),
        ),
        ("zero", b"foo\nabc\0bar\nfoo again\n"),
        ("latin", b"foo\nfoo \xe9t\xe9\nfoo\n"),
        ("empty", b""),
        ("d/a.c", b"foo in d\nbar\n"),
        ("d/b.h", b"abc\nfoo\nabc\n"),
        ("d/e/c.txt", b"deep foo\n"),
        ("patterns", b"foo\nab*c\n"),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("the file is written");
    }
    folder
}

/// Runs every case with both, and fails with all that differ.
fn compare(name: &str, cases: impl Iterator<Item = (Vec<String>, Vec<u8>)>) {
    let Some(gnu) = gnu() else { return };
    let ours = Path::new(env!("CARGO_BIN_EXE_toolbox"));
    let folder = folder(name);
    let mut different = Vec::new();
    let mut count = 0;
    for (mut args, mut stdin) in cases {
        count += 1;
        // What a read of a pipe returns is a matter of timing; of a file it is not.
        if stdin.len() > 60_000 {
            fs::write(folder.join("long"), std::mem::take(&mut stdin))
                .expect("the file is written");
            args.push("long".to_owned());
        }
        let (expected, got) = (
            answer(&gnu, &folder, &args, &stdin),
            answer(ours, &folder, &args, &stdin),
        );
        if expected != got {
            let stdin = stdin.escape_ascii();
            different.push(format!(
                "grep {args:?} < \"{stdin}\"\n  gnu:  {expected:?}\n  ours: {got:?}"
            ));
        }
    }
    fs::remove_dir_all(&folder).expect("the folder is removed");
    let all = different.join("\n");
    assert!(
        different.is_empty(),
        "{} of {count} cases differ:\n{all}",
        different.len()
    );
}

const LINES: &[&str] = &[
    "a", "b", "c", "ab", "abc", "aab", "A", "B", " ", "_", "-", "foo", "x1", "*", "{", "}", "(",
    ")", "[", "\\", "\n", "\n", "é", "É", "ß", "日", "1", "+", "?", ".", "^", "$",
];

fn text(dice: &mut Dice) -> Vec<u8> {
    dice.join(24, LINES).into_bytes()
}

#[test]
fn basic_and_extended_patterns_match_alike() {
    let atoms = [
        "a",
        "b",
        "c",
        "ab",
        ".",
        "[ab]",
        "[^a]",
        "[[:alpha:]]",
        "[a-c]",
        "\\w",
        "\\W",
        "\\b",
        "\\<",
        "\\>",
        "\\B",
        "^",
        "$",
        "*",
        "\\+",
        "\\?",
        "\\{1,2\\}",
        "\\{2\\}",
        "\\|",
        "\\(a\\)",
        "\\(ab*\\)",
        "\\(a\\|ab\\)",
        "\\1",
        "é",
        "_",
        "\\s",
        "\\S",
        "1",
        "[]a]",
        "[a-]",
        "{",
        "}",
        "(",
        ")",
        "+",
        "?",
        "|",
        "\\.",
        "[[:upper:]]",
        "\\(",
        "\\)",
        "[",
        "\\",
    ];
    let extended = [
        "a",
        "b",
        "c",
        "ab",
        ".",
        "[ab]",
        "[^a]",
        "[[:alpha:]]",
        "[a-c]",
        "\\w",
        "\\W",
        "\\b",
        "\\<",
        "\\>",
        "\\B",
        "^",
        "$",
        "*",
        "+",
        "?",
        "{1,2}",
        "{2}",
        "|",
        "(a)",
        "(ab*)",
        "(a|ab)",
        "\\1",
        "é",
        "_",
        "\\s",
        "\\S",
        "1",
        "[]a]",
        "[a-]",
        "\\{",
        "\\}",
        "\\(",
        "\\)",
        "\\+",
        "\\?",
        "\\|",
        "\\.",
        "[[:lower:]]",
        "(",
        ")",
        "{",
        "}",
        "{,2}",
        "\\",
    ];
    let flags = [
        "",
        "-o",
        "-i",
        "-w",
        "-x",
        "-v",
        "-c",
        "-io",
        "-ow",
        "-ox",
        "-ob",
        "-n",
        "--color=always",
        "-iw",
    ];
    // GNU's two engines disagree with each other about a brace that begins a pattern, and about `\\` as the last of several.
    let unsettled = |pattern: &str| {
        pattern == "\\"
            || pattern.starts_with('{')
            || [
                "^{", "*{", "*${", "|{", "({", "+{", "?{", "${", "b{", "<{", ">{",
            ]
            .iter()
            .any(|text| pattern.contains(text))
    };
    let mut dice = Dice(1);
    compare(
        "posix",
        (0..1600)
            .map(|number| {
                let table: &[&str] = if number % 2 == 0 { &atoms } else { &extended };
                let mut args = vec![if number % 2 == 0 {
                    "-G".to_owned()
                } else {
                    "-E".to_owned()
                }];
                args.extend(Some(dice.pick(&flags).to_owned()).filter(|flag| !flag.is_empty()));
                args.extend(["-e".to_owned(), dice.join(4, table)]);
                if dice.roll(5) == 0 {
                    args.extend(["-e".to_owned(), dice.join(2, table)]);
                }
                (args, text(&mut dice))
            })
            .filter(|(args, _)| !args.iter().any(|arg| unsettled(arg))),
    );
}

#[test]
fn fixed_strings_match_alike() {
    let flags = [
        "",
        "-o",
        "-i",
        "-w",
        "-x",
        "-v",
        "-c",
        "-io",
        "-ow",
        "-ox",
        "-ob",
        "-iwo",
        "-ix",
        "--color=always",
    ];
    let mut dice = Dice(2);
    compare(
        "fixed",
        (0..600).map(|_| {
            let mut args = vec!["-F".to_owned()];
            args.extend(Some(dice.pick(&flags).to_owned()).filter(|flag| !flag.is_empty()));
            for _ in 0..=dice.roll(3) {
                args.extend(["-e".to_owned(), dice.join(2, LINES)]);
            }
            (args, text(&mut dice))
        }),
    );
}

#[test]
fn perl_patterns_match_alike() {
    let atoms = [
        "a",
        "b",
        "c",
        "ab",
        ".",
        "[ab]",
        "[^a]",
        "\\w",
        "\\W",
        "\\b",
        "\\B",
        "^",
        "$",
        "*",
        "+",
        "?",
        "{1,2}",
        "{2,}",
        "|",
        "(a)",
        "(ab*)",
        "(?:a|ab)",
        "\\1",
        "é",
        "(?=b)",
        "(?!b)",
        "(?<=a)",
        "(?<!a)",
        "(?>a*)",
        "a*+",
        "a+?",
        ".*?",
        "\\d",
        "\\D",
        "\\s",
        "(?i)",
        "(?i:A)",
        "\\K",
        "[\\w-]",
        "[[:alpha:]]",
        "\\x61",
        "\\.",
        "(",
        ")",
        "\\Q*\\E",
        "(?<n>b)",
        "\\p{L}",
        "\\p{Lu}",
        "(?|(a)|(b))",
        "(?#x)",
        "\\h",
        "\\N",
    ];
    let flags = [
        "",
        "-o",
        "-i",
        "-w",
        "-x",
        "-v",
        "-c",
        "-io",
        "-ow",
        "-ob",
        "--color=always",
    ];
    let mut dice = Dice(3);
    compare(
        "perl",
        (0..1000).map(|_| {
            let mut args = vec!["-P".to_owned()];
            args.extend(Some(dice.pick(&flags).to_owned()).filter(|flag| !flag.is_empty()));
            args.extend(["-e".to_owned(), dice.join(4, &atoms)]);
            (args, text(&mut dice))
        }),
    );
}

#[test]
fn options_and_files_are_handled_alike() {
    let flags = [
        "-n",
        "-H",
        "-h",
        "-c",
        "-l",
        "-L",
        "-v",
        "-o",
        "-i",
        "-w",
        "-x",
        "-q",
        "-s",
        "-a",
        "-I",
        "-z",
        "-Z",
        "-b",
        "-T",
        "-A1",
        "-B1",
        "-C1",
        "-2",
        "-m1",
        "-m2",
        "--color=always",
        "--no-group-separator",
        "--group-separator=##",
        "--include=*.c",
        "--exclude=*.c",
        "--exclude-dir=e",
        "--exclude-dir=d",
        "-r",
        "-d skip",
        "-d recurse",
        "-A 0",
        "--binary-files=text",
        "--label=in",
        "-e abc",
        "-f patterns",
        "--null",
        "-E",
        "-F",
        "-U",
        "--line-buffered",
    ];
    let files = [
        "a.txt", "b.c", "zero", "latin", "empty", "d", "d/a.c", "missing", "-", "d/e", "./a.txt",
    ];
    let patterns = [
        "foo",
        "o",
        "",
        "^",
        "a.*c",
        "bar$",
        "abc",
        "zzz",
        "é",
        "[[:digit:]]",
    ];
    let mut dice = Dice(4);
    compare(
        "options",
        (0..1600).map(|_| {
            let mut args: Vec<String> = Vec::new();
            for _ in 0..dice.roll(5) {
                args.extend(dice.pick(&flags).split(' ').map(str::to_owned));
            }
            args.push(dice.pick(&patterns).to_owned());
            for _ in 0..dice.roll(4) {
                args.push(dice.pick(&files).to_owned());
            }
            (args, text(&mut dice))
        }),
    );
}

#[test]
fn long_input_is_cut_into_the_same_pieces() {
    let mut dice = Dice(5);
    let flags = [
        "-c", "-n", "-b", "-nA2", "-nB3", "-nC1", "-vc", "-m3", "-o", "-vn", "-cv", "-on",
    ];
    compare(
        "long",
        (0..60).map(|number| {
            let mut long = Vec::new();
            while long.len() < 250_000 {
                let line = dice.join(30, &["foo ", "bar ", "some words ", "1234567 ", "x"]);
                long.extend_from_slice(line.as_bytes());
                long.push(b'\n');
            }
            if number % 4 == 0 {
                let at = dice.roll(long.len());
                long[at] = 0;
            }
            let pattern = dice.pick(&["foo bar", "1234567 x$", "^some", "zzz", "xx*foo"]);
            (vec![dice.pick(&flags).to_owned(), pattern.to_owned()], long)
        }),
    );
}
