//! Guests that look for a way out of their mounts, or into those they may only read.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tempfile::TempDir;
use toolbox_abi::WaitStatus;

use crate::vfs::{DeviceFileSystem, Errno, HostDirectory, Mount, ProcessFileSystem};

use super::super::*;
use super::guests;
use super::harness::{Ended, LONG, Run, image};

/// The calls that `escape.wat` makes with each path; the first six only look.
const CALLS: usize = 20;
const LOOKS: usize = 6;
/// The last one starts a program in that directory, which need not be there: nothing is found in it.
const START: usize = CALLS - 1;

/// A directory of the host with two others that are mounted: `work`, and `read` to be read only.
struct Host(TempDir);

/// What is to be seen of a file: mode, links, time of its last change, and content.
type Seen = (u32, u64, i64, i64, Vec<u8>);

impl Host {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let host = Self(directory);
        for name in ["work", "read", "read/full", "outside"] {
            std::fs::create_dir(host.path(name)).expect("a directory can be made");
        }
        for name in [
            "secret",
            "outside/secret",
            "work/own",
            "read/file",
            "read/full/file",
        ] {
            std::fs::write(host.path(name), name).expect("a file can be made");
        }
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn link(&self, target: impl AsRef<Path>, name: &str) {
        symlink(target, self.path(name)).expect("a link can be made");
    }

    /// All that lies beneath some of its names.
    fn seen(&self, names: &[&str]) -> BTreeMap<PathBuf, Seen> {
        let mut all = BTreeMap::new();
        let mut pending: Vec<_> = names.iter().map(|name| self.path(name)).collect();
        while let Some(path) = pending.pop() {
            let metadata = std::fs::symlink_metadata(&path).expect("it is there");
            let mut content = Vec::new();
            if metadata.is_dir() {
                let entries = std::fs::read_dir(&path).expect("it can be read");
                pending.extend(entries.map(|entry| entry.expect("it can be read").path()));
            } else if metadata.is_file() {
                content = std::fs::read(&path).expect("it can be read");
            }
            let (mode, links) = (metadata.mode(), metadata.nlink());
            let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
            all.insert(path, (mode, links, seconds, nanoseconds, content));
        }
        all
    }

    /// A run in which both are mounted on a root that cannot be written.
    fn run(&self) -> Run {
        let mut run = Run::new(LONG);
        run.mounts[0].writable = false;
        for (name, writable) in [("work", true), ("read", false)] {
            let directory = HostDirectory::open(&self.path(name)).expect("it is there");
            run.mounts.push(Mount {
                point: format!("/{name}").into_bytes(),
                file_system: Arc::new(directory),
                writable,
            });
        }
        run.mounts.push(Mount {
            point: b"/dev".to_vec(),
            file_system: Arc::new(DeviceFileSystem::new()),
            writable: true,
        });
        run.mounts.push(Mount {
            point: b"/proc".to_vec(),
            file_system: Arc::new(ProcessFileSystem::new(1)),
            writable: false,
        });
        run
    }

    /// Makes every call with each path, looks whether all but `work` is as it was, and gives
    /// the answers to each path and what the guest has read.
    fn escape<P: AsRef<[u8]>>(&self, paths: &[P]) -> (Vec<Vec<u8>>, Vec<u8>) {
        let names = ["secret", "outside", "read"];
        let before = self.seen(&names);
        let mut run = self.run();
        run.args = paths.iter().map(|path| path.as_ref().to_vec()).collect();
        let Ended {
            end,
            stdout,
            stderr,
            ..
        } = run.go(&image(guests::ESCAPE));
        assert_eq!(end, Ok(WaitStatus::exited(0)));
        assert_eq!(self.seen(&names), before);
        assert_eq!(stdout.bytes.len(), paths.len() * CALLS);
        let answers = stdout.bytes.chunks(CALLS).map(<[u8]>::to_vec).collect();
        (answers, stderr.bytes)
    }

