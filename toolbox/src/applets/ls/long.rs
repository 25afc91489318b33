//! The lines of `ls -l`.

use std::io::{self, Write};

use super::Lister;
use super::entry::Entry;
use super::options::{Config, Format};
use super::size::SizeFormat;
use crate::sys::clock::Civil;
use crate::sys::strftime::format_time;
use crate::sys::{FileKind, FileStat, Timestamp, group_name, major, minor, mode_text, user_name};

/// Half of a mean year: how old a time is when its year says more than its hour.
const HALF_YEAR: i64 = 31_556_952 / 2;

/// The widths of the columns over all lines of a listing.
#[derive(Default)]
pub struct Widths {
    inode: usize,
    blocks: usize,
    links: usize,
    owner: usize,
    group: usize,
    size: usize,
    major: usize,
    minor: usize,
    /// The width of a time, for files that have none.
    time: usize,
}

impl Widths {
    /// Measures what the format lines up: all columns, or only inode and blocks.
    pub fn of(entries: &[Entry], lister: &Lister) -> Self {
        match lister.config.format {
            Format::Long => Self::of_lines(entries, lister),
            Format::Commas => Self::default(),
            _ => Self::of_prefix(entries, &lister.config),
        }
    }

    fn of_lines(entries: &[Entry], lister: &Lister) -> Self {
        let config = &lister.config;
        let mut widths = Self::default();
        for entry in entries {
            widths.inode = widths.inode.max(inode_text(entry).len());
            widths.blocks = widths.blocks.max(blocks_text(entry, config).len());
            widths.links = widths.links.max(links_text(entry).len());
            widths.owner = widths.owner.max(owner_text(entry, config).0.len());
            widths.group = widths.group.max(group_text(entry, config).0.len());
            match device(entry) {
                Some(stat) => {
                    widths.major = widths.major.max(major(stat.rdev).to_string().len());
                    widths.minor = widths.minor.max(minor(stat.rdev).to_string().len());
                    widths.size = widths.size.max(widths.major + 2 + widths.minor);
                }
                None => widths.size = widths.size.max(size_text(entry, &config.sizes).len()),
            }
        }
        let epoch = Timestamp {
            seconds: 0,
            nanoseconds: 0,
        };
        let mut sample = Vec::new();
        format_time(
            &config.time_style.recent,
            &lister.zone().civil(epoch),
            &mut sample,
        );
        widths.time = sample.len();
        widths
    }

    /// Writes inode and blocks, which other formats have too.
    pub fn write_prefix(
        &self,
        entry: &Entry,
        config: &Config,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        let mut length = 0;
        if config.inode {
            let text = inode_text(entry);
            write!(out, "{text:>0$} ", self.inode)?;
            length += self.inode.max(text.len()) + 1;
        }
        if config.blocks {
            let text = blocks_text(entry, config);
            write!(out, "{text:>0$} ", self.blocks)?;
            length += self.blocks.max(text.len()) + 1;
        }
        Ok(length)
    }

    fn of_prefix(entries: &[Entry], config: &Config) -> Self {
        let mut widths = Self::default();
        for entry in entries {
            if config.inode {
                widths.inode = widths.inode.max(inode_text(entry).len());
            }
            if config.blocks {
                widths.blocks = widths.blocks.max(blocks_text(entry, config).len());
            }
        }
        widths
    }

    pub fn prefix_length(&self, entry: &Entry, config: &Config) -> usize {
        let mut length = 0;
        if config.inode {
            length += self.inode.max(inode_text(entry).len()) + 1;
        }
        if config.blocks {
            length += self.blocks.max(blocks_text(entry, config).len()) + 1;
        }
        length
    }
}

