//! `cp` leaves the same files behind as GNU cp, with the same words.

mod files;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use files::{Answer, Dice, Scratch, answer, directory, file, is_gnu, link, toolbox, written_at};

fn make_tree(root: &Path) {
    let _ = fs::remove_dir_all(root);
    for name in ["d/s", "d/empty", "e/d", "e/b", "t"] {
        directory(root.join(name), 0o755);
    }
    for (name, content, mode, seconds) in [
        ("a", "hi\n", 0o644, 1_700_000_000),
        ("b", "yo\n", 0o755, 1_600_000_000),
        ("c", "old", 0o600, 1_500_000_000),
        ("it's", "q", 0o640, 1_500_000_000),
        ("d/x", "x", 0o711, 1_650_000_000),
        ("d/s/y", "yyy", 0o444, 1_650_000_000),
        ("e/a", "ea", 0o600, 1_400_000_000),
        ("e/x", "ex", 0o644, 1_900_000_000),
        ("t/f1", "1", 0o644, 1_650_000_000),
    ] {
        file(root.join(name), content.as_bytes(), mode);
        written_at(root.join(name), seconds);
    }
    for (from, to) in [("a", "h"), ("d/x", "d/hx")] {
        fs::hard_link(root.join(from), root.join(to)).expect("a hard link");
    }
    for (seconds, target, name) in [
        (1_600_000_000, "a", "l"),
        (1_500_000_000, "nowhere", "br"),
        (1_700_000_000, "d", "ld"),
        (1_600_000_000, "loop", "loop"),
        (1_600_000_000, "../x", "d/s/up"),
        (1_600_000_000, "nope", "d/brk"),
        (1_600_000_000, "a", "e/l"),
        (1_600_000_000, "zz", "e/br"),
    ] {
        link(seconds, target, root.join(name));
    }
    let sparse = fs::File::create(root.join("sparse")).expect("a file");
    sparse.set_len(300_000).expect("a hole");
    for name in ["sparse", "d/s", "d/empty", "d", "e", "t"] {
        written_at(root.join(name), 1_550_000_000);
    }
    directory(root.join("d/empty"), 0o555);
}

/// All files below a directory: kind, mode, names, content, and times other than now.
fn snapshot(root: &Path, below: &Path, lines: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(below)).expect("a directory") {
        let path = below.join(entry.expect("an entry").file_name());
        let metadata = fs::symlink_metadata(root.join(&path)).expect("its status");
        let time =
            Some(metadata.mtime()).filter(|time| *time < 1_750_000_000 || *time == 1_900_000_000);
        let content = if metadata.is_symlink() {
            fs::read_link(root.join(&path))
                .expect("a link")
                .display()
                .to_string()
        } else if metadata.is_file() {
            format!(
                "{} {:?}",
                metadata.nlink(),
                fs::read(root.join(&path)).expect("its content")
            )
        } else {
            snapshot(root, &path, lines);
            String::new()
        };
        lines.push(format!(
            "{} {:o} {time:?} {content}",
            path.display(),
            metadata.mode()
        ));
    }
}

/// What a run answered and left behind. The order of a directory is the system's, so lines are sorted.
fn outcome(command: Command, args: &[&str], root: &Path, stdin: &str) -> (Answer, Vec<String>) {
    make_tree(root);
    let mut found = answer(command, args, root, &[], stdin);
    for text in [&mut found.stdout, &mut found.stderr] {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        *text = lines.join("\n");
    }
    let mut lines = Vec::new();
    snapshot(root, Path::new(""), &mut lines);
    lines.sort_unstable();
    (found, lines)
}

fn check(args: &[&str], root: &Path, stdin: &str) {
    let expected = outcome(Command::new("cp"), args, root, stdin);
    let found = outcome(toolbox("cp"), args, root, stdin);
    assert_eq!(found, expected, "cp {args:?}");
}

