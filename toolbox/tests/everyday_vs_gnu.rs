//! The tools answer everyday command lines as GNU's do; known gaps are counted.

mod files;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use files::{Answer, Dice, Scratch, answer, directory, file, is_gnu, link, toolbox, written_at};
use toolbox::applets::APPLETS;
use uucore::locale::get_embedded_locale;

/// The lines of `everyday.txt` behind `~`. Fewer are better.
const KNOWN_GAPS: usize = 3;

const FILES: &[(&str, &[u8])] = &[
    ("a", b"apple 3\nbanana 1\ncherry 2\nBanana 10\n\nApple 3\n"),
    ("nums", b"10\n9\n2K\n1M\n-3\n1.5\n007\n\n"),
    ("utf", "é\nz\na\nÉclair\nñandú 日本\n".as_bytes()),
    (
        "bin",
        b"\x00\x01\x7f\x80\xc3\xa9\xff \n\xe6\x97\t\x0b\x1b\r\n\xa0x",
    ),
    ("empty", b""),
    ("nonl", b"x\ny"),
    ("tabs", b"a\tb\tc\n1\t2\t3\nonly\n"),
    ("dup", b"a\na\nb\nA\nb\nb\n"),
    ("csv", b"x,3,foo\ny,1,bar\nz,2,baz\n"),
    (
        "lines",
        b"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n",
    ),
    ("d/one", b"1\n"),
    ("d/sub/two", b"2\n"),
    ("ver", b"v1.10\nv1.9\nv1.2\nv1.2-rc\n"),
    ("mon", b"Mar\nJan\nfoo\nDEC\n"),
    ("crlf", b"a\r\nb\r\n"),
    ("sp name", b"q\n"),
    (
        "sums",
        b"87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  x\n",
    ),
];

fn make_tree(root: &Path) {
    let _ = fs::remove_dir_all(root);
    directory(root.join("d/sub"), 0o755);
    for (name, content) in FILES {
        file(root.join(name), content, 0o644);
        written_at(root.join(name), 1_600_000_000);
    }
    link(1_600_000_000, "a", root.join("link"));
    link(1_600_000_000, "nope", root.join("dang"));
}

/// All files below a directory: name, mode, links, content, and times other than now.
fn snapshot(root: &Path, below: &Path, lines: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(below)).expect("a directory") {
        let path = below.join(entry.expect("an entry").file_name());
        let metadata = fs::symlink_metadata(root.join(&path)).expect("its status");
        let mut line = format!("{} {:o}", path.display(), metadata.mode());
        if metadata.is_dir() {
            snapshot(root, &path, lines);
        } else if metadata.is_symlink() {
            let target = fs::read_link(root.join(&path)).expect("a link");
            line += &format!(" -> {}", target.display());
        } else {
            let time = Some(metadata.mtime()).filter(|time| *time < 1_700_000_000);
            let content = fs::read(root.join(&path)).expect("its content");
            line += &format!(" {} {time:?} {content:?}", metadata.nlink());
        }
        lines.push(line);
    }
}

fn outcome(command: Command, args: &[&str], root: &Path, stdin: &str) -> (Answer, Vec<String>) {
    make_tree(root);
    let found = answer(
        command,
        args,
        root,
        &[("HOME", "/home/agent"), ("USER", "agent")],
        stdin,
    );
    let mut lines = Vec::new();
    snapshot(root, Path::new(""), &mut lines);
    lines.sort_unstable();
    (found, lines)
}