/// Writes everything of a line that stands before the name. Returns the column that GNU's ls takes the name to
/// begin in when it looks for wrapped lines: it counts from behind owner and group.
pub fn write_columns(
    entry: &Entry,
    widths: &Widths,
    lister: &Lister,
    out: &mut Vec<u8>,
) -> io::Result<usize> {
    let config = &lister.config;
    widths.write_prefix(entry, config, out)?;
    match &entry.stat {
        Some(stat) => out.extend_from_slice(&mode_text(stat.mode)),
        None => {
            out.push(entry.kind.letter());
            out.extend_from_slice(b"?????????");
        }
    }
    write!(out, " {:>1$}", links_text(entry), widths.links)?;
    if config.owner {
        write_name(owner_text(entry, config), widths.owner, out)?;
    }
    if config.group {
        write_name(group_text(entry, config), widths.group, out)?;
    }
    if config.author {
        write_name(owner_text(entry, config), widths.owner, out)?;
    }
    let counted_from = match config.owner || config.group || config.author {
        true => out.len() + 1,
        false => 0,
    };
    match device(entry) {
        Some(stat) => {
            let blank = widths.size.saturating_sub(widths.major + 2 + widths.minor);
            write!(
                out,
                " {:>1$}, {2:>3$}",
                major(stat.rdev),
                widths.major + blank,
                minor(stat.rdev),
                widths.minor
            )?;
        }
        None => write!(out, " {:>1$}", size_text(entry, &config.sizes), widths.size)?,
    }
    out.push(b' ');
    let time = entry.stat.as_ref().and_then(|stat| config.time.of(stat));
    match time {
        Some(time) => {
            let civil: Civil = lister.zone().civil(time);
            format_time(style_for(time, lister), &civil, out);
        }
        None => write!(out, "{:>1$}", "?", widths.time)?,
    }
    out.push(b' ');
    Ok(out.len().saturating_sub(counted_from))
}

/// Times of the last half year are recent; those of the future are not.
fn style_for(time: Timestamp, lister: &Lister) -> &[u8] {
    let style = &lister.config.time_style;
    let now = lister.now();
    let begin = Timestamp {
        seconds: now.seconds - HALF_YEAR,
        ..now
    };
    if begin < time && time <= now {
        &style.recent
    } else {
        &style.old
    }
}

/// Names stand to the left, numbers to the right.
fn write_name((text, is_name): (String, bool), width: usize, out: &mut Vec<u8>) -> io::Result<()> {
    if is_name {
        write!(out, " {text:<width$}")
    } else {
        write!(out, " {text:>width$}")
    }
}

fn inode_text(entry: &Entry) -> String {
    match &entry.stat {
        Some(stat) => stat.ino.to_string(),
        None => "?".to_owned(),
    }
}

fn blocks_text(entry: &Entry, config: &Config) -> String {
    match &entry.stat {
        Some(stat) => config.block_sizes.show(stat.blocks.saturating_mul(512)),
        None => "?".to_owned(),
    }
}

fn links_text(entry: &Entry) -> String {
    match &entry.stat {
        Some(stat) => stat.nlink.to_string(),
        None => "?".to_owned(),
    }
}

fn owner_text(entry: &Entry, config: &Config) -> (String, bool) {
    name_text(entry, config, |stat| stat.uid, user_name)
}

fn group_text(entry: &Entry, config: &Config) -> (String, bool) {
    name_text(entry, config, |stat| stat.gid, group_name)
}

fn name_text(
    entry: &Entry,
    config: &Config,
    id: fn(&FileStat) -> u32,
    name: fn(u32) -> Option<&'static str>,
) -> (String, bool) {
    let Some(stat) = &entry.stat else {
        return ("?".to_owned(), true);
    };
    match name(id(stat)).filter(|_| !config.numeric) {
        Some(name) => (name.to_owned(), true),
        None => (id(stat).to_string(), false),
    }
}

fn device(entry: &Entry) -> Option<&FileStat> {
    let is_device = matches!(entry.kind, FileKind::CharDevice | FileKind::BlockDevice);
    entry.stat.as_ref().filter(|_| is_device)
}

fn size_text(entry: &Entry, sizes: &SizeFormat) -> String {
    match &entry.stat {
        Some(stat) => sizes.show(stat.size),
        None => "?".to_owned(),
    }
}
