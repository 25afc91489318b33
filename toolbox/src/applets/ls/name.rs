//! A name as it is printed: its colour, its link and the letter behind it.

use std::io::{self, Write};

use super::Lister;
use super::color::Colors;
use super::entry::{Entry, display_width};
use super::long::Widths;
use super::options::{Format, Indicator};
use crate::sys::{FileKind, FileStat};

impl Lister {
    /// The columns a name takes with all that belongs to it.
    pub(super) fn length(&self, entry: &Entry, widths: &Widths) -> usize {
        let indicator = usize::from(self.indicator(entry.kind, entry.stat.as_ref()).is_some());
        widths.prefix_length(entry, &self.config) + entry.width + indicator
    }

    /// Writes inode, blocks and name; `column` is where the line stands.
    pub(super) fn write_cell(
        &self,
        entry: &Entry,
        widths: &Widths,
        column: usize,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let prefix = widths.write_prefix(entry, &self.config, out)?;
        self.write_name(entry, column + prefix, out)
    }

    pub(super) fn write_name(
        &self,
        entry: &Entry,
        column: usize,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if self.some_quoted && !is_quoted(entry) {
            out.write_all(b" ")?;
        }
        let code = self
            .colors
            .as_ref()
            .and_then(|colors| colors.of_entry(entry));
        self.write_colored(&entry.shown, code, Some(column), out)?;
        if entry.kind != FileKind::Symlink || self.config.format != Format::Long {
            return self.write_indicator(entry.kind, entry.stat.as_ref(), out);
        }
        let Some(target) = &entry.target else {
            return Ok(());
        };
        out.write_all(b" -> ")?;
        let looked = self.config.indicator >= Indicator::FileType
            || self.config.directories_first
            || self.colors.as_ref().is_some_and(Colors::looks_behind_links);
        let colors = self.colors.as_ref().filter(|_| looked);
        let code = colors.and_then(|colors| colors.of_target(target, entry.target_mode));
        self.write_colored(&self.config.quoting.apply(target), code, None, out)?;
        match entry.target_mode.filter(|_| looked) {
            Some(mode) => {
                let stat = FileStat {
                    mode,
                    ..FileStat::default()
                };
                self.write_indicator(FileKind::of_mode(mode), Some(&stat), out)
            }
            None => Ok(()),
        }
    }

    fn write_colored(
        &self,
        text: &[u8],
        code: Option<&[u8]>,
        column: Option<usize>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let Some(code) = code else {
            return out.write_all(text);
        };
        if !self.reset.replace(true) {
            out.write_all(b"\x1b[0m")?;
        }
        out.write_all(&[b"\x1b[", code, b"m", text, b"\x1b[0m"].concat())?;
        // A name that wraps takes its background to the end of the line; this clears it.
        if let Some(column) = column
            && let Some(last) = (column + display_width(text)).checked_sub(1)
            && let Some(line) = column.checked_div(self.config.width)
            && last.checked_div(self.config.width) != Some(line)
        {
            out.write_all(b"\x1b[K")?;
        }
        Ok(())
    }

    fn write_indicator(
        &self,
        kind: FileKind,
        stat: Option<&FileStat>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match self.indicator(kind, stat) {
            Some(letter) => out.write_all(&[letter]),
            None => Ok(()),
        }
    }

    /// The letter behind a name that tells its kind.
    fn indicator(&self, kind: FileKind, stat: Option<&FileStat>) -> Option<u8> {
        let style = self.config.indicator;
        let executable = stat.is_some_and(|stat| stat.mode & 0o111 != 0);
        match kind {
            _ if style == Indicator::None => None,
            FileKind::Directory => Some(b'/'),
            _ if style == Indicator::Slash => None,
            FileKind::Regular => (style == Indicator::Classify && executable).then_some(b'*'),
            FileKind::Symlink => Some(b'@'),
            FileKind::Fifo => Some(b'|'),
            FileKind::Socket => Some(b'='),
            FileKind::CharDevice | FileKind::BlockDevice | FileKind::Unknown => None,
        }
    }
}

/// Whether the printed name is not the name itself.
pub fn is_quoted(entry: &Entry) -> bool {
    entry.shown.len() != entry.name.len()
}