#[test]
fn copies_and_refusals_are_those_of_gnu() {
    if !is_gnu("cp") {
        return;
    }
    let scratch = Scratch::new("cp-cases");
    let root = scratch.0.join("tree");
    let cases = "|a|nope b|d f|a a|a l|l a|a h|-f a h|-b a h|-l a h|--remove-destination a h|--remove-destination l a|\
        -b l a|-r d d/x|a b nodir|a b b|-t nodir a|-t b a|-T a d|-T d a|-rT d a|a e/|a nodir/|\
        a nodir/x|a b/|a/ e|-r e .|--parents d/x e -v|--parents nope/x e|--parents d/s/y e -v|--parents a e/nope|\
        -a d new|-rv d new/|-rv d e|-rLv d new|-rHv ld new|a d/x d/x e|a ./a h t|d/x e/x t|--force --backup -v a a|\
        -lv a b|-lf a b|-sfv a b|-ls a b|-s a new|-s a e/as|-s a l|-sf a l|-l l new|-lP l new|-p c new|c new|a br|\
        -f a br|a loop|-f a loop|loop x|-P loop x|br x|-b -S .o a b|-bv a b|--backup=numbered -v a b|--backup=zz a b|\
        --no-preserve=mode c n|--preserve=mode c b|--preserve=timestamps c n|--preserve=foo a b|--preserve=context a b|\
        --attributes-only c b|--attributes-only c n|-rp d e|-rp d/empty new|-u c b|-u a b|-x -r d n|-nr d e/|-ir d e|\
        -i a b|-in a b|-ni a b|-nb a b|it's n|-a sparse new|--sparse=always sparse new|--sparse=x a b|--reflink=x a b|\
        --reflink=auto a b|--archive l n|-dR --no-preserve=links d n|-t e -t t a|-rl d n|-rlP d n|-rs d n|-Tr d ld|\
        d br -rv|-r t l|-i d/x d -r|e/a e/x .|-tT e a|-t|-y a b|a b -T c|-rv --parents d/s e|-at e d ld l a h";
    for case in cases.split('|') {
        let args: Vec<&str> = case.split_whitespace().collect();
        check(&args, &root, "y\nn\ny\n");
    }
}

#[test]
fn options_combine_as_in_gnu() {
    if !is_gnu("cp") {
        return;
    }
    let scratch = Scratch::new("cp-combined");
    let root = scratch.0.join("tree");
    let options = [
        "-r",
        "-r",
        "-a",
        "-p",
        "-f",
        "-n",
        "-u",
        "-v",
        "-i",
        "-d",
        "-P",
        "-L",
        "-H",
        "-l",
        "-s",
        "-b",
        "--backup=numbered",
        "-T",
        "-x",
        "--preserve=mode",
        "--preserve=links",
        "--no-preserve=mode",
        "--sparse=always",
    ];
    let sources = [
        "a", "b", "c", "h", "l", "br", "d/x", "d/hx", "d/s", "e/a", "e/x", "t", "sparse", "nope",
        "it's", "t/f1",
    ];
    let destinations = ["e", "t", "new", "b", "ld", "e/new", "new/", "e/x"];
    let mut dice = Dice(3);
    for _ in 0..150 {
        let mut args = Vec::new();
        for _ in 0..dice.below(4) {
            args.push(dice.pick(&options));
        }
        for _ in 0..=dice.below(2) {
            args.push(dice.pick(&sources));
        }
        args.push(dice.pick(&destinations));
        check(&args, &root, ["", "y\ny\ny\ny\n", "n\ny\n"][dice.below(3)]);
    }
}

/// GNU's cp gives up where a directory meets its own copy; ours says the same and goes on with the rest.
#[test]
fn a_directory_is_not_copied_into_itself() {
    if !is_gnu("cp") {
        return;
    }
    let scratch = Scratch::new("cp-itself");
    let root = scratch.0.join("tree");
    for args in [["-r", "d", "d"], ["-r", "d", "d/sub"], ["-r", "d", "ld"]] {
        let (expected, _) = outcome(Command::new("cp"), &args, &root, "");
        let (found, left) = outcome(toolbox("cp"), &args, &root, "");
        assert_eq!(found, expected, "cp {args:?}");
        let copies = left.iter().filter(|line| line.contains("/y ")).count();
        assert_eq!(copies, 2, "cp {args:?}");
    }
}

#[test]
fn security_contexts_are_refused() {
    let scratch = Scratch::new("cp-context");
    let (found, _) = outcome(
        toolbox("cp"),
        &["-Z", "a", "b"],
        &scratch.0.join("tree"),
        "",
    );
    assert_eq!(
        (found.stderr.as_str(), found.status),
        ("cp: option '--context' is not supported", Some(1))
    );
}
