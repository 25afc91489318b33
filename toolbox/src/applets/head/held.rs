//! The last lines or bytes of an input of unknown length: what `head` leaves out and `tail` prints.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

use super::count::Unit;

const BLOCK: usize = 16 * 1024;

struct Block {
    bytes: Vec<u8>,
    used: usize,
    units: u64,
}

impl Block {
    fn text(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }
}

/// Holds as many blocks as the last `count` units may reach into.
pub struct Held {
    unit: Unit,
    line_end: u8,
    count: u64,
    blocks: VecDeque<Block>,
    units: u64,
}

impl Held {
    pub fn new(unit: Unit, line_end: u8, count: u64) -> Self {
        Held {
            unit,
            line_end,
            count,
            blocks: VecDeque::new(),
            units: 0,
        }
    }

    /// Reads to the end. `passed` is given what lies before the last units for sure.
    pub fn fill(&mut self, input: &mut impl Read, mut passed: impl FnMut(&[u8])) -> io::Result<()> {
        let mut spare = None;
        loop {
            if self.blocks.back().is_none_or(|block| block.used == BLOCK) {
                let fresh = || Block {
                    bytes: vec![0; BLOCK],
                    used: 0,
                    units: 0,
                };
                self.blocks.push_back(spare.take().unwrap_or_else(fresh));
            }
            let Some(block) = self.blocks.back_mut() else {
                return Ok(());
            };
            let free = block.bytes.get_mut(block.used..).unwrap_or_default();
            let length = match input.read(free) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let new = free.get(..length).unwrap_or_default();
            let units = match self.unit {
                Unit::Bytes => length,
                Unit::Lines => memchr::memchr_iter(self.line_end, new).count(),
            };
            block.used += length;
            block.units += units as u64;
            self.units += units as u64;
            // One more, because the first of the last lines may begin in the block before.
            while let Some(first) = self
                .blocks
                .front()
                .filter(|first| self.units - first.units > self.count)
            {
                passed(first.text());
                self.units -= first.units;
                spare = self.blocks.pop_front().map(|block| Block {
                    used: 0,
                    units: 0,
                    ..block
                });
            }
        }
    }

    /// Writes what is held before the last units, or from them on.
    pub fn write(&self, last: bool, out: &mut impl Write) -> io::Result<()> {
        let mut before = self.before();
        for block in &self.blocks {
            let (passed, kept) = block.text().split_at(before.min(block.used));
            out.write_all(if last { kept } else { passed })?;
            before -= passed.len();
        }
        Ok(())
    }

    /// How many bytes the last units have.
    pub fn last_length(&self) -> usize {
        self.length() - self.before()
    }

    fn length(&self) -> usize {
        self.blocks.iter().map(|block| block.used).sum()
    }

    /// How many of the bytes that are held lie before the last units.
    fn before(&self) -> usize {
        let held = self.length();
        let last_byte = self
            .blocks
            .iter()
            .rev()
            .find_map(|block| block.text().last());
        // A line without an end counts too.
        let open = self.unit == Unit::Lines && last_byte.is_some_and(|byte| *byte != self.line_end);
        let passed = (self.units + u64::from(open)).saturating_sub(self.count);
        if self.unit == Unit::Bytes {
            return usize::try_from(passed).unwrap_or(held);
        }
        let mut left = passed;
        let mut before = 0;
        for block in &self.blocks {
            if left == 0 {
                break;
            }
            if block.units < left {
                left -= block.units;
                before += block.used;
                continue;
            }
            let index = usize::try_from(left - 1).unwrap_or(usize::MAX);
            let end = memchr::memchr_iter(self.line_end, block.text()).nth(index);
            return before + end.map_or(block.used, |end| end + 1);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies before the last units and what they are.
    fn split(unit: Unit, count: u64, text: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut held = Held::new(unit, b'\n', count);
        let (mut before, mut last) = (Vec::new(), Vec::new());
        held.fill(&mut &text[..], |passed| before.extend_from_slice(passed))
            .expect("reading from memory");
        held.write(false, &mut before).expect("writing to memory");
        held.write(true, &mut last).expect("writing to memory");
        (before, last)
    }

    #[test]
    fn a_last_line_without_an_end_counts() {
        assert_eq!(
            split(Unit::Lines, 1, b"a\nb\nc"),
            (b"a\nb\n".to_vec(), b"c".to_vec())
        );
        assert_eq!(
            split(Unit::Lines, 2, b"a\nb\nc\n"),
            (b"a\n".to_vec(), b"b\nc\n".to_vec())
        );
        assert_eq!(split(Unit::Bytes, 9, b"abc"), (Vec::new(), b"abc".to_vec()));
    }

    #[test]
    fn a_line_may_begin_blocks_before_its_end() {
        let text = [b"a\n".to_vec(), vec![b'x'; 3 * BLOCK], b"\nz\n".to_vec()].concat();
        let (before, last) = split(Unit::Lines, 2, &text);
        assert_eq!(
            (before.as_slice(), last.len()),
            (&b"a\n"[..], text.len() - 2)
        );
        let (before, last) = split(Unit::Bytes, 5, &text);
        assert_eq!(
            (before.len(), last.as_slice()),
            (text.len() - 5, &b"xx\nz\n"[..])
        );
    }
}
