//! The names under which overwritten files are kept.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::operands::{directory_of, without_slashes};
use crate::sys::choice::{Choices, choose};
use crate::sys::{OsStrExt, OsStringExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    None,
    Simple,
    /// Numbered where numbered ones exist, simple elsewhere.
    Existing,
    Numbered,
}

const CONTROLS: &Choices<Control> = &[
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

    /// What `--backup` and `--suffix` ask for; the environment says what they leave open.
    pub fn typed(control: Option<&OsStr>, suffix: Option<OsString>) -> Result<Self, Vec<u8>> {
        let variable = std::env::var_os("VERSION_CONTROL").filter(|value| !value.is_empty());
        let control = match (control, variable) {
            (Some(control), _) => choose("backup type", CONTROLS, control)?,
            (None, Some(control)) => choose("$VERSION_CONTROL", CONTROLS, &control)?,
            (None, None) => Control::Existing,
        };
        Ok(Self::new(control, suffix))
    }

    /// A suffix that is empty or has a slash would name another file, so `~` is taken.
    fn new(control: Control, suffix: Option<OsString>) -> Self {
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
        let mut name = without_slashes(path.as_os_str()).as_bytes().to_vec();
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
    let Ok(entries) = std::fs::read_dir(directory_of(path)) else {
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