/// What the one run has that the other has not.
fn difference(ours: &(Answer, Vec<String>), theirs: &(Answer, Vec<String>)) -> String {
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        let lines = one.iter().filter(|line| !other.contains(line));
        lines.cloned().collect()
    };
    let (here, there) = (only(&ours.1, &theirs.1), only(&theirs.1, &ours.1));
    format!(
        "\n ours {:?} {here:?}\n GNU  {:?} {there:?}",
        ours.0, theirs.0
    )
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
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[test]
fn everyday_lines_are_answered_as_gnu_answers_them() {
    if !is_gnu("cat") {
        return;
    }
    let scratch = Scratch::new("everyday");
    let root = scratch.0.join("tree");
    let (mut gaps, mut wrong) = (0, Vec::new());
    for line in include_str!("everyday.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let (gap, line) = line
            .strip_prefix("~ ")
            .map_or((false, line), |line| (true, line));
        let (command, stdin) = line.split_once(" <<< ").unwrap_or((line, ""));
        let stdin = stdin
            .replace("\\n", "\n")
            .replace("\\t", "\t")
            .replace("\\r", "\r")
            .replace("\\\\", "\\");
        let command = words(command);
        let (tool, args) = command.split_first().expect("a tool");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let expected = outcome(Command::new(tool), &args, &root, &stdin);
        let found = outcome(toolbox(tool), &args, &root, &stdin);
        gaps += usize::from(gap);
        match (gap, found == expected) {
            (true, true) => wrong.push(format!("no gap any more: {line}")),
            (false, false) => wrong.push(format!("{line}{}", difference(&found, &expected))),
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} lines:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(gaps, KNOWN_GAPS, "known gaps");
}

#[test]
fn no_message_shows_its_name() {
    let scratch = Scratch::new("ids");
    let text = |name: &str| get_embedded_locale(&format!("{name}/en-US.ftl")).unwrap_or_default();
    for applet in APPLETS.iter().filter(|applet| applet.name != "yes") {
        let texts = [applet.name, "uucore", "uucore-errors", "checksum_common"].map(text);
        for args in [
            &["--help"][..],
            &["--no-such-option"],
            &["nofile"],
            &["-", "-", "-"],
            &["--version"],
        ] {
            let found = answer(toolbox(applet.name), args, &scratch.0, &[], "");
            let shown = [found.stdout, found.stderr].concat();
            let ids = texts
                .iter()
                .flat_map(|text| text.lines())
                .filter_map(|line| line.split_once(" ="));
            for (id, _) in ids.filter(|(id, _)| !id.starts_with([' ', '#'])) {
                assert!(
                    !shown.contains(id),
                    "{} {args:?} shows {id}: {shown}",
                    applet.name
                );
            }
        }
    }
}

/// One line of a file that is to be sorted.
fn random_line(dice: &mut Dice) -> String {
    let pieces = [
        "a", "B", "b", "é", " ", "  ", "\t", ",", ",", "-", ".", "1", "2", "10", "007", "1e3",
        "2K", "1M", "-5", "0.5", "Jan", "feb", "x1.9", "x1.10", "~", "_", "A-b", "\u{1}", "0x1f",
        "nan",
    ];
    (0..dice.below(6)).map(|_| dice.pick(&pieces)).collect()
}

#[test]
fn random_keys_sort_as_gnu_sorts_them() {
    if !is_gnu("sort") {
        return;
    }
    let scratch = Scratch::new("sort");
    let mut dice = Dice(7);
    for _ in 0..400 {
        let lines: Vec<String> = (0..dice.below(40))
            .map(|_| random_line(&mut dice))
            .collect();
        file(scratch.0.join("in"), lines.join("\n").as_bytes(), 0o644);
        let mut args: Vec<String> = vec!["in".into()];
        for option in ["-r", "-u", "-s", "-b", "-t,", "-f", "-z", "-c"] {
            if dice.below(5) == 0 {
                args.push(option.into());
            }
        }
        if dice.below(3) == 0 {
            args.push(format!(
                "-{}",
                dice.pick(&["n", "g", "h", "M", "V", "d", "i"])
            ));
        }
        for _ in 0..dice.below(3) {
            let letters = [
                "", "n", "r", "b", "f", "V", "h", "M", "g", "d", "i", "nr", "bf",
            ];
            let start = format!(
                "-k{}.{}{}",
                1 + dice.below(3),
                1 + dice.below(3),
                dice.pick(&letters)
            );
            let end = format!(
                ",{}.{}{}",
                1 + dice.below(3),
                dice.below(3),
                dice.pick(&["", "b"])
            );
            args.push(if dice.below(2) == 0 {
                start
            } else {
                start + &end
            });
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let expected = answer(Command::new("sort"), &args, &scratch.0, &[], "");
        let found = answer(toolbox("sort"), &args, &scratch.0, &[], "");
        assert_eq!(found, expected, "sort {args:?} of {lines:?}");
    }
}

#[test]
fn random_bytes_are_counted_cut_and_encoded_as_gnu_does() {
    if !is_gnu("wc") {
        return;
    }
    let scratch = Scratch::new("bytes");
    let mut dice = Dice(11);
    let cases: &[(&str, &[&str])] = &[
        ("wc", &["-lwmcL", "in"]),
        ("wc", &["in", "in"]),
        ("cut", &["-b2-4,7", "--output-delimiter=:", "in"]),
        ("cut", &["-d,", "-f2,4-", "in"]),
        ("cut", &["-d,", "-sf1-2", "--complement", "in"]),
        ("base64", &["-w", "7", "in"]),
        ("base64", &["-d", "in"]),
        ("base64", &["-di", "in"]),
    ];
    for _ in 0..60 {
        let pieces = [
            "a", " ", ",", "\n", "é", "日", "\u{a0}", "\u{ad}", "\u{301}", "\t", "\r", "\u{b}",
            "=", "aGk=",
        ];
        let mut bytes = Vec::new();
        for _ in 0..dice.below(60) {
            match dice.below(8) {
                0 => bytes.push(u8::try_from(dice.below(256)).expect("a byte")),
                _ => bytes.extend_from_slice(dice.pick(&pieces).as_bytes()),
            }
        }
        file(scratch.0.join("in"), &bytes, 0o644);
        for (tool, args) in cases {
            let expected = answer(Command::new(tool), args, &scratch.0, &[], "");
            let found = answer(toolbox(tool), args, &scratch.0, &[], "");
            assert_eq!(found, expected, "{tool} {args:?} of {bytes:?}");
        }
    }
}
