//! `seq`: prints numbers from first to last.

mod layout;
mod operand;
mod whole;

use std::cmp::Ordering;
use std::ffi::OsString;
use std::io::{self, Write};

use crate::format::extended::{Extended, Size};
use crate::format::read;
use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;
use layout::Layout;
use operand::Operand;

const NAME: &str = "seq";
/// Written at a time.
const BLOCK: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    EqualWidth,
    Format,
    Help,
    Separator,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Format, Some('f'), Some("format"), Takes::Value("FORMAT"), "use printf style floating-point FORMAT"),
    flag(Id::Separator, Some('s'), Some("separator"), Takes::Value("STRING"), "use STRING to separate numbers (default: \\n)"),
    flag(Id::EqualWidth, Some('w'), Some("equal-width"), Takes::Nothing, "equalize width by padding with leading zeroes"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

/// Numbers on their way out.
struct Output {
    separator: Vec<u8>,
    buffer: Vec<u8>,
    out: io::StdoutLock<'static>,
}

impl Output {
    /// Writes what there is when it is a block.
    fn tick(&mut self) -> io::Result<()> {
        if self.buffer.len() >= BLOCK {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.out.flush()
    }
}

pub fn main(args: &[OsString]) -> i32 {
    // A negative number is no option.
    let is_number = |arg: &OsString| matches!(arg.as_bytes(), [b'-', b'.' | b'0'..=b'9', ..]);
    let numbers = args.iter().position(is_number).unwrap_or(args.len());
    let (before, behind) = args.split_at(numbers);
    let parsed = getopt::parse(NAME, FLAGS, Order::OptionsFirst, before);
    let mut parsed = match parsed {
        Ok(parsed) => parsed,
        // What looks like a number may be the value of the option before it.
        Err(error) => match getopt::parse(NAME, FLAGS, Order::OptionsFirst, args) {
            Ok(parsed) => return run(parsed),
            Err(_) => return error.report(1),
        },
    };
    parsed.operands.extend_from_slice(behind);
    run(parsed)
}

fn run(parsed: getopt::Parsed<Id>) -> i32 {
    let (mut format, mut separator, mut equal_width) = (None, b"\n".to_vec(), false);
    for (id, value) in parsed.options {
        match (id, value) {
            (Id::EqualWidth, _) => equal_width = true,
            (Id::Format, value) => format = value,
            (Id::Separator, value) => {
                separator = value.unwrap_or_default().as_bytes().to_vec();
            }
            (Id::Help, _) => {
                let text = format!(
                    "Usage: seq [OPTION]... LAST\n   or: seq [OPTION]... FIRST LAST\n   \
                     or: seq [OPTION]... FIRST INCREMENT LAST\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
        }
    }
    let operands: Vec<&[u8]> = parsed.operands.iter().map(|text| text.as_bytes()).collect();
    if operands.is_empty() {
        return UsageError::new(NAME, "missing operand").report(1);
    }
    if let Some(extra) = operands.get(3) {
        let message = [b"extra operand ", quoted_text(extra).as_slice()].concat();
        return UsageError::new(NAME, message).report(1);
    }
    let format = match format
        .map(|format| Layout::parse(format.as_bytes()))
        .transpose()
    {
        Ok(format) => format,
        Err(message) => {
            stdio::complain(NAME, &message);
            return 1;
        }
    };
    if format.is_some() && equal_width {
        let message = "format string may not be specified when printing equal width strings";
        return UsageError::new(NAME, message).report(1);
    }
    let mut output = Output {
        separator,
        buffer: Vec::with_capacity(1024),
        out: io::stdout().lock(),
    };
    let written = match whole::Digits::of(&operands) {
        Some(mut digits) if format.is_none() && !equal_width && output.separator.len() == 1 => {
            digits.print(&mut output)
        }
        _ => match numbers(&operands) {
            Ok([first, step, last]) => {
                let plain = format.is_none() && !equal_width && output.separator.len() == 1;
                let layout =
                    format.unwrap_or_else(|| Layout::of(&first, &step, &last, equal_width));
                match long_digits(&layout, &[first, step, last]).filter(|_| plain) {
                    Some(mut digits) => digits.print(&mut output),
                    None => print(&layout, &first, &step, &last, &mut output),
                }
            }
            Err(message) => return UsageError::new(NAME, message).report(1),
        },
    };
    let written = written.and_then(|()| output.finish());
    stdio::finish(NAME, written, 0)
}

/// First, step and last; what is not given is one.
fn numbers(operands: &[&[u8]]) -> Result<[Operand; 3], Vec<u8>> {
    let one = operand::parse(b"1")?;
    match operands {
        [last] => Ok([one, one, operand::parse(last)?]),
        [first, last] => Ok([operand::parse(first)?, one, operand::parse(last)?]),
        [first, step, last, ..] => {
            let first = operand::parse(first)?;
            let number = operand::parse(step)?;
            if number.value.is_zero() {
                let quoted = quoted_text(step);
                return Err([b"invalid Zero increment value: ", quoted.as_slice()].concat());
            }
            Ok([first, number, operand::parse(last)?])
        }
        [] => Ok([one; 3]),
    }
}

/// Whole numbers that no integer holds: as digits they are counted exactly.
fn long_digits(layout: &Layout, operands: &[Operand; 3]) -> Option<whole::Digits> {
    let [first, step, last] = operands.each_ref().map(|operand| {
        let is_plain = operand.precision == Some(0) && !operand.value.negative;
        let mut text = Vec::new();
        layout.put(operand.value, &mut text);
        (is_plain && operand.value.is_finite()).then_some(text)
    });
    let (first, step, last) = (first?, step?, last?);
    match integer(operands[0].value).and(integer(operands[2].value)) {
        None => whole::Digits::of(&[&first, &step, &last]),
        Some(_) => None,
    }
}

fn print(
    layout: &Layout,
    first: &Operand,
    step: &Operand,
    last: &Operand,
    output: &mut Output,
) -> io::Result<()> {
    let whole = |operand: &Operand| match operand.precision {
        Some(0) => integer(operand.value),
        _ => None,
    };
    // Whole numbers below 2^63 are exact either way, and faster so.
    if let (Some(width), Some(first), Some(step)) =
        (layout.of_whole_numbers(), whole(first), whole(step))
        && let Some(last) = end(last.value)
    {
        return whole::print(first, step, last, width, output);
    }
    let (first, step, last) = (first.value, step.value, last.value);
    let beyond = |number: &Extended| match step.negative {
        true => number.compare(&last) == Some(Ordering::Less),
        false => number.compare(&last) == Some(Ordering::Greater),
    };
    if beyond(&first) {
        return Ok(());
    }
    let mut number = first;
    let mut count = 0;
    loop {
        layout.put(number, &mut output.buffer);
        output.tick()?;
        count += 1;
        let next = first.plus(Extended::from_u64(count).times(step));
        if beyond(&next) {
            // A number that is too large only by what rounding added is printed all the same.
            if is_extra(layout, number, next, last) {
                output.buffer.extend_from_slice(&output.separator);
                layout.put(next, &mut output.buffer);
            }
            output.buffer.push(b'\n');
            return Ok(());
        }
        output.buffer.extend_from_slice(&output.separator);
        number = next;
    }
}

/// Whether a number beyond the last prints as the last, and not as the one before it.
fn is_extra(layout: &Layout, number: Extended, next: Extended, last: Extended) -> bool {
    let shown = |number| {
        let mut text = Vec::new();
        layout.put_number(number, &mut text);
        text
    };
    let text = shown(next);
    let read = read::extended(&text);
    read.length == text.len()
        && read.value.compare(&last) == Some(Ordering::Equal)
        && shown(number) != text
}

/// The number, if it is whole, not minus zero, and below 2^62.
fn integer(number: Extended) -> Option<i64> {
    if number.is_zero() {
        return (!number.negative).then_some(0);
    }
    let Size::Finite { mantissa, exponent } = number.size else {
        return None;
    };
    let shift = exponent
        .checked_neg()
        .filter(|shift| (2..64).contains(shift))?;
    let size = mantissa >> shift;
    (size << shift == mantissa).then_some(())?;
    let size = i64::try_from(size).ok()?;
    Some(if number.negative { -size } else { size })
}

/// The last whole number that is not beyond the end; infinity is as far as one can go.
fn end(number: Extended) -> Option<i64> {
    match number.size {
        Size::Infinite => Some(if number.negative { i64::MIN } else { i64::MAX }),
        _ if number.is_zero() => Some(0),
        _ => integer(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_told_from_others() {
        let read = |text: &str| integer(read::extended(text.as_bytes()).value);
        assert_eq!(read("12"), Some(12));
        assert_eq!(read("-1e3"), Some(-1000));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("-0"), None);
        assert_eq!(read("1.5"), None);
        assert_eq!(read("4611686018427387904"), None);
        assert_eq!(read("4611686018427387903"), Some(4_611_686_018_427_387_903));
    }
}
