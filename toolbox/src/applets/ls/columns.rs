//! The formats that put several names on a line.

use std::io::{self, Write};

use super::Lister;
use super::entry::Entry;
use super::long::Widths;

/// The narrowest column: a character and the two spaces behind it.
const NARROWEST: usize = 3;

/// Names in columns: down first (`-C`), or across first (`-x`).
pub fn write_grid(
    lister: &Lister,
    entries: &[Entry],
    widths: &Widths,
    across: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let config = &lister.config;
    let lengths: Vec<usize> = entries
        .iter()
        .map(|entry| lister.length(entry, widths))
        .collect();
    let (columns, column_widths) = fit(&lengths, config.width, across);
    let rows = entries.len().div_ceil(columns);
    for row in 0..rows {
        let mut position = 0;
        for column in 0..columns {
            let at = match across {
                true => row * columns + column,
                false => column * rows + row,
            };
            let (Some(entry), Some(length)) = (entries.get(at), lengths.get(at)) else {
                break;
            };
            lister.write_cell(entry, widths, position, out)?;
            let next = match across {
                true => (column + 1 < columns).then_some(at + 1),
                false => Some(at + rows),
            };
            if next.is_none_or(|next| next >= entries.len()) {
                break;
            }
            let end = position + column_widths.get(column).copied().unwrap_or(0);
            indent(position + length, end, config.tab_size, out)?;
            position = end;
        }
        out.write_all(&[config.end])?;
    }
    Ok(())
}

/// The most columns that fit in a line, and their widths with the space behind.
fn fit(lengths: &[usize], width: usize, across: bool) -> (usize, Vec<usize>) {
    let count = lengths.len();
    let most = match width {
        0 => count,
        width => count.min(width.div_ceil(NARROWEST)),
    };
    for columns in (2..=most).rev() {
        let rows = count.div_ceil(columns);
        let mut widths = vec![NARROWEST; columns];
        for (at, length) in lengths.iter().enumerate() {
            let column = match across {
                true => at % columns,
                false => at / rows,
            };
            let gap = if column + 1 == columns { 0 } else { 2 };
            if let Some(widest) = widths.get_mut(column) {
                *widest = (*widest).max(length + gap);
            }
        }
        if width == 0 || widths.iter().sum::<usize>() < width {
            return (columns, widths);
        }
    }
    (1, vec![NARROWEST])
}

/// Moves to a column, by tabs where they help.
fn indent(mut from: usize, to: usize, tab_size: usize, out: &mut impl Write) -> io::Result<()> {
    while from < to {
        if tab_size != 0 && to / tab_size > (from + 1) / tab_size {
            out.write_all(b"\t")?;
            from += tab_size - from % tab_size;
        } else {
            out.write_all(b" ")?;
            from += 1;
        }
    }
    Ok(())
}

/// Names in lines, with a comma and a space between.
pub fn write_commas(
    lister: &Lister,
    entries: &[Entry],
    widths: &Widths,
    out: &mut impl Write,
) -> io::Result<()> {
    let config = &lister.config;
    let mut position = 0;
    for (at, entry) in entries.iter().enumerate() {
        let length = lister.length(entry, widths);
        if at > 0 {
            if config.width == 0 || position + length + 2 < config.width {
                position += 2;
                out.write_all(b", ")?;
            } else {
                position = 0;
                out.write_all(&[b',', config.end])?;
            }
        }
        lister.write_cell(entry, widths, position, out)?;
        position += length;
    }
    if !entries.is_empty() {
        out.write_all(&[config.end])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn the_most_columns_that_fit_are_taken() {
        assert_eq!(fit(&[5, 4, 3], 80, false), (3, vec![7, 6, 3]));
        assert_eq!(fit(&[5, 4, 3], 13, false), (2, vec![7, 3]));
        assert_eq!(fit(&[50, 40], 80, false).0, 1);
        assert_eq!(fit(&[50, 40], 0, true), (2, vec![52, 40]));
    }
}
