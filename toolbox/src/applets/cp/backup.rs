//! The names under which overwritten files are kept.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::sys::choice::Choices;
use crate::sys::{OsStrExt, OsStringExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    None,
    Simple,
    /// Numbered where numbered ones exist, simple elsewhere.
    Existing,
    Numbered,
}

pub const CONTROLS: &Choices<Control> = &[
    ("none", Control::None),
    ("off", Control::None),
    ("simple", Control::Simple),
    ("never", Control::Simple),
    ("existing", Control::Existing),
    ("nil", Control::Existing),
    ("numbered", Control::Numbered),
    ("t", Control::Numbered),
];

pub struct Backup {
    control: Control,
    suffix: OsString,
}

impl Backup {
    pub fn none() -> Self {
        Self::new(Control::None, None)
    }

    /// What `--backup` means when nothing says more.
    pub fn usual(suffix: Option<OsString>) -> Self {
        Self::new(Control::Existing, suffix)
    }

    /// A suffix that is empty or has a slash would name another file, so `~` is taken.
    pub fn new(control: Control, suffix: Option<OsString>) -> Self {
        let suffix = suffix
            .or_else(|| std::env::var_os("SIMPLE_BACKUP_SUFFIX"))
            .filter(|suffix| !suffix.is_empty() && !suffix.as_bytes().contains(&b'/'))
            .unwrap_or_else(|| OsString::from("~"));
        Self { control, suffix }
    }

    pub fn is_wanted(&self) -> bool {
        self.control != Control::None
    }

    /// Whether no backup takes the place of another.
    pub fn is_numbered(&self) -> bool {
        self.control == Control::Numbered
    }

    /// The name for the backup of a file.
    pub fn name(&self, path: &Path) -> PathBuf {
        let last = match self.control {
            Control::Simple | Control::None => 0,
            Control::Existing | Control::Numbered => last_number(path),
        };
        let mut name = path.as_os_str().as_bytes().to_vec();
        if self.control == Control::Numbered || last > 0 {
            name.extend_from_slice(format!(".~{}~", last + 1).as_bytes());
        } else {
            name.extend_from_slice(self.suffix.as_bytes());
        }
        PathBuf::from(OsString::from_vec(name))
    }
}

/// The highest number among the numbered backups of a file; 0 when there are none.
fn last_number(path: &Path) -> u64 {
    let Some(name) = path.file_name() else {
        return 0;
    };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?.file_name();
            let rest = entry.as_bytes().strip_prefix(name.as_bytes())?;
            let number = rest.strip_prefix(b".~")?.strip_suffix(b"~")?;
            std::str::from_utf8(number).ok()?.parse().ok()
        })
        .max()
        .unwrap_or(0)
}
