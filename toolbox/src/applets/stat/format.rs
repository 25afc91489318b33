//! The directives of `stat --format` and `--printf`.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::complain;
use super::field::{Directive, Half, Precision, parse};
use crate::sys::clock::Zone;
use crate::sys::quote::{Quoting, quoted};
use crate::sys::strftime::format_time;
use crate::sys::{
    self, FileKind, FileStat, FileTimes, Follow, OsStrExt, Timestamp, group_name, major, minor,
    mode_text, user_name,
};

/// Whether backslashes mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    Plain,
    Interpreted,
}

pub struct Formatter {
    quoting: Quoting,
    zone: Zone,
    pub(super) out: Vec<u8>,
    failed: bool,
}

impl Formatter {
    pub fn new(quoting: Quoting) -> Self {
        Self {
            quoting,
            zone: Zone::from_env(),
            out: Vec::new(),
            failed: false,
        }
    }

    /// What the last `show` made.
    pub fn text(&self) -> &[u8] {
        &self.out
    }

    /// Whether a directive of the last `show` could not be answered.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Formats one file. An error is the directive that cannot be read; what stood before it is in `text`.
    pub fn show(
        &mut self,
        format: &[u8],
        escapes: Escapes,
        name: &OsStr,
        stat: &FileStat,
    ) -> Result<(), Vec<u8>> {
        self.out.clear();
        self.failed = false;
        let mut rest = format;
        loop {
            rest = match rest {
                [] => break,
                [b'%', ..] => self.directive(rest, name, stat)?,
                [b'\\', after @ ..] if escapes == Escapes::Interpreted => self.escape(after),
                [byte, after @ ..] => {
                    self.out.push(*byte);
                    after
                }
            };
        }
        if escapes == Escapes::Plain {
            self.out.push(b'\n');
        }
        Ok(())
    }