    /// As `escape`, when nothing may be read either, and all looks are answered by `errno`.
    fn refuse<P: AsRef<[u8]>>(&self, paths: &[P], errno: Errno) {
        let (answers, read) = self.escape(paths);
        assert_eq!(read, b"");
        for (path, answers) in paths.iter().zip(answers) {
            let path = String::from_utf8_lossy(&path.as_ref()[..path.as_ref().len().min(80)]);
            assert_eq!(answers[..LOOKS], [errno as u8; LOOKS], "{path}");
            assert!(!answers[..START].contains(&0), "{path}: {answers:?}");
        }
    }
}

#[test]
fn names_that_go_up_end_in_the_virtual_root() {
    let host = Host::new();
    let mut long = b"work/".to_vec();
    long.extend(b"../".repeat(200));
    long.extend(b"outside/secret");
    let paths: [&[u8]; 7] = [
        b"../outside/secret",
        b"work/../outside/secret",
        b"work/../../outside/secret",
        b"work/./.././../outside/secret",
        b"work//..//../outside//secret",
        b"../../../../../../../../../../outside/secret",
        &long,
    ];
    host.refuse(&paths, Errno::NotFound);
}

#[test]
fn links_that_lead_out_end_in_the_virtual_root() {
    let host = Host::new();
    host.link("../secret", "work/up");
    host.link(host.path("secret"), "work/absolute");
    host.link("..", "work/parent");
    host.link("/", "work/root");
    host.link("parent/outside", "work/chain");
    host.link("../work/../../outside/secret", "work/winding");
    std::fs::create_dir(host.path("work/deep")).expect("a directory can be made");
    host.link("../../outside", "work/deep/up");
    let outside = host.path("secret");
    let absolute = outside.as_os_str().as_bytes();
    let paths: [&[u8]; 5] = [
        b"work/parent/secret",
        b"work/parent/parent/../../secret",
        b"work/chain/secret",
        b"work/deep/up/secret",
        &[b"work/root", absolute].concat(),
    ];
    host.refuse(&paths, Errno::NotFound);
    // A link itself can be looked at and replaced, in its mount.
    let (answers, read) = host.escape(&["work/up", "work/absolute", "work/winding"]);
    for answers in answers {
        let [follow, nofollow, open] = [answers[0], answers[1], answers[4]];
        assert_eq!([follow, nofollow], [Errno::NotFound as u8, 0]);
        assert_eq!(open, Errno::NotFound as u8);
    }
    let texts = [b"../secret", absolute, b"../work/../../outside/secret"];
    let mut expected = texts.concat();
    expected.truncate(1000);
    assert_eq!(read, expected);
}

#[test]
fn links_that_lead_to_each_other_are_a_loop() {
    let host = Host::new();
    host.link("self", "read/self");
    host.link("b", "read/a");
    host.link("/read/a", "read/b");
    host.link("/work/out", "read/back");
    host.link("/read/back", "work/out");
    host.link("grow/x", "read/grow");
    let (answers, _) = host.escape(&[
        "read/self/x",
        "read/a/x",
        "read/back/x",
        "read/grow/x",
        "work/out/x",
    ]);
    for answers in answers {
        assert_eq!(answers[..LOOKS], [Errno::Loop as u8; LOOKS]);
        assert!(!answers.contains(&0), "{answers:?}");
    }
}

#[test]
fn proc_and_dev_lead_nowhere_else() {
    let host = Host::new();
    let secret = host.path("secret");
    let rest = secret.as_os_str().as_bytes();
    let paths: Vec<Vec<u8>> = [
        &b"proc/self/root"[..],
        b"proc/self/root/proc/self/root",
        b"proc/self/cwd",
        b"proc/self/cwd/..",
        b"proc/1/root",
        b"proc/self/fd/3",
        b"proc/self/fd/3/..",
        b"dev/fd/3",
        b"dev/fd/3/..",
    ]
    .iter()
    .map(|start| [start, rest].concat())
    .collect();
    let (answers, read) = host.escape(&paths);
    assert_eq!(read, b"");
    for (path, answers) in paths.iter().zip(answers) {
        let path = String::from_utf8_lossy(path);
        assert!(!answers[..START].contains(&0), "{path}: {answers:?}");
    }
}

