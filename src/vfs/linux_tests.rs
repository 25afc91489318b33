//! Both file systems against Linux itself: random sequences of operations
//! through the mount table give what the system calls give on a plain
//! directory, result for result and error for error, and so for read-only mounts.

mod linux;
mod operation;

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use linux::Linux;
use operation::{Guest, Operation, Random, operation};

const SEEDS: u64 = 200;
const STEPS: usize = 60;
/// Steps on a read-only mount, after as many that make what is in it.
const READ_ONLY_STEPS: usize = 60;

/// The answers that differ: what was asked, ours and theirs, with an example each.
#[derive(Default)]
struct Differences(BTreeMap<(String, String, String), String>);

impl Differences {
    /// Whether both answers are the same.
    fn compare(
        &mut self,
        operation: &Operation,
        ours: &Result<String, Errno>,
        theirs: &Result<String, Errno>,
    ) -> bool {
        if ours != theirs {
            let text = format!("{operation:?}");
            let kind = text.split(['(', ' ']).next().unwrap_or_default().to_owned();
            let answers = (kind, format!("{ours:?}"), format!("{theirs:?}"));
            self.0.entry(answers).or_insert(text);
        }
        ours == theirs
    }

    #[track_caller]
    fn check(&self) {
        assert!(self.0.is_empty(), "{:#?}", self.0);
    }
}

/// Runs the sequences against a file system that `make` gives for a directory.
fn compare(make: impl Fn(&Path) -> Arc<dyn FileSystem>) {
    let mut differences = Differences::default();
    for seed in 1..=SEEDS {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let other = tempfile::tempdir().expect("a directory can be made");
        let mut real = Linux::new(directory.path());
        let mut guest = Guest::new(make(other.path()), true);
        let mut random = Random::new(seed);
        for _ in 0..STEPS {
            let operation = operation(&mut random);
            let theirs = real.apply(&operation);
            let ours = guest.apply(&operation);
            if !differences.compare(&operation, &ours, &theirs) && (ours.is_ok() || theirs.is_ok())
            {
                // The trees differ from here on.
                break;
            }
        }
    }
    differences.check();
}

/// Makes a tree with each sequence, and goes on where it is mounted read-only.
fn compare_read_only(make: impl Fn(&Path) -> Arc<dyn FileSystem>) {
    let mut differences = Differences::default();
    for seed in 1..=SEEDS {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let other = tempfile::tempdir().expect("a directory can be made");
        let mut real = Linux::new(directory.path());
        let file_system = make(other.path());
        let mut maker = Guest::new(Arc::clone(&file_system), true);
        let mut guest = Guest::new(file_system, false);
        let mut random = Random::new(seed);
        for _ in 0..STEPS {
            let operation = operation(&mut random);
            assert_eq!(maker.apply(&operation), real.apply(&operation));
        }
        for _ in 0..READ_ONLY_STEPS {
            let operation = operation(&mut random);
            // What stays open was opened for writing before. A stat may tell that
            // opening has made a file, which was removed again, on the other side.
            if !matches!(operation, Operation::Held(..) | Operation::Stat(..)) {
                let theirs = real.apply_read_only(&operation);
                let ours = guest.apply(&operation);
                differences.compare(&operation, &ours, &theirs);
            }
        }
    }
    differences.check();
}

fn memory(_: &Path) -> Arc<dyn FileSystem> {
    Arc::new(MemoryFileSystem::new(1 << 24))
}

fn host(path: &Path) -> Arc<dyn FileSystem> {
    Arc::new(HostDirectory::open(path).expect("it was just made"))
}

#[test]
fn memory_answers_as_linux_does() {
    compare(memory);
}

#[test]
fn a_host_directory_answers_as_linux_does() {
    compare(host);
}

#[test]
fn read_only_memory_answers_as_a_read_only_mount_of_linux_does() {
    compare_read_only(memory);
}

#[test]
fn a_read_only_host_directory_answers_as_a_read_only_mount_of_linux_does() {
    compare_read_only(host);
}