    /// Appends what a backslash stands for; returns what follows.
    fn escape<'a>(&mut self, after: &'a [u8]) -> &'a [u8] {
        let digits = |text: &[u8], radix: u32, most: usize| {
            text.iter()
                .take(most)
                .take_while(|byte| char::from(**byte).is_digit(radix))
                .count()
        };
        let number = |text: &[u8], radix: u32| {
            text.iter().fold(0u32, |value, digit| {
                value * radix + char::from(*digit).to_digit(radix).unwrap_or(0)
            })
        };
        let [letter, rest @ ..] = after else {
            complain(b"warning: backslash at end of format");
            self.out.push(b'\\');
            return after;
        };
        let byte = match letter {
            b'a' => 0x07,
            b'b' => 0x08,
            b'e' => 0x1b,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'0'..=b'7' => {
                let (octal, rest) = after.split_at(digits(after, 8, 3));
                self.out.push(number(octal, 8).to_le_bytes()[0]);
                return rest;
            }
            b'x' if digits(rest, 16, 1) == 1 => {
                let (hex, rest) = rest.split_at(digits(rest, 16, 2));
                self.out.push(number(hex, 16).to_le_bytes()[0]);
                return rest;
            }
            b'"' | b'\\' => *letter,
            _ => {
                let warning = b"warning: unrecognized escape '\\";
                complain(&[&warning[..], &[*letter], b"'"].concat());
                *letter
            }
        };
        self.out.push(byte);
        rest
    }

    /// Appends what the directive at the front stands for; returns what follows.
    fn directive<'a>(
        &mut self,
        format: &'a [u8],
        name: &OsStr,
        stat: &FileStat,
    ) -> Result<&'a [u8], Vec<u8>> {
        let (mut directive, length) = parse(format);
        let letter = match format.get(length) {
            None | Some(b'%') if length > 1 => {
                let end = (length + 1).min(format.len());
                return Err(format[..end].to_vec());
            }
            None | Some(b'%') => {
                self.out.push(b'%');
                return Ok(format.get(2..).unwrap_or_default());
            }
            Some(letter) => *letter,
        };
        let after = &format[length + 1..];
        let half = match letter {
            b'H' => Half::Major,
            b'L' => Half::Minor,
            _ => {
                self.conversion(letter, directive, name, stat);
                return Ok(after);
            }
        };
        match after {
            [letter @ (b'd' | b'r'), after @ ..] => {
                directive.half = Some(half);
                self.conversion(*letter, directive, name, stat);
                Ok(after)
            }
            _ => {
                self.out.push(b'?');
                Ok(after)
            }
        }
    }

    fn conversion(&mut self, letter: u8, directive: Directive, name: &OsStr, stat: &FileStat) {
        let d = directive;
        match letter {
            b'a' => self.number(d, format!("{:o}", stat.mode & 0o7777), "0"),
            b'A' => self.string(d, &mode_text(stat.mode)),
            b'b' => self.number(d, stat.blocks.to_string(), ""),
            b'B' => self.number(d, "512".to_owned(), ""),
            b'C' => {
                let text = b": No data available";
                let before = b"failed to get security context of ";
                complain(&[&before[..], &quoted(name.as_bytes()), text].concat());
                self.failed = true;
                self.string(d, b"?");
            }
            b'd' => self.device(d, stat.dev),
            b'D' => self.number(d, format!("{:x}", stat.dev), "0x"),
            b'f' => self.number(d, format!("{:x}", stat.mode), "0x"),
            b'F' => self.string(d, kind_text(stat).as_bytes()),
            b'g' => self.number(d, stat.gid.to_string(), ""),
            b'G' => self.string(d, group_name(stat.gid).unwrap_or("UNKNOWN").as_bytes()),
            b'h' => self.number(d, stat.nlink.to_string(), ""),
            b'i' => self.number(d, stat.ino.to_string(), ""),
            b'm' => match mount_point(Path::new(name)) {
                Ok(path) => self.string(d, path.as_os_str().as_bytes()),
                Err(error) => {
                    let text = format!(": {}", sys::error_text(&error));
                    let before = b"failed to canonicalize ";
                    complain(&[&before[..], &quoted(name.as_bytes()), text.as_bytes()].concat());
                    self.failed = true;
                    self.string(d, b"?");
                }
            },
            b'n' => self.string(d, name.as_bytes()),
            b'N' => self.quoted_name(d, name, stat),
            b'o' => self.number(d, stat.blksize.to_string(), ""),
            b'r' => self.device(d, stat.rdev),
            b'R' => self.number(d, format!("{:x}", stat.rdev), "0x"),
            b's' => self.signed(d, stat.size.to_string()),
            b't' => self.number(d, format!("{:x}", major(stat.rdev)), "0x"),
            b'T' => self.number(d, format!("{:x}", minor(stat.rdev)), "0x"),
            b'u' => self.number(d, stat.uid.to_string(), ""),
            b'U' => self.string(d, user_name(stat.uid).unwrap_or("UNKNOWN").as_bytes()),
            b'w' => self.date(d, stat.born()),
            b'W' => self.seconds(d, stat.born()),
            b'x' => self.date(d, Some(stat.accessed())),
            b'X' => self.seconds(d, Some(stat.accessed())),
            b'y' => self.date(d, Some(stat.modified())),
            b'Y' => self.seconds(d, Some(stat.modified())),
            b'z' => self.date(d, Some(stat.changed())),
            b'Z' => self.seconds(d, Some(stat.changed())),
            _ => self.out.push(b'?'),
        }
    }

    fn device(&mut self, directive: Directive, device: u64) {
        let number = match directive.half {
            None => device,
            Some(Half::Major) => major(device),
            Some(Half::Minor) => minor(device),
        };
        self.number(directive, number.to_string(), "");
    }

    fn quoted_name(&mut self, directive: Directive, name: &OsStr, stat: &FileStat) {
        self.string(directive, &self.quoting.apply(name.as_bytes()));
        if FileKind::of_mode(stat.mode) != FileKind::Symlink {
            return;
        }
        match std::fs::read_link(name) {
            Ok(target) => {
                self.out.extend_from_slice(b" -> ");
                let target = self.quoting.apply(target.as_os_str().as_bytes());
                self.string(directive, &target);
            }
            Err(error) => {
                let text = format!(": {}", sys::error_text(&error));
                let name = quoted(name.as_bytes());
                complain(&[&b"cannot read symbolic link "[..], &name, text.as_bytes()].concat());
                self.failed = true;
            }
        }
    }

    fn date(&mut self, directive: Directive, time: Option<Timestamp>) {
        let mut text = Vec::new();
        match time {
            Some(time) => format_time(
                b"%Y-%m-%d %H:%M:%S.%N %z",
                &self.zone.civil(time),
                &mut text,
            ),
            None => text.push(b'-'),
        }
        self.string(directive, &text);
    }

    /// A time in seconds; a precision asks for that many digits of the fraction, cut and not rounded.
    fn seconds(&mut self, directive: Directive, time: Option<Timestamp>) {
        let time = time.unwrap_or(Timestamp {
            seconds: 0,
            nanoseconds: 0,
        });
        let digits = match directive.precision {
            None => 0,
            Some(Precision::All) => 9,
            Some(Precision::Digits(digits)) => digits,
        };
        let plain = Directive {
            precision: None,
            ..directive
        };
        if digits == 0 {
            return self.signed(plain, time.seconds.to_string());
        }
        let nanoseconds = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds);
        let size = nanoseconds.unsigned_abs();
        let sign = if nanoseconds < 0 { "-" } else { "" };
        let mut fraction = format!("{:09}", size % 1_000_000_000);
        fraction.truncate(digits);
        let whole = size / 1_000_000_000;
        self.signed(plain, format!("{sign}{whole}.{fraction:0<digits$}"));
    }
}

