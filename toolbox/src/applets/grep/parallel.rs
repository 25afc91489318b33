//! A recursive search in several processes: what the walk found is a list, and each process searches one part of it.
//!
//! A part is searched by a grep that is called with `PART` before its options. It holds what it prints until this
//! process gives it its turn, so all is printed in the order of the list, whoever is first.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::sys::process::{self, Child, Command, Descriptor, ExitStatus, Pid, Wait};
use crate::sys::signal::Signal;
use crate::sys::{OsStrExt, OsStringExt};

use super::arguments;
use super::options::{Directories, Options};

/// Only the sandbox's kernel is known to start this very grep.
const AVAILABLE: bool = cfg!(target_os = "wasi");
/// How many parts a list has. It does not depend on the machine, and so neither does `usage.fuel`.
const PARTS: usize = 2;
/// So many files are searched before a process has started.
const FEW: usize = 64;
/// The most bytes of a list, which the message that starts a process has room for.
const FULL: usize = 1 << 20;
const PROGRAM: &str = "/bin/grep";
/// The first argument of a grep that searches one part; its operands are items.
const PART: &str = "--part-of-a-recursive-search";
/// Where such a grep reads a byte when it may print, and the end of the file when it never may.
const TURN: RawFd = 4;
/// The status of one that could not write, and has said so.
pub const CANNOT_WRITE: i32 = 3;

/// What a walk found.
#[derive(Debug, PartialEq, Eq)]
pub enum Item {
    File(OsString),
    /// What is said between the files.
    Message(Vec<u8>),
}

impl Item {
    fn bytes(&self) -> &[u8] {
        match self {
            Item::File(path) => path.as_bytes(),
            Item::Message(text) => text,
        }
    }

    /// The item as an operand: a letter for its kind, and its bytes.
    fn operand(&self) -> OsString {
        let kind = match self {
            Item::File(_) => b"f",
            Item::Message(_) => b"m",
        };
        OsString::from_vec([kind, self.bytes()].concat())
    }

    fn from_operand(operand: &OsStr) -> Option<Item> {
        match operand.as_bytes() {
            [b'f', path @ ..] => Some(Item::File(OsStr::from_bytes(path).to_owned())),
            [b'm', text @ ..] => Some(Item::Message(text.to_vec())),
            _ => None,
        }
    }
}

/// What a walk found and nobody searched yet, in order.
#[derive(Default)]
pub struct List {
    items: Vec<Item>,
    files: usize,
    bytes: usize,
}

impl List {
    pub fn push(&mut self, item: Item) {
        self.files += usize::from(matches!(item, Item::File(_)));
        self.bytes += item.bytes().len() + 2;
        self.items.push(item);
    }

    /// Whether it is to be searched before the walk goes on.
    pub fn is_full(&self) -> bool {
        self.bytes >= FULL
    }

    /// The parts to search at the same time: the first, which is ours, and the others.
    pub fn parts(&self) -> (&[Item], Vec<&[Item]>) {
        let count = if self.files > FEW { PARTS } else { 1 };
        let size = self.items.len().div_ceil(count).max(1);
        let mut parts = self.items.chunks(size);
        (parts.next().unwrap_or_default(), parts.collect())
    }
}

/// Whether the files of a search are listed first.
pub fn is_for(options: &Options) -> bool {
    AVAILABLE && is_divisible(options)
}

/// Whether what is printed for a file does not depend on the files before it, and all files are searched.
fn is_divisible(options: &Options) -> bool {
    let context = options.separator.is_some() || options.before > 0 || options.after > 0;
    matches!(options.directories, Directories::Recurse { .. })
        && !options.quiet
        && !context
        // Standard input is read by this process.
        && !options.operands.iter().any(|operand| operand == "-")
}

/// One process and its part. Both ends of the pipe are ours, so that a process which is gone does not harm us.
struct Worker {
    pid: Pid,
    turn: File,
    _reader: OwnedFd,
}

/// The processes that search the parts after the first.
pub struct Workers(Vec<Worker>);

