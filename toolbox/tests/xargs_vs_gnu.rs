//! `xargs` builds the command lines of GNU's, with the same words and statuses.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use files::{Answer, Dice, Scratch, answer, file, toolbox};

fn is_here() -> bool {
    let version = Command::new("xargs").arg("--version").output();
    let found = version.is_ok_and(|output| output.stdout.starts_with(b"xargs (GNU findutils) 4.9"));
    if !found {
        eprintln!("xargs of GNU findutils 4.9 is not here: nothing to compare with");
    }
    found
}

fn compare(args: &[&str], stdin: &str, scratch: &Scratch) {
    let run = |command| answer(command, args, &scratch.0, &[], stdin);
    let (found, expected) = (run(toolbox("xargs")), run(Command::new("xargs")));
    let input: String = stdin.chars().take(200).collect();
    assert_eq!(found, expected, "xargs {args:?} of {input:?}");
}

/// Command lines, each with inputs.
const LINES: &[(&[&str], &[&str])] = &[
    (
        &[],
        &[
            "",
            "a b\n",
            "a 'b\n",
            "a \"b",
            "_\nb\n",
            "a\\",
            "\"a\nb\"\n",
            "   ",
            "a\0b c\0d\n",
        ],
    ),
    (
        &["-n1", "echo", "-"],
        &[
            "a \"b c\" d\\\\ e\n",
            "\"\" a\n",
            "a\"b c\"d e",
            "a\tb\x0bc\x0cd\re",
            "a\\\nb\n",
            "",
            "a 'b",
        ],
    ),
    (&["-r"], &["", " \n", "a"]),
    (&["-r", "echo", "x"], &["", "a"]),
    (
        &["-I{}", "echo", "[{}]"],
        &[
            "",
            "  a b  \n\nq\n",
            "a 'b  c' \"d\" \\e\n",
            "   ",
            "a  \n",
            "''\n",
            "a b \n c\n",
            "  'a  '  \n",
        ],
    ),
    (&["-I{}", "{}", "hi", "{}", "x{}y{}"], &["echo\n"]),
    (&["-I", "", "echo", "b"], &["a\n"]),
    (&["-i", "echo", "{}"], &["a b\nc"]),
    (&["-iX", "echo", "aXbX"], &["a b\nc"]),
    (
        &["-L1", "echo"],
        &["a b \nc\nd\n", "a\n\nb\n  \nc\n", "", "\n\n", "a\t\nb", "a"],
    ),
    (
        &["-L2", "echo"],
        &["a\n\nb\nc\n", "a b\n", "1\n2\n3\n4\n5\n"],
    ),
    (&["-l"], &["a\nb"]),
    (&["-l2"], &["a\nb\nc"]),
    (&["-E", "X"], &["a b\nX\nc\n", "a X b\n", "X\n"]),
    (&["-eX"], &["X\nb\n"]),
    (&["-e"], &["X\nb\n"]),
    (&["-0", "-E", "X"], &["a\0X\0"]),
    (&["-I{}", "-E", "X", "echo", "[{}]"], &["a X\nX\nb"]),
    (
        &["-d,", "-n1", "echo", "-"],
        &["a,b,,c", "a,b,,c,", ",", "", "a 'b,c\\d"],
    ),
    (&["-d", "\\x2c"], &["a,b"]),
    (&["-d", "\\054"], &["a,b"]),
    (&["-d", "\\n"], &["a b\nc d\n"]),
    (&["-d", "\\n", "-L1", "echo"], &["a\nb"]),
    (&["-d", "\\n", "-I{}", "echo", "[{}]"], &["a\nb c"]),
    (&["-d", "xy"], &["ab"]),
    (&["-d", "\\q"], &["ab"]),
    (&["-d", ""], &["ab"]),
    (&["-d", "\\400"], &["ab"]),
    (&["-d", "\\x100"], &["ab"]),
    (&["-d", "\\08"], &["ab"]),
    (&["-0", "-n1", "echo", "-"], &["a\0b\0\0c", "a b\nc\0d"]),
    (&["-0", "-I{}", "echo", "[{}]"], &["a b\nc\0d"]),
    (&["-n", "x"], &["a"]),
    (&["-n", "0"], &["a"]),
    (&["-n", "-1"], &["a"]),
    (&["-n1x"], &["a"]),
    (&["-n"], &["a"]),
    (&["-n", "+2", "echo"], &["a b c"]),
    (&["-n", "99999999999999999999", "echo"], &["a b c"]),
    (&["--max-args=2"], &["a b c"]),
    (&["--max-a=2"], &["a b c"]),
    (&["-L", "0"], &["a"]),
    (&["-l0"], &["a"]),
    (&["-P", "x"], &["a"]),
    (&["-P", "-1"], &["a"]),
    (&["-P9999999999"], &["a"]),
    (&["-s", "x"], &["a"]),
    (&["-s", "-1"], &["a"]),
    (&["--foo"], &["a"]),
    (&["-y"], &["a"]),
    (&["-E"], &["a"]),
    (&["-n1", "-I{}", "echo", "{}"], &["a b"]),
    (&["-n2", "-I{}", "echo", "{}"], &["a b"]),
    (&["-I{}", "-n1", "echo", "{}"], &["a b"]),
    (&["-I{}", "-n2", "echo", "{}"], &["a b"]),
    (&["-I{}", "-L1", "echo", "{}"], &["a b"]),
    (&["-I{}", "-l1", "echo", "{}"], &["a b"]),
    (&["-L1", "-I{}", "echo", "{}"], &["a b"]),
    (&["-L1", "-I{}", "-n2", "echo", "{}"], &["a b\nc d"]),
    (&["-L1", "-n1"], &["a b"]),
    (&["-n1", "-L1"], &["a b"]),
    (&["-n2", "-x", "-L1", "echo"], &["a b c"]),
    (&["-t", "echo"], &["a \"b c\" é $x \"it's\" ''"]),
    (&["-t", "-I{}", "sh", "-c", "echo {} \"x\""], &["a"]),
    (&["-tn1"], &["a b"]),
    (&["-n1", "sh", "-c", "exit 3"], &["a b"]),
    (&["-n1", "sh", "-c", "echo $0; exit 255"], &["a b"]),
    (&["-n1", "sh", "-c", "echo $0; kill -TERM $$"], &["a b"]),
    (&["-n1", "sh", "-c", "exit 254"], &["a b"]),
    (&["sh", "-c", "exit 127"], &["a b"]),
    (&["-n1", "sh", "-c", "test $0 = b"], &["a b"]),
    (&["-n1", "no-such-program"], &["a b"]),
    (&["-n1", "./no/such"], &["a b"]),
    (&["-n1", "/"], &["a b"]),
    (&["-P2", "-n1", "sh", "-c", "exit 255"], &["a"]),
    (&["-P2", "-n1", "sh", "-c", "exit 1"], &["a b c d"]),
    (&["-P2", "-n1", "sh", "-c", "kill -9 $$"], &["a"]),
    (&["-P2", "-n1", "no-such-program"], &["a"]),
    (&["-P0", "-n1", "true"], &["a b c d e"]),
    (
        &["-s", "12", "echo"],
        &[
            "aaaa bbbb cccc",
            "aa bbbbbbbbbbbb cc",
            "aaaaaa",
            "aaaaaaa",
            "a b c d e f g",
        ],
    ),
    (&["-s", "8", "echo"], &["aaaaaaaa", "aa", "aaa"]),
    (&["-s", "5"], &["a"]),
    (&["-s", "1"], &["a"]),
    (&["-x", "-s", "10", "-n3", "echo"], &["aa bbbb cc"]),
    (&["-s", "10", "-n3", "echo"], &["aa bbbb cc"]),
    (&["-x", "-s", "10", "echo"], &["aa bbbb cc"]),
    (
        &["-s", "8", "-I{}", "echo", "{}"],
        &["aaaaaaaaaa", "aaa", "aa"],
    ),
    (&["-s", "12", "-L1", "echo"], &["aa bbbb cc\ndd"]),
    (
        &["-a", "items", "sh", "-c", "cat; echo $0 $@"],
        &["input\n"],
    ),
    (&["-a", "nope"], &["z"]),
    (&["--arg-file"], &["z"]),
    (&["cat"], &["items"]),
    (&["sh", "-c", "cat; echo $0"], &["z y"]),
    (
        &["--process-slot-var=S", "-n1", "sh", "-c", "echo $S $0"],
        &["a b"],
    ),
    (&["--process-slot-var=S=1"], &["a"]),
    (&["--", "echo", "-n1"], &["a b"]),
    (&["--verbose", "--exit", "--null", "echo"], &["a"]),
    (&["-p", "echo"], &["a"]),
    (&["", "x"], &["a"]),
    (&["env", "-i", "A=1", "sh", "-c", "echo $A $0"], &["x"]),
];