fn kind_text(stat: &FileStat) -> &'static str {
    match FileKind::of_mode(stat.mode) {
        FileKind::Regular if stat.size == 0 => "regular empty file",
        FileKind::Regular => "regular file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symbolic link",
        FileKind::Fifo => "fifo",
        FileKind::Socket => "socket",
        FileKind::CharDevice => "character special file",
        FileKind::BlockDevice => "block special file",
        FileKind::Unknown => "weird file",
    }
}

/// The highest directory above the file that is on its device. Symbolic links on the way up are taken by their names.
fn mount_point(path: &Path) -> std::io::Result<PathBuf> {
    let mut point = PathBuf::new();
    for component in std::env::current_dir()?.join(path).components() {
        match component {
            Component::ParentDir => {
                point.pop();
            }
            other => point.push(other),
        }
    }
    let device = sys::stat(&point, Follow::No)?.dev;
    while let Some(parent) = point.parent() {
        if sys::stat(parent, Follow::Yes)?.dev != device {
            break;
        }
        point = parent.to_path_buf();
    }
    Ok(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::quote::Style;

    fn shown(format: &str, escapes: Escapes) -> String {
        let stat = FileStat {
            dev: 0xfe00,
            ino: 42,
            size: 1234,
            blocks: 8,
            mode: 0o100644,
            nlink: 1,
            uid: 1000,
            gid: 4242,
            blksize: 4096,
            mtime_sec: -2,
            mtime_nsec: 450_000_000,
            btime_sec: i64::MIN,
            ..FileStat::default()
        };
        let mut formatter = Formatter::new(Quoting::new(Style::ShellEscapeAlways));
        formatter
            .show(format.as_bytes(), escapes, OsStr::new("it's"), &stat)
            .expect("the directives are good");
        String::from_utf8_lossy(formatter.text()).into_owned()
    }

    #[test]
    fn directives_show_the_fields() {
        assert_eq!(
            shown("%a %A %b %B %d %D %f %F %h %i %n %N %o %s", Escapes::Plain),
            "644 -rw-r--r-- 8 512 65024 fe00 81a4 regular file 1 42 it's \"it's\" 4096 1234\n"
        );
        assert_eq!(
            shown("%u %U %g %G %w %W %Hd %Ld %q %Hn %%", Escapes::Plain),
            "1000 agent 4242 UNKNOWN - 0 254 0 ? ?n %\n"
        );
    }

    #[test]
    fn fields_have_width_precision_and_flags() {
        assert_eq!(
            shown(
                "%10s|%-10s|%010s|%+6s|% s|%#a|%06a|%#f|%.2n|%6n|%.6s",
                Escapes::Plain
            ),
            "      1234|1234      |0000001234| +1234| 1234|0644|000644|0x81a4|it|  it's|001234\n"
        );
    }

    #[test]
    fn seconds_have_as_many_digits_as_asked_for() {
        assert_eq!(
            shown("%Y %.1Y %.Y %8.1Y %.11Y", Escapes::Plain),
            "-2 -1.5 -1.550000000     -1.5 -1.55000000000\n"
        );
    }

    #[test]
    fn printf_reads_escapes_and_adds_no_newline() {
        assert_eq!(
            shown("%n\\t\\x41\\101\\e\\\\", Escapes::Interpreted),
            "it's\tAA\u{1b}\\"
        );
        assert_eq!(shown("%n\\t", Escapes::Plain), "it's\\t\n");
    }

    #[test]
    fn a_directive_without_a_letter_is_an_error() {
        let mut formatter = Formatter::new(Quoting::new(Style::Literal));
        let name = OsStr::new("x");
        let shown = formatter.show(b"%n %5%", Escapes::Plain, name, &FileStat::default());
        assert_eq!(shown, Err(b"%5%".to_vec()));
        assert_eq!(formatter.text(), b"x ");
    }
}