impl Workers {
    /// Starts a process for each part. It ends at the first that cannot be started: `count` says how many there are.
    pub fn start(options: &Options, parts: &[&[Item]]) -> Workers {
        let start = |part: &&[Item]| Worker::start(options, part).ok();
        Workers(parts.iter().map_while(start).collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Lets each process print, one after another, and returns how they ended.
    pub fn finish(self) -> impl Iterator<Item = io::Result<ExitStatus>> {
        self.0.into_iter().map(Worker::finish)
    }

    /// Ends the processes before they print anything.
    pub fn stop(self) {
        for pid in self
            .0
            .iter()
            .filter_map(|worker| worker.pid.0.try_into().ok())
        {
            // One that has ended is stopped.
            let _ = process::kill(pid, Some(Signal::KILL));
        }
    }
}

impl Worker {
    fn start(options: &Options, part: &[Item]) -> io::Result<Worker> {
        let mut line = vec![OsString::from(PROGRAM), PART.into()];
        line.extend(arguments::of(options));
        line.push("--".into());
        line.extend(part.iter().map(Item::operand));
        let (reader, writer) = process::pipe()?;
        let mut command = Command::new(line);
        command.search = false;
        command.descriptors.push(Descriptor {
            target: TURN.cast_unsigned(),
            source: reader.as_raw_fd().cast_unsigned(),
        });
        Ok(Worker {
            pid: command.spawn()?,
            turn: File::from(writer),
            _reader: reader,
        })
    }

    fn finish(mut self) -> io::Result<ExitStatus> {
        self.turn.write_all(b"\n")?;
        let ended = process::wait(Child::Pid(self.pid), Wait::Forever)?;
        // A wait without an end returns with the child.
        ended.map_or_else(
            || Err(io::ErrorKind::TimedOut.into()),
            |(_, status)| Ok(status),
        )
    }
}

/// The arguments of a grep that searches one part, without the first two, and where it reads its turn.
pub fn part(args: &[OsString]) -> Option<(&[OsString], File)> {
    let (_, args) = args.split_first()?;
    let is_part = AVAILABLE && args.first()? == PART;
    let turn = is_part.then(|| process::dup(TURN, 0).ok()).flatten()?;
    Some((args, File::from(turn)))
}

/// The items that such a grep was given.
pub fn items(operands: &[OsString]) -> Vec<Item> {
    operands
        .iter()
        .filter_map(|operand| Item::from_operand(operand))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::options::{self, Language};
    use super::*;

    fn file(name: &str) -> Item {
        Item::File(name.into())
    }

    fn message(text: &str) -> Item {
        Item::Message(text.into())
    }

    fn list(items: impl IntoIterator<Item = Item>) -> List {
        let mut list = List::default();
        for item in items {
            list.push(item);
        }
        list
    }

    fn sizes(list: &List) -> (usize, Vec<usize>) {
        let (first, others) = list.parts();
        (first.len(), others.iter().map(|part| part.len()).collect())
    }

    fn divisible(line: &[&str]) -> bool {
        let args: Vec<OsString> = ["grep"].iter().chain(line).map(OsString::from).collect();
        options::read(&args, Language::Basic).is_ok_and(|options| is_divisible(&options))
    }

    #[test]
    fn a_list_of_few_files_is_one_part() {
        assert_eq!(sizes(&List::default()), (0, vec![]));
        assert_eq!(sizes(&list((0..64).map(|_| file("a")))), (64, vec![]));
        assert_eq!(sizes(&list((0..500).map(|_| message("a")))), (500, vec![]));
    }

    #[test]
    fn many_files_are_two_parts_in_their_order() {
        let list = list((0..65).map(|at| file(&at.to_string())));
        let (first, others) = list.parts();
        assert_eq!(
            (first.first(), first.last()),
            (Some(&file("0")), Some(&file("32")))
        );
        let [second] = others.as_slice() else {
            panic!("{} parts", others.len() + 1)
        };
        assert_eq!(
            (second.first(), second.last()),
            (Some(&file("33")), Some(&file("64")))
        );
    }

    #[test]
    fn a_list_is_full_of_bytes() {
        let mut list = List::default();
        let mut count = 0;
        while !list.is_full() {
            list.push(file(&"x".repeat(1022)));
            count += 1;
        }
        assert_eq!(count, 1024);
    }

    #[test]
    fn items_come_back_from_operands() {
        let all = [file("-"), file("a\nb c"), message("x: warning"), file("f")];
        let operands: Vec<OsString> = all.iter().map(Item::operand).collect();
        assert_eq!(items(&operands), all);
        let bytes = Item::File(OsString::from_vec(b"\xff".to_vec()));
        assert_eq!(Item::from_operand(&bytes.operand()), Some(bytes));
        assert_eq!(Item::from_operand("".as_ref()), None);
    }

    #[test]
    fn a_search_is_divided_unless_files_depend_on_each_other() {
        for line in [&["-r", "x"][..], &["-R", "x", "a", "b"], &["-rm1", "x"]] {
            assert!(divisible(line), "{line:?}");
        }
        for line in [
            &["x"][..],
            &["x", "file"],
            &["-rq", "x"],
            &["-rA1", "x"],
            &["-rC0", "x"],
            &["-rB2", "--no-group-separator", "x"],
            &["-r", "x", "d", "-"],
        ] {
            assert!(!divisible(line), "{line:?}");
        }
    }

    #[test]
    fn the_mark_of_a_part_means_nothing_outside_the_sandbox() {
        let args = ["grep", PART, "x"].map(OsString::from);
        assert!(part(&args).is_none());
    }
}
