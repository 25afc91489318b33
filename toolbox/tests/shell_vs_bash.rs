//! Lines of `shell/*.txt` do in our shell what they do in bash: output, messages and status are the same.
//!
//! A line behind `~` is a known gap: it must differ, and is counted. A line behind `#` is a comment. `w` shows its arguments.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use files::{Scratch, directory, file};

/// What a line may use without saying it.
const PRELUDE: &str = "w() { printf '%s:' $#; [ $# -eq 0 ] || printf '<%s>' \"$@\"; echo; }; ";

/// What a line printed, said, and how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    stdout: String,
    stderr: String,
    status: i32,
}

/// How a script is given to a shell.
#[derive(Clone, Copy)]
enum Way {
    Argument,
    File,
}

fn run(shell: &Path, line: &str, directory: &Path, way: Way) -> Outcome {
    let script = format!("{PRELUDE}{line}");
    // A line that hangs fails, and does not hold up the others.
    let mut command = Command::new("/usr/bin/timeout");
    command.arg("20").arg(shell);
    match way {
        Way::Argument => command.args(["-c", &script, "bash", "A", "B b"]),
        Way::File => {
            let path = directory.with_extension("sh");
            file(path.clone(), script.as_bytes(), 0o644);
            command.arg(path)
        }
    };
    let output = command
        .current_dir(directory)
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("LC_ALL", "C.UTF-8"),
            ("HOME", "/root"),
            // Programs get it, and scripts do not see it.
            ("no-name", "1"),
        ])
        .stdin(Stdio::null())
        .output()
        .expect("timeout starts");
    // Bash names the source of functions that come from no file, where we name the shell.
    let stderr = shown(&output.stderr).replace("environment: line", "bash: line");
    Outcome {
        stdout: shown(&output.stdout),
        stderr: stderr.replace("bash: -c: line", "bash: line"),
        status: output.status.into_raw(),
    }
}

fn shown(bytes: &[u8]) -> String {
    bytes.utf8_chunks().fold(String::new(), |text, chunk| {
        format!("{text}{}{}", chunk.valid(), chunk.invalid().escape_ascii())
    })
}

fn make_tree(root: &Path) {
    for name in ["d/e/f", "d/.h", "sub"] {
        directory(root.join(name), 0o755);
    }
    let names = [
        "ab",
        "a\\b",
        "a.c",
        "b.c",
        ".hid",
        "x y",
        "[z]",
        "q*",
        "d/1.c",
        "d/e/2.c",
        "d/e/f/3.c",
        "d/.h/4.c",
        "sub/s.c",
    ];
    for name in names {
        file(root.join(name), b"", 0o644);
    }
    symlink("d", root.join("lnk")).expect("a link");
    symlink("/nonexistent", root.join("broken")).expect("a link");
    symlink("e", root.join("d/le")).expect("a link");
}

/// The bash that is our specification, if this machine has it.
fn bash() -> Option<PathBuf> {
    let bash = PathBuf::from("/usr/bin/bash");
    let version = Command::new(&bash).arg("--version").output().ok()?;
    let is_right = version
        .stdout
        .starts_with(b"GNU bash, version 5.2.15(1)-release");
    is_right.then_some(bash)
}

/// Runs the lines of a file, of which `gaps` are known to differ, in both shells.
fn compare(name: &str, lines: &str, gaps: usize) {
    let Some(bash) = bash() else {
        return;
    };
    let scratch = Scratch::new(&format!("shell-{name}"));
    let (ours, tree) = prepare(&scratch);
    let (mut found_gaps, mut wrong) = (0, Vec::new());
    for line in lines
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (gap, line) = match line.strip_prefix("~ ") {
            Some(line) => (true, line),
            None => (false, line),
        };
        let run = |shell| run(shell, line, &tree, Way::Argument);
        let (ours, theirs) = (run(&ours), run(&bash));
        found_gaps += usize::from(gap);
        match (gap, ours == theirs) {
            (true, true) => wrong.push(format!("no gap any more: {line}")),
            (false, false) => {
                wrong.push(format!("{line}\n ours {ours:?}\n bash {theirs:?}"));
            }
            _ => {}
        }
    }
    assert_none(&wrong);
    assert_eq!(found_gaps, gaps, "known gaps");
}

/// Makes the tree, and a bash of ours beside it.
fn prepare(scratch: &Scratch) -> (PathBuf, PathBuf) {
    let tree = scratch.0.join("tree");
    make_tree(&tree);
    let ours = scratch.0.join("bash");
    symlink(env!("CARGO_BIN_EXE_toolbox"), &ours).expect("a link");
    (ours, tree)
}

fn assert_none(wrong: &[String]) {
    let all = wrong.join("\n");
    assert!(wrong.is_empty(), "{} lines:\n{all}", wrong.len());
}

/// What each error ends: the command, the line, the text of `eval` and of `-c`, or the shell.
#[test]
fn errors() {
    let Some(bash) = bash() else {
        return;
    };
    let scratch = Scratch::new("shell-errors");
    let (ours, tree) = prepare(&scratch);
    let mut wrong = Vec::new();
    for line in include_str!("shell/errors.txt").lines() {
        for before in ["", "set -e; "] {
            let text = format!("{before}{line}; echo x $?\necho y $?");
            let quoted = text.replace('\'', "'\\''");
            let evaluated = format!("eval '{quoted}'\necho z $?");
            for (text, way) in [
                (&text, Way::Argument),
                (&text, Way::File),
                (&evaluated, Way::File),
            ] {
                let outcome = |shell| {
                    let outcome = run(shell, text, &tree, way);
                    (outcome.stdout, outcome.status)
                };
                let (ours, theirs) = (outcome(&ours), outcome(&bash));
                if ours != theirs {
                    wrong.push(format!("{text}\n ours {ours:?}\n bash {theirs:?}"));
                }
            }
        }
    }
    assert_none(&wrong);
}

macro_rules! lines {
    ($($name:ident: $gaps:literal,)*) => {
        $(#[test]
        fn $name() {
            compare(stringify!($name), include_str!(concat!("shell/", stringify!($name), ".txt")), $gaps);
        })*
    };
}

// Each file of lines, and how many of its lines are known gaps. Fewer are better.
lines! {
    arithmetic: 2,
    builtins: 0,
    commands: 5,
    expansions: 6,
    functions: 0,
    globs: 0,
    parsing: 9,
    traps: 4,
    variables: 1,
}