#[test]
fn names_that_cannot_be_are_refused() {
    let host = Host::new();
    host.refuse(
        &[&b"work/own\0"[..], b"\0", b"work/\0/../own"],
        Errno::Invalid,
    );
    let slashes = vec![b'/'; 1 << 20];
    let many = b"work/../".repeat(1 << 17);
    let long = [&b"work/"[..], &[b'x'; 256]].concat();
    host.refuse(&[many, long], Errno::NameTooLong);
    host.refuse(&[b"work/no\xff\xfe/../own"], Errno::NotFound);
    let (answers, _) = host.escape(&[slashes]);
    assert!(!answers[0].contains(&0), "{answers:?}");
}

#[test]
fn bytes_that_are_no_text_are_a_name_like_any_other() {
    let host = Host::new();
    let (answers, _) = host.escape(&[b"work/\xff\xc0\xaf.."]);
    assert_eq!(answers[0][..LOOKS], [Errno::NotFound as u8; LOOKS]);
    // What it made and moved away lies in the mount, under this name or the one it was moved to.
    let name = OsStr::from_bytes(b"\xff\xc0\xaf..");
    let made = host.path("work").join(name).exists() || host.path("work/moved").exists();
    assert!(made);
}

#[test]
fn a_mount_to_be_read_only_refuses_every_change_by_path() {
    let host = Host::new();
    host.link("../read/file", "work/link");
    host.link("/read/file", "read/link");
    let paths = [
        "read/file",
        "read/full",
        "read/full/file",
        "read/new",
        "read/link",
        "read/../read/file",
        "work/../read/full/../file",
        "proc/self/root/read/file",
        "read",
        "bin/guest",
        "bin",
        "",
    ];
    let (answers, read) = host.escape(&paths);
    assert!(read.starts_with(b"read/file"));
    for (path, answers) in paths.iter().zip(answers) {
        // All but the last two, which run a program.
        assert!(
            !answers[LOOKS..CALLS - 2].contains(&0),
            "{path}: {answers:?}"
        );
    }
}

#[test]
fn a_mount_to_be_read_only_refuses_every_change_through_a_link_in_another() {
    let host = Host::new();
    host.link("../read/file", "work/link");
    host.link("/read", "work/directory");
    let (answers, _) = host.escape(&["work/directory/file", "work/directory/new"]);
    for answers in answers {
        assert!(!answers[LOOKS..CALLS - 2].contains(&0), "{answers:?}");
    }
    // Through the link at the end only the file can be written, cut, dated and given a mode.
    let (answers, _) = host.escape(&["work/link"]);
    assert_eq!(
        answers[0][LOOKS..LOOKS + 4],
        [Errno::ReadOnly as u8; 4],
        "{answers:?}"
    );
}

#[test]
fn a_mount_to_be_read_only_refuses_every_change_through_a_descriptor() {
    let host = Host::new();
    let before = host.seen(&["read"]);
    let ended = host.run().go(&image(guests::STAIN));
    assert_eq!(ended.end, Ok(WaitStatus::exited(0)));
    assert_eq!(host.seen(&["read"]), before);
}

#[test]
fn a_link_that_is_swapped_for_a_directory_meanwhile_leads_nowhere_else() {
    let host = Host::new();
    for name in ["work/inner", "work/door"] {
        std::fs::create_dir(host.path(name)).expect("a directory can be made");
        std::fs::write(host.path(name).join("secret"), "inside").expect("a file can be made");
    }
    host.link(host.path("outside"), "work/absolute");
    host.link("../outside", "work/relative");
    let before = host.seen(&["secret", "outside", "read"]);
    let over = AtomicBool::new(false);
    let ended = thread::scope(|scope| {
        scope.spawn(|| {
            let door = host.path("work/door");
            while !over.load(Ordering::Relaxed) {
                for other in ["work/absolute", "work/relative"] {
                    exchange(&door, &host.path(other));
                    exchange(&door, &host.path(other));
                }
            }
        });
        let ended = host.run().go(&image(guests::DOOR));
        over.store(true, Ordering::Relaxed);
        ended
    });
    assert_eq!(ended.end, Ok(WaitStatus::exited(0)));
    assert_eq!(host.seen(&["secret", "outside", "read"]), before);
}

/// Lets two names change places, in one step where the host can do that.
fn exchange(one: &Path, other: &Path) {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).expect("both are there");
}
