//! Copies what a file holds.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

/// How much is read at once, from files that have as much.
const BUFFER: u64 = 128 << 10;
/// The least, for files that do not know their size.
const SMALL_BUFFER: u64 = 4 << 10;
/// The size of a hole, and where it may begin.
const HOLE: usize = 4096;

/// Which side of a copy failed.
pub enum Failure {
    Reading(io::Error),
    Writing(io::Error),
}

/// Copies all of `from` to `to`. With `holes`, blocks of zeros are skipped. The size is only a hint.
pub fn copy(from: &mut File, to: &mut File, size: u64, holes: bool) -> Result<(), Failure> {
    // Clearing a large buffer would cost more than a small file.
    let fitting = size.saturating_add(1).clamp(SMALL_BUFFER, BUFFER);
    let mut buffer = vec![0; usize::try_from(fitting).unwrap_or(HOLE)];
    let mut length = 0u64;
    let mut ends_in_hole = false;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::Reading(error)),
        };
        let data = buffer.get(..count).unwrap_or_default();
        if holes {
            ends_in_hole = write_with_holes(data, to).map_err(Failure::Writing)?;
        } else {
            to.write_all(data).map_err(Failure::Writing)?;
        }
        length = length.saturating_add(count as u64);
    }
    if ends_in_hole {
        to.set_len(length).map_err(Failure::Writing)?;
    }
    Ok(())
}

/// Returns whether the last block was skipped, so that the file still has to grow over it.
fn write_with_holes(data: &[u8], to: &mut File) -> io::Result<bool> {
    let mut skipped = false;
    for block in data.chunks(HOLE) {
        skipped = block.len() == HOLE && block.iter().all(|byte| *byte == 0);
        if skipped {
            to.seek(SeekFrom::Current(HOLE as i64))?;
        } else {
            to.write_all(block)?;
        }
    }
    Ok(skipped)
}
