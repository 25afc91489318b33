//! `mv`, `ln` and `rm` leave the same files behind as GNU's, with the same words; `mv` between file systems, too.

mod files;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use files::{Answer, Dice, Scratch, answer, directory, file, is_gnu, link, toolbox, written_at};

/// A directory in memory, which is on another device than the temporary directory on most machines.
struct Elsewhere(PathBuf);

impl Elsewhere {
    fn new(tool: &str) -> Self {
        let memory = PathBuf::from("/dev/shm");
        let parent = Some(memory).filter(|path| path.is_dir());
        let parent = parent.unwrap_or_else(std::env::temp_dir);
        Self(parent.join(format!("toolbox-{tool}-elsewhere-{}", std::process::id())))
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn make_trees(root: &Path, elsewhere: &Path) {
    for tree in [root, elsewhere] {
        let _ = fs::remove_dir_all(tree);
    }
    for name in ["d/s", "e", "n"] {
        directory(root.join(name), 0o755);
    }
    for name in ["e/x", "m", "n"] {
        directory(elsewhere.join(name), 0o755);
    }
    for (name, mode) in [
        ("a", 0o700),
        ("b", 0o644),
        ("d/x", 0o4755),
        ("d/s/y", 0o444),
        ("e/x", 0o600),
    ] {
        file(root.join(name), name.as_bytes(), mode);
        written_at(root.join(name), 1_600_000_000);
    }
    file(elsewhere.join("b"), b"other", 0o644);
    for (from, to) in [("a", "h"), ("d/x", "d/hx")] {
        fs::hard_link(root.join(from), root.join(to)).expect("a hard link");
    }
    for (seconds, target, name) in [
        (1_600_000_000, "a", "l"),
        (1_500_000_000, "nope", "br"),
        (1_700_000_000, "d", "ld"),
        (1_600_000_000, "../x", "d/s/up"),
    ] {
        link(seconds, target, root.join(name));
    }
    link(1_600_000_000, "b", elsewhere.join("l"));
    directory(root.join("d/s"), 0o555);
}

fn snapshot(root: &Path, lines: &mut Vec<String>) {
    for entry in fs::read_dir(root).expect("a directory") {
        let path = entry.expect("an entry").path();
        let metadata = fs::symlink_metadata(&path).expect("its status");
        let mut line = format!("{} {:o}", path.display(), metadata.mode());
        if metadata.is_dir() {
            snapshot(&path, lines);
        } else if metadata.is_symlink() {
            let target = fs::read_link(&path).expect("a link");
            line += &format!(
                " {} -> {}",
                metadata.mtime_nsec() == 123_456_789,
                target.display()
            );
        } else {
            let content = fs::read(&path).expect("its content");
            line += &format!(
                " {} {} {content:?}",
                metadata.nlink(),
                metadata.mtime_nsec() == 123_456_789
            );
        }
        lines.push(line);
    }
}

/// What a run answered and left behind. The order of a directory is the system's, so lines are sorted.
fn outcome(
    command: Command,
    args: &[&str],
    root: &Path,
    elsewhere: &Path,
    stdin: &str,
) -> (Answer, Vec<String>) {
    make_trees(root, elsewhere);
    let mut found = answer(command, args, root, &[], stdin);
    for text in [&mut found.stdout, &mut found.stderr] {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        *text = lines.join("\n");
    }
    let mut lines = Vec::new();
    for tree in [root, elsewhere] {
        snapshot(tree, &mut lines);
    }
    lines.sort_unstable();
    (found, lines)
}

/// Runs a tool with the arguments that are given, and with an answer to what it asks.
fn compare_lines(tool: &str, lines: &[(&str, &str)]) {
    if !is_gnu(tool) {
        return;
    }
    let scratch = Scratch::new(&format!("{tool}-lines"));
    let (root, elsewhere) = (scratch.0.join("tree"), scratch.0.join("elsewhere"));
    for (line, stdin) in lines {
        let args: Vec<&str> = line.split_whitespace().collect();
        let expected = outcome(Command::new(tool), &args, &root, &elsewhere, stdin);
        let found = outcome(toolbox(tool), &args, &root, &elsewhere, stdin);
        assert_eq!(found, expected, "{tool} {line}");
    }
}

#[test]
fn what_stays_of_a_directory_decides_what_is_asked() {
    compare_lines(
        "rm",
        &[
            ("-ri e", "y\nn\ny\n"),
            ("-ri e", "y\nn\nn\n"),
            ("-ri d/s n", "y\ny\nn\nn\ny\n"),
            ("-ri d", "y\ny\ny\nn\ny\ny\ny\n"),
            ("-ri d", "y\ny\ny\nn\nn\nn\nn\ny\n"),
            ("-ri d", "y\nn\nn\ny\ny\ny\n"),
            ("-ri d", "y\nn\nn\nn\ny\ny\n"),
        ],
    );
}

#[test]
fn what_was_made_a_moment_ago_is_guarded_as_gnu_does() {
    let lines = [
        "-f h h n",
        "-i h h n",
        "-b h h n",
        "-fb h h n",
        "-fi h h n",
        "-sf h h n",
        "h h n",
        "-f d/x e/x d/hx e",
        "-f --backup=numbered h h n",
    ];
    compare_lines("ln", &lines.map(|line| (line, "y\ny\n")));
    let lines = ["d d ld", "d/ e d ld", "d d e", "-b h a n", "a h a n"];
    compare_lines("mv", &lines.map(|line| (line, "")));
}

/// Runs a tool with random arguments; a destination that begins with a slash is elsewhere.
fn compare(tool: &str, options: &[&str], destinations: &[&str], seed: u64) {
    if !is_gnu(tool) {
        return;
    }
    let elsewhere = Elsewhere::new(tool);
    let scratch = Scratch::new(tool);
    let root = scratch.0.join("tree");
    let there = elsewhere.0.display().to_string();
    let sources = [
        "a", "h", "b", "d", "d/x", "d/hx", "d/s", "e", "e/x", "l", "br", "ld", "nope", "d/",
    ];
    let mut dice = Dice(seed);
    for _ in 0..120 {
        let mut args: Vec<&str> = (0..dice.below(4)).map(|_| dice.pick(options)).collect();
        for _ in 0..=dice.below(3) {
            args.push(dice.pick(&sources));
        }
        let mut destination = dice.pick(destinations).to_owned();
        // GNU's tools hold the target open, even when they move its name away.
        if args.contains(&destination.as_str()) {
            continue;
        }
        if destination.starts_with('/') {
            destination.insert_str(0, &there);
        }
        args.push(&destination);
        let stdin = ["", "y\ny\n", "n\ny\n"][dice.below(3)];
        let expected = outcome(Command::new(tool), &args, &root, &elsewhere.0, stdin);
        let found = outcome(toolbox(tool), &args, &root, &elsewhere.0, stdin);
        assert_eq!(found, expected, "{tool} {args:?}");
    }
}

#[test]
fn moves_within_and_between_file_systems_are_those_of_gnu() {
    let options = [
        "-v",
        "-v",
        "-b",
        "-T",
        "-n",
        "-f",
        "-i",
        "-u",
        "--backup=numbered",
    ];
    let within = ["n", "e", "b", "l", "ld", "br", "new", "nodir/x", "b/x"];
    compare("mv", &options, &within, 5);
    let between = ["/m", "/n", "/e", "/b", "/new", "/nodir/x", "/b/x", "/l"];
    compare("mv", &options, &between, 7);
}

#[test]
fn links_are_those_of_gnu() {
    let options = [
        "-s", "-s", "-f", "-i", "-v", "-n", "-r", "-T", "-L", "-P", "-b",
    ];
    let within = [
        "n", "e", "b", "h", "l", "ld", "br", "new", "nodir/x", "b/x", "d/x", ".",
    ];
    compare("ln", &options, &within, 11);
}

#[test]
fn removals_are_those_of_gnu() {
    let options = [
        "-r",
        "-r",
        "-f",
        "-d",
        "-v",
        "-i",
        "-I",
        "--one-file-system",
    ];
    compare("rm", &options, &["n", "d/s/up", "l", "ld", "d/."], 13);
}

#[test]
fn a_deep_tree_is_removed() {
    let scratch = Scratch::new("rm-deep");
    let deep: PathBuf = std::iter::once("top").chain(["d"; 1500]).collect();
    fs::create_dir_all(scratch.0.join(deep)).expect("a deep directory");
    let found = answer(toolbox("rm"), &["-r", "top"], &scratch.0, &[], "");
    assert_eq!((found.stderr.as_str(), found.status), ("", Some(0)));
    assert!(!scratch.0.join("top").exists());
}