#[test]
fn command_lines_are_those_of_gnu() {
    if !is_here() {
        return;
    }
    let scratch = Scratch::new("xargs");
    file(scratch.0.join("items"), b"one two\nthree\n", 0o644);
    for (args, inputs) in LINES {
        // With a terminal, GNU's xargs would ask there.
        if args.contains(&"-p") && std::fs::File::open("/dev/tty").is_ok() {
            continue;
        }
        for stdin in *inputs {
            compare(args, stdin, &scratch);
        }
    }
}

#[test]
fn long_inputs_are_cut_where_gnu_cuts_them() {
    if !is_here() {
        return;
    }
    let scratch = Scratch::new("xargs-long");
    // From a file, as the output comes before all of the input is read.
    let numbers: String = (1..60_000).map(|number| format!("{number}\n")).collect();
    file(scratch.0.join("numbers"), numbers.as_bytes(), 0o644);
    for options in [&[][..], &["-n", "7000"], &["-s", "9000"], &["-s", "131073"]] {
        compare(&[&["-a", "numbers"], options].concat(), "", &scratch);
    }
    for length in [131_060, 131_066, 131_067, 131_068, 131_072, 131_080] {
        file(scratch.0.join("long"), "a".repeat(length).as_bytes(), 0o644);
        compare(&["-a", "long", "echo"], "", &scratch);
    }
}

