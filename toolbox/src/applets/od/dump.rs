//! The lines of `od`: addresses, fields, and the strings of `-S`.

use std::io::{self, Write};

use super::NAME;
use super::input::Files;
use super::types::Type;
use crate::stdio;

/// How offsets are printed.
pub struct Address {
    /// `d`, `o`, `x` or `n`.
    pub radix: u8,
    /// What the first offset is called as well.
    pub label: Option<u64>,
    /// The first offset.
    pub start: u64,
}

impl Address {
    /// The columns that it takes; the label beside it is not counted.
    fn width(&self) -> usize {
        match self.radix {
            b'n' if self.label.is_some() => 7,
            b'n' => 0,
            b'x' => 6,
            _ => 7,
        }
    }

    fn put(&self, offset: u64, line: &mut Vec<u8>) {
        let shown = |number: u64| match self.radix {
            b'd' => format!("{number:07}"),
            b'x' => format!("{number:06x}"),
            _ => format!("{number:07o}"),
        };
        let text = match (self.radix, self.label) {
            (b'n', None) => String::new(),
            (_, None) => shown(offset),
            (radix, Some(label)) => {
                let label = shown(label.wrapping_add(offset - self.start));
                match radix {
                    // GNU has the offset there, and not the label.
                    b'n' => format!("({})", shown(offset)),
                    _ => format!("{} ({label})", shown(offset)),
                }
            }
        };
        line.extend_from_slice(text.as_bytes());
    }
}

/// A type with the spaces that line it up with the others.
struct Column {
    of: Type,
    fields: usize,
    padding: usize,
}

/// How bytes are laid out.
pub struct Dump {
    columns: Vec<Column>,
    block: usize,
    big_endian: bool,
    abbreviate: bool,
}

impl Dump {
    pub fn new(types: &[Type], width: Option<u64>, big_endian: bool, abbreviate: bool) -> Self {
        // Sizes are powers of two, so that the largest is a multiple of all.
        let unit = types.iter().map(|of| of.size).max().unwrap_or(1);
        let block = match width {
            None => unit * (16 / unit).max(1),
            Some(width) => match usize::try_from(width)
                .ok()
                .filter(|width| *width > 0 && width.is_multiple_of(unit))
            {
                Some(width) => width,
                None => {
                    let message = format!("warning: invalid width {width}; using {unit} instead");
                    stdio::complain(NAME, message.as_bytes());
                    unit
                }
            },
        };
        let columns = |of: &Type| (of.width() + 1) * (block / of.size);
        let widest = types.iter().map(columns).max().unwrap_or(0);
        let columns = types
            .iter()
            .map(|of| Column {
                of: *of,
                fields: block / of.size,
                padding: widest - of.width() * (block / of.size),
            })
            .collect();
        Self {
            columns,
            block,
            big_endian,
            abbreviate,
        }
    }

    pub fn run(
        &self,
        files: &mut Files,
        address: &Address,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut offset = address.start;
        let (mut block, mut before) = (vec![0; self.block], vec![0; self.block]);
        let (mut is_first, mut repeats) = (true, false);
        let mut line = Vec::new();
        loop {
            let length = files.read(&mut block);
            if length == 0 {
                break;
            }
            let is_whole = length == self.block;
            if self.abbreviate && !is_first && is_whole && block == before {
                if !repeats {
                    out.write_all(b"*\n")?;
                }
                repeats = true;
            } else {
                repeats = false;
                line.clear();
                if let Some(rest) = block.get_mut(length..) {
                    rest.fill(0);
                }
                self.put(&block, length, address, offset, &mut line);
                out.write_all(&line)?;
            }
            is_first = false;
            std::mem::swap(&mut block, &mut before);
            offset += length as u64;
            if !is_whole {
                break;
            }
        }
        line.clear();
        address.put(offset, &mut line);
        if !line.is_empty() {
            line.push(b'\n');
        }
        out.write_all(&line)
    }

    /// The lines of one block, of which `length` bytes were read.
    fn put(&self, block: &[u8], length: usize, address: &Address, offset: u64, line: &mut Vec<u8>) {
        for (at, column) in self.columns.iter().enumerate() {
            match at {
                0 => address.put(offset, line),
                _ => line.extend(std::iter::repeat_n(b' ', address.width())),
            }
            let blank = (self.block - length) / column.of.size;
            let start = line.len();
            column.put(block, column.fields - blank, self.big_endian, line);
            if column.of.text {
                let end = start + column.fields * column.of.width() + column.padding;
                line.resize(end, b' ');
                line.extend_from_slice(b"  >");
                let text = block.iter().take(length);
                line.extend(text.map(|byte| match byte {
                    b' '..=b'~' => *byte,
                    _ => b'.',
                }));
                line.push(b'<');
            }
            line.push(b'\n');
        }
    }
}

impl Column {
    /// The first fields of a block.
    fn put(&self, block: &[u8], count: usize, big_endian: bool, line: &mut Vec<u8>) {
        let mut padding = self.padding;
        let mut swapped = [0; 16];
        for (at, datum) in block.chunks(self.of.size).take(count).enumerate() {
            let next = self.padding * (self.fields - at - 1) / self.fields;
            let datum = match swapped.get_mut(..datum.len()).filter(|_| big_endian) {
                Some(swapped) => {
                    swapped.copy_from_slice(datum);
                    swapped.reverse();
                    swapped
                }
                None => datum,
            };
            let text = self.of.show(datum);
            let width = padding - next + self.of.width();
            line.extend(std::iter::repeat_n(b' ', width.saturating_sub(text.len())));
            line.extend(text);
            padding = next;
        }
    }
}

/// Runs of printable characters that a NUL ends, or the limit, with their addresses.
pub fn strings(
    files: &mut Files,
    address: &Address,
    least: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    let mut offset = address.start;
    let mut text = Vec::new();
    let mut line = Vec::new();
    loop {
        let remaining = files.limit;
        if text.is_empty() && remaining.is_some_and(|left| left < least.max(1) as u64) {
            return Ok(());
        }
        let byte = match remaining {
            // The limit ends a string as a NUL does.
            Some(0) => 0,
            _ => match files.byte() {
                Some(byte) => byte,
                None => return Ok(()),
            },
        };
        if remaining != Some(0) {
            offset += 1;
        }
        match byte {
            b' '..=b'~' => text.push(byte),
            0 if text.len() >= least => {
                line.clear();
                address.put((offset - 1).wrapping_sub(text.len() as u64), &mut line);
                if !line.is_empty() {
                    line.push(b' ');
                }
                line.append(&mut text);
                line.push(b'\n');
                out.write_all(&line)?;
                if remaining == Some(0) {
                    return Ok(());
                }
            }
            _ => text.clear(),
        }
        if remaining == Some(0) {
            return Ok(());
        }
    }
}
