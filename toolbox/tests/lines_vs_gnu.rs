//! Command lines of `lines/*.txt`, run by bash once with our tools and once with those of the system, answer alike.
//!
//! A line behind `~` is a known gap: it must differ, and is counted. A line behind `#` is a comment.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use files::{Scratch, directory, file, is_gnu, link, written_at};
use toolbox::applets::APPLETS;

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
    ("tabs", b"a\tb\tc\n1\t2\t3\nonly\n\tx\t\ty\n"),
    ("dup", b"a\na\nb\nA\nb\nb\n"),
    ("csv", b"x,3,foo\ny,1,bar\nz,2,baz\n"),
    (
        "lines",
        b"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n",
    ),
    ("nul", b"a\0b\n\0c\0"),
    ("d/one", b"1\n"),
    ("d/sub/two", b"2\n"),
    ("sp name", b"q\n"),
];

/// Below `root`: `tree`, which the lines run in, and `bin` with our tools.
struct Place {
    tree: PathBuf,
    bin: PathBuf,
    clean: Vec<String>,
}

impl Place {
    fn new(root: &Path) -> Self {
        let (tree, bin) = (root.join("tree"), root.join("bin"));
        fs::create_dir_all(&bin).expect("a directory");
        for applet in APPLETS {
            symlink(env!("CARGO_BIN_EXE_toolbox"), bin.join(applet.name)).expect("a link");
        }
        make_tree(&tree);
        let clean = snapshot(&tree);
        Self { tree, bin, clean }
    }

    /// What a line prints, how it ends, and what it leaves; the tree is new afterwards.
    fn run(&self, line: &str, ours: bool) -> Outcome {
        let system = std::env::var("PATH").unwrap_or_default();
        let path = match ours {
            true => format!("{}:{system}", self.bin.display()),
            false => system,
        };
        let script = format!("enable -n printf echo pwd test [ kill true false; {line}");
        // A line that hangs fails, and does not hold up the others.
        let output = Command::new("/usr/bin/timeout")
            .args(["10", "bash", "-c", &script])
            .current_dir(&self.tree)
            .env_clear()
            .env("PATH", path)
            .envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC")])
            .envs([("HOME", "/home/agent"), ("USER", "agent")])
            .stdin(Stdio::null())
            .output()
            .expect("timeout starts");
        let files = snapshot(&self.tree);
        let changed = files != self.clean;
        if changed {
            make_tree(&self.tree);
        }
        Outcome {
            stdout: shown(&output.stdout),
            stderr: shown(&output.stderr),
            status: output.status.into_raw(),
            files: if changed { files } else { Vec::new() },
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    stdout: String,
    stderr: String,
    status: i32,
    files: Vec<String>,
}

fn shown(bytes: &[u8]) -> String {
    bytes.utf8_chunks().fold(String::new(), |text, chunk| {
        format!("{text}{}{}", chunk.valid(), chunk.invalid().escape_ascii())
    })
}

fn make_tree(root: &Path) {
    let _ = fs::remove_dir_all(root);
    directory(root.join("d/sub"), 0o755);
    for (name, content) in FILES {
        file(root.join(name), content, 0o644);
        written_at(root.join(name), 1_600_000_000);
    }
    link(1_600_000_000, "a", root.join("link"));
    link(1_600_000_000, "nope", root.join("dang"));
    link(1_600_000_000, "d", root.join("dirlink"));
}

/// All files below a directory: name, mode, links, content, and times other than now.
fn snapshot(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    add_files(root, Path::new(""), &mut lines);
    lines.sort_unstable();
    lines
}

fn add_files(root: &Path, below: &Path, lines: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(below)) else {
        return;
    };
    for entry in entries {
        let path = below.join(entry.expect("an entry").file_name());
        let metadata = fs::symlink_metadata(root.join(&path)).expect("its status");
        let mut line = format!("{} {:o}", path.display(), metadata.mode());
        if metadata.is_dir() {
            add_files(root, &path, lines);
        } else if metadata.is_symlink() {
            let target = fs::read_link(root.join(&path)).expect("a link");
            line += &format!(" -> {}", target.display());
        } else if metadata.is_file() {
            let times = [metadata.atime(), metadata.mtime()];
            let times = times.map(|time| Some(time).filter(|time| *time < 1_700_000_000));
            let content = fs::read(root.join(&path)).unwrap_or_default();
            line += &format!(" {} {times:?} {}", metadata.nlink(), shown(&content));
        }
        lines.push(line);
    }
}

/// Runs the lines of a file, of which `gaps` are known to differ.
fn compare(name: &str, lines: &str, gaps: usize) {
    if !is_gnu("cat") {
        return;
    }
    let scratch = Scratch::new(&format!("lines-{name}"));
    let place = Place::new(&scratch.0);
    let (mut found_gaps, mut wrong) = (0, Vec::new());
    for line in lines
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (gap, line) = match line.strip_prefix("~ ") {
            Some(line) => (true, line),
            None => (false, line),
        };
        let (ours, theirs) = (place.run(line, true), place.run(line, false));
        found_gaps += usize::from(gap);
        match (gap, ours == theirs) {
            (true, true) => wrong.push(format!("no gap any more: {line}")),
            (false, false) => {
                wrong.push(format!("{line}\n ours {ours:?}\n GNU  {theirs:?}"));
            }
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} lines:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(found_gaps, gaps, "known gaps");
}

macro_rules! lines {
    ($($name:ident: $gaps:literal,)*) => {
        $(#[test]
        fn $name() {
            compare(stringify!($name), include_str!(concat!("lines/", stringify!($name), ".txt")), $gaps);
        })*
    };
}

// Each file of lines, and how many of its lines are known gaps. Fewer are better.
lines! {
    chmod: 0,
    find_names: 0,
    hexdump: 2,
    od: 0,
    paths: 0,
    printf: 0,
    seq: 0,
    small: 1,
    sums: 2,
    system: 0,
    tee: 0,
    text: 4,
    tr: 0,
    xxd: 0,
}