#[test]
fn random_inputs_are_taken_apart_as_gnu_does() {
    if !is_here() {
        return;
    }
    let scratch = Scratch::new("xargs-random");
    let mut dice = Dice(17);
    let pieces = [
        "a", "b", " ", " ", "\n", "\n", "\t", "'", "\"", "\\", "X", "{}", "é", "''", "\"\"", ",",
    ];
    let options = [
        "-n2", "-L1", "-L2", "-I{}", "-d,", "-d\\n", "-EX", "-r", "-x", "-s20", "-s9", "-t",
    ];
    for _ in 0..250 {
        let stdin: String = (0..dice.below(25)).map(|_| dice.pick(&pieces)).collect();
        let mut args: Vec<&str> = (0..dice.below(3)).map(|_| dice.pick(&options)).collect();
        args.extend(["printf", "<{}%s>"]);
        compare(&args, &stdin, &scratch);
    }
}

#[test]
fn a_command_starts_when_its_arguments_are_there() {
    let mut child = toolbox("xargs")
        .args(["-n1", "echo"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("xargs starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    for word in ["one\n", "two\n"] {
        stdin.write_all(word.as_bytes()).expect("it reads");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it prints");
        assert_eq!(line, word);
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn several_commands_run_at_one_time() {
    let scratch = Scratch::new("xargs-parallel");
    // The first waits for what only the second does, and each knows its slot.
    let script = "case $0 in a) mkfifo f; read x <f; echo got $x;; \
                  b) while ! test -p f; do :; done; echo $SLOT >f;; esac";
    let args = ["-P2", "-n1", "--process-slot-var=SLOT", "sh", "-c", script];
    let found = answer(toolbox("xargs"), &args, &scratch.0, &[], "a b");
    let expected = Answer {
        stdout: "got 1\n".into(),
        stderr: String::new(),
        status: Some(0),
    };
    assert_eq!(found, expected);
}
