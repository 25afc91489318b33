//! What a regular file in memory holds: runs of pages, with holes between them.

use std::collections::BTreeMap;

use super::quota::Quota;
use crate::vfs::Errno;

/// What is allocated and counted at once, in bytes.
pub const PAGE: u64 = 4096;
/// The longest run, in bytes: what growing one may copy.
const RUN_MAX: usize = 1 << 20;
/// The size that no file exceeds (ext4 with blocks of 4 KiB).
pub const SIZE_MAX: u64 = (16 << 40) - PAGE;

/// Runs are whole pages, keyed by the offset of their first byte; none is
/// empty and none overlaps another. Bytes behind the size are zeros.
#[derive(Default)]
pub struct Content {
    runs: BTreeMap<u64, Vec<u8>>,
    size: u64,
    allocated: u64,
}

impl Content {
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes that count against the quota.
    pub fn allocated(&self) -> u64 {
        self.allocated
    }

    /// Reads at an offset; holes are zeros.
    pub fn read(&self, buffer: &mut [u8], offset: u64) -> usize {
        let rest = self.size.saturating_sub(offset);
        let length = usize::try_from(rest).map_or(buffer.len(), |rest| rest.min(buffer.len()));
        let buffer = &mut buffer[..length];
        let first = self.runs.range(..=offset).next_back();
        let from = first.map_or(offset, |(&start, _)| start);
        let end = offset + length as u64;
        let mut filled = 0;
        for (&start, run) in self.runs.range(from..end.max(from)) {
            let position = offset + filled as u64;
            let skipped = usize::try_from(position.saturating_sub(start)).unwrap_or(usize::MAX);
            let Some(bytes) = run.get(skipped..).filter(|bytes| !bytes.is_empty()) else {
                continue;
            };
            let hole = start.saturating_sub(position) as usize;
            buffer[filled..filled + hole].fill(0);
            filled += hole;
            let count = bytes.len().min(length - filled);
            buffer[filled..filled + count].copy_from_slice(&bytes[..count]);
            filled += count;
        }
        buffer[filled..].fill(0);
        length
    }

