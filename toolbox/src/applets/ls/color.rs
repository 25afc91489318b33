//! The colours of names, by `LS_COLORS` or the built-in table.

use std::ffi::OsStr;

use super::entry::Entry;
use super::pattern;
use crate::sys::{FileKind, OsStrExt};

/// The keys of `LS_COLORS` for kinds of files, with the codes they have from the start.
const KINDS: [(&[u8; 2], &str); 13] = [
    (b"di", "01;34"),
    (b"ln", "01;36"),
    (b"pi", "33"),
    (b"so", "01;35"),
    (b"bd", "01;33"),
    (b"cd", "01;33"),
    (b"do", "01;35"),
    (b"ex", "01;32"),
    (b"su", "37;41"),
    (b"sg", "30;43"),
    (b"st", "37;44"),
    (b"ow", "34;42"),
    (b"tw", "30;42"),
];

/// Keys for kinds that have no code from the start.
const PLAIN_KINDS: [&[u8; 2]; 4] = [b"or", b"mi", b"mh", b"fi"];

/// Keys that are read and have no effect on a plain stream.
const OTHER_KEYS: [&[u8; 2]; 7] = [b"no", b"rs", b"lc", b"rc", b"ec", b"cl", b"ca"];

/// Terminals that show colours, for when nothing but `TERM` speaks of it.
const TERMINALS: [&str; 24] = [
    "ansi",
    "*color*",
    "con[0-9]*x[0-9]*",
    "cons25",
    "console",
    "cygwin",
    "*direct*",
    "dtterm",
    "gnome",
    "hurd",
    "jfbterm",
    "konsole",
    "kterm",
    "linux",
    "linux-c",
    "mlterm",
    "putty",
    "rxvt*",
    "screen*",
    "st",
    "terminator",
    "tmux*",
    "vt100",
    "xterm*",
];

/// Whether the environment lets the built-in table be used.
pub fn terminal_has_colors() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if set("COLORTERM").is_some() {
        return true;
    }
    let terminal = set("TERM").unwrap_or_default();
    TERMINALS
        .iter()
        .any(|known| pattern::matches(known.as_bytes(), terminal.as_bytes()))
}

pub struct Colors {
    kinds: Vec<(&'static [u8; 2], Vec<u8>)>,
    /// Ends of names, with their codes; the last that fits counts.
    endings: Vec<(Vec<u8>, Vec<u8>)>,
    /// Colour symbolic links as what they lead to.
    link_as_target: bool,
}

impl Colors {
    /// The table of the process; `None` when `LS_COLORS` cannot be read.
    pub fn new(ls_colors: Option<&OsStr>) -> Option<Self> {
        let mut colors = Self {
            kinds: KINDS
                .iter()
                .map(|(key, code)| (*key, code.as_bytes().to_vec()))
                .collect(),
            endings: Vec::new(),
            link_as_target: false,
        };
        let text = ls_colors.map(OsStr::as_bytes).unwrap_or_default();
        for item in text
            .split(|byte| *byte == b':')
            .filter(|item| !item.is_empty())
        {
            let equals = item.iter().position(|byte| *byte == b'=')?;
            let (key, code) = (&item[..equals], &item[equals + 1..]);
            if let Some(ending) = key.strip_prefix(b"*") {
                colors.endings.push((ending.to_vec(), code.to_vec()));
                continue;
            }
            if let Some(kind) = colors.kinds.iter_mut().find(|(known, _)| &known[..] == key) {
                kind.1 = code.to_vec();
            } else if let Some(kind) = PLAIN_KINDS.iter().find(|known| &known[..] == key) {
                colors.kinds.push((kind, code.to_vec()));
            } else if !OTHER_KEYS.iter().any(|known| &known[..] == key) {
                return None;
            }
        }
        colors.link_as_target = colors.code(b"ln") == Some(b"target");
        Some(colors)
    }

    /// Whether what a link leads to decides its colour, or that of its target.
    pub fn looks_behind_links(&self) -> bool {
        self.link_as_target || self.code(b"or").is_some() || self.code(b"mi").is_some()
    }

    /// The code of a name; `None` leaves it plain.
    pub fn of_entry(&self, entry: &Entry) -> Option<&[u8]> {
        if entry.kind == FileKind::Symlink {
            return match entry.target_mode {
                None if self.looks_behind_links() && self.code(b"or").is_some() => self.code(b"or"),
                Some(mode) if self.link_as_target => self.of_file(&entry.name, mode, 1),
                _ => self.set(b"ln"),
            };
        }
        match &entry.stat {
            Some(stat) => self.of_file(&entry.name, stat.mode, stat.nlink),
            None => self.code(b"mi").or(self.code(b"or")),
        }
    }

    /// The code of what a link holds.
    pub fn of_target(&self, target: &[u8], mode: Option<u32>) -> Option<&[u8]> {
        match mode {
            Some(mode) => self.of_file(target, mode, 1),
            None => self.code(b"mi").or(self.code(b"or")),
        }
    }

    fn of_file(&self, name: &[u8], mode: u32, links: u32) -> Option<&[u8]> {
        let key = match FileKind::of_mode(mode) {
            FileKind::Regular => return self.of_regular(name, mode, links),
            FileKind::Directory => return self.of_directory(mode),
            FileKind::Symlink => b"ln",
            FileKind::Fifo => b"pi",
            FileKind::Socket => b"so",
            FileKind::CharDevice => b"cd",
            FileKind::BlockDevice => b"bd",
            FileKind::Unknown => b"or",
        };
        self.set(key)
    }

    fn of_regular(&self, name: &[u8], mode: u32, links: u32) -> Option<&[u8]> {
        [
            (mode & 0o4000 != 0, b"su"),
            (mode & 0o2000 != 0, b"sg"),
            (mode & 0o111 != 0, b"ex"),
            (links > 1, b"mh"),
        ]
        .into_iter()
        .filter(|(applies, _)| *applies)
        .find_map(|(_, key)| self.code(key))
        .or_else(|| {
            let ending = self
                .endings
                .iter()
                .rev()
                .find(|(ending, _)| name.ends_with(ending));
            match ending {
                Some((_, code)) => Some(code.as_slice()),
                None => self.set(b"fi"),
            }
        })
    }

    fn of_directory(&self, mode: u32) -> Option<&[u8]> {
        let (sticky, open) = (mode & 0o1000 != 0, mode & 0o002 != 0);
        [(sticky && open, b"tw"), (open, b"ow"), (sticky, b"st")]
            .into_iter()
            .filter(|(applies, _)| *applies)
            .find_map(|(_, key)| self.code(key))
            .or_else(|| self.set(b"di"))
    }

    /// The code of a key, even one that leaves the text plain.
    fn set(&self, key: &[u8; 2]) -> Option<&[u8]> {
        let (_, code) = self.kinds.iter().find(|(known, _)| *known == key)?;
        Some(code)
    }

    /// The code of a key that changes the text; other keys give way to the next that fits.
    fn code(&self, key: &[u8; 2]) -> Option<&[u8]> {
        self.set(key)
            .filter(|code| !matches!(*code, b"" | b"0" | b"00"))
    }
}