    /// Writes at an offset. Gives fewer bytes than asked where the quota or
    /// the longest size ends, and an error where there is no room for one.
    pub fn write(&mut self, bytes: &[u8], offset: u64, quota: &Quota) -> Result<usize, Errno> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let room = SIZE_MAX.saturating_sub(offset);
        if room == 0 {
            return Err(Errno::FileTooBig);
        }
        let length = usize::try_from(room).map_or(bytes.len(), |room| room.min(bytes.len()));
        let mut written = 0;
        while written < length {
            let position = offset + written as u64;
            match self.write_in_one_run(&bytes[written..length], position, quota) {
                Ok(count) => written += count,
                Err(error) if written == 0 => return Err(error),
                Err(_) => break,
            }
            self.size = self.size.max(offset + written as u64);
        }
        Ok(written)
    }

    /// Writes the first bytes: those that lie in the run at `position`, which
    /// is made or made longer when there is none.
    fn write_in_one_run(
        &mut self,
        bytes: &[u8],
        position: u64,
        quota: &Quota,
    ) -> Result<usize, Errno> {
        let page = position - position % PAGE;
        let next = self
            .runs
            .range(page + PAGE..)
            .next()
            .map_or(u64::MAX, |(&start, _)| start);
        let before = self.runs.range(..=page).next_back();
        let start = match before {
            Some((&start, run)) if position < start + run.len() as u64 => start,
            Some((&start, run)) if page == start + run.len() as u64 && run.len() < RUN_MAX => start,
            _ => page,
        };
        let old = self.runs.get(&start).map_or(0, Vec::len) as u64;
        if position >= start + old {
            let wanted = (position - page + bytes.len() as u64).next_multiple_of(PAGE);
            let grown = wanted.min(next - page).min(RUN_MAX as u64 - old);
            self.grow(start, grown, quota)?;
        }
        let Some(run) = self.runs.get_mut(&start) else {
            return Err(Errno::NoSpace);
        };
        let skipped = (position - start) as usize;
        let count = bytes.len().min(run.len() - skipped);
        run[skipped..skipped + count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }

    /// Adds zeros to a run, up to `length` bytes: as many pages as the quota has.
    fn grow(&mut self, start: u64, length: u64, quota: &Quota) -> Result<(), Errno> {
        let length = quota.take_pages(length, PAGE)?;
        let run = self.runs.entry(start).or_default();
        let grown = length as usize;
        // Twice as long each time, but never beyond the longest run.
        let capacity = (run.len() + grown).max((2 * run.len()).min(RUN_MAX));
        if run.try_reserve_exact(capacity - run.len()).is_err() {
            if run.is_empty() {
                self.runs.remove(&start);
            }
            quota.release(length);
            return Err(Errno::NoSpace);
        }
        run.resize(run.len() + grown, 0);
        self.allocated += length;
        Ok(())
    }

    /// Cuts the file, or lets a hole follow it.
    pub fn resize(&mut self, size: u64, quota: &Quota) -> Result<(), Errno> {
        if size > SIZE_MAX {
            return Err(Errno::FileTooBig);
        }
        if size < self.size {
            let kept = size.next_multiple_of(PAGE);
            let mut freed: u64 = self
                .runs
                .split_off(&kept)
                .values()
                .map(|run| run.len() as u64)
                .sum();
            if let Some((&start, run)) = self.runs.range_mut(..kept).next_back() {
                let old = run.len();
                run.truncate((kept - start).min(old as u64) as usize);
                run.shrink_to_fit();
                freed += (old - run.len()) as u64;
                let end = (size.saturating_sub(start) as usize).min(run.len());
                run[end..].fill(0);
            }
            self.allocated -= freed;
            quota.release(freed);
        }
        self.size = size;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_costs_nothing_and_reads_as_zeros() {
        let quota = Quota::new(1 << 20);
        let mut content = Content::default();
        assert_eq!(content.resize(1 << 40, &quota), Ok(()));
        assert_eq!((content.size(), content.allocated()), (1 << 40, 0));
        let mut buffer = [7; 5];
        assert_eq!(content.read(&mut buffer, 1 << 39), 5);
        assert_eq!(buffer, [0; 5]);
    }

    #[test]
    fn a_write_far_out_allocates_its_page_only() {
        let quota = Quota::new(1 << 20);
        let mut content = Content::default();
        assert_eq!(content.write(b"ab", (1 << 39) + 4095, &quota), Ok(2));
        assert_eq!(content.allocated(), 2 * PAGE);
        let mut buffer = [7; 4];
        assert_eq!(content.read(&mut buffer, (1 << 39) + 4094), 3);
        assert_eq!(buffer, [0, b'a', b'b', 7]);
    }

    #[test]
    fn no_file_is_longer_than_on_ext4() {
        let quota = Quota::new(1 << 20);
        let mut content = Content::default();
        assert_eq!(content.resize(SIZE_MAX + 1, &quota), Err(Errno::FileTooBig));
        assert_eq!(content.write(b"abc", SIZE_MAX - 2, &quota), Ok(2));
        assert_eq!(
            content.write(b"abc", SIZE_MAX, &quota),
            Err(Errno::FileTooBig)
        );
        assert_eq!(
            content.write(b"abc", u64::MAX, &quota),
            Err(Errno::FileTooBig)
        );
    }

    #[test]
    fn what_was_cut_off_is_zeros_when_the_file_grows_again() {
        let quota = Quota::new(1 << 20);
        let mut content = Content::default();
        assert_eq!(content.write(&[1; 10_000], 0, &quota), Ok(10_000));
        assert_eq!(content.resize(5, &quota), Ok(()));
        assert_eq!(content.allocated(), PAGE);
        assert_eq!(content.resize(10, &quota), Ok(()));
        let mut buffer = [7; 10];
        assert_eq!(content.read(&mut buffer, 0), 10);
        assert_eq!(buffer, [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
        assert_eq!(content.resize(0, &quota), Ok(()));
        assert_eq!((content.allocated(), quota.used()), (0, 0));
    }

    #[test]
    fn a_write_that_meets_the_quota_is_short() {
        let quota = Quota::new(10_000);
        let mut content = Content::default();
        assert_eq!(content.write(&[1; 20_000], 0, &quota), Ok(8192));
        assert_eq!(content.write(b"x", 8192, &quota), Err(Errno::NoSpace));
        assert_eq!(content.size(), 8192);
    }

    #[test]
    fn random_writes_cuts_and_reads_agree_with_an_array() {
        let quota = Quota::new(u64::MAX);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |bound: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % bound
        };
        let mut content = Content::default();
        let mut model: Vec<u8> = Vec::new();
        for step in 0..3000 {
            let offset = below(40) * below(2000);
            let length = below(3 * PAGE) as usize;
            match below(8) {
                0 => {
                    assert_eq!(content.resize(offset, &quota), Ok(()));
                    model.resize(offset as usize, 0);
                }
                1..=3 => {
                    let bytes = vec![step as u8; length];
                    assert_eq!(content.write(&bytes, offset, &quota), Ok(length));
                    let (start, end) = (offset as usize, offset as usize + length);
                    if length > 0 {
                        model.resize(model.len().max(end), 0);
                        model[start..end].copy_from_slice(&bytes);
                    }
                }
                _ => {
                    let mut buffer = vec![7; length];
                    let count = content.read(&mut buffer, offset);
                    let rest = model.get(offset as usize..).unwrap_or_default();
                    assert_eq!(buffer[..count], rest[..rest.len().min(length)]);
                }
            }
            assert_eq!(content.size(), model.len() as u64);
            let allocated: usize = content.runs.values().map(Vec::len).sum();
            assert_eq!(content.allocated(), allocated as u64);
            assert_eq!(quota.used(), allocated as u64);
        }
    }
}
