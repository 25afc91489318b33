//! `tr`: translates, squeezes and deletes bytes.

mod plan;
mod set;

use std::ffi::OsString;
use std::io::{self, Write};

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio::{self, Blocks, Input};
use crate::sys::quote::quoted_text;
use crate::sys::{self, OsStrExt};
use plan::Members;
use set::Element;

const NAME: &str = "tr";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Complement,
    Delete,
    Help,
    Nothing,
    Squeeze,
    Truncate,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Complement, Some('c'), Some("complement"), Takes::Nothing, "use the complement of SET1"),
    flag(Id::Complement, Some('C'), None, Takes::Nothing, "same as -c"),
    flag(Id::Delete, Some('d'), Some("delete"), Takes::Nothing, "delete characters in SET1"),
    flag(Id::Squeeze, Some('s'), Some("squeeze-repeats"), Takes::Nothing, "print a repeated character of the last SET once"),
    flag(Id::Truncate, Some('t'), Some("truncate-set1"), Takes::Nothing, "first truncate SET1 to the length of SET2"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
    // The locale is one of bytes already.
    flag(Id::Nothing, Some('A'), None, Takes::Nothing, ""),
];

#[derive(Clone, Copy, Debug, Default)]
struct Options {
    complement: bool,
    delete: bool,
    squeeze: bool,
    truncate: bool,
}

/// What happens to a byte: at first it may be deleted, then it becomes another, and then it may be one too many.
#[derive(Default)]
struct Work {
    delete: Option<Members>,
    translate: Option<[u8; 256]>,
    squeeze: Option<Members>,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::OptionsFirst, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut options = Options::default();
    for (id, _) in &parsed.options {
        match id {
            Id::Complement => options.complement = true,
            Id::Delete => options.delete = true,
            Id::Nothing => {}
            Id::Squeeze => options.squeeze = true,
            Id::Truncate => options.truncate = true,
            Id::Help => {
                let text = format!(
                    "Usage: tr [OPTION]... SET1 [SET2]\n\n{}",
                    getopt::help(FLAGS)
                );
                return stdio::print(NAME, text.as_bytes());
            }
        }
    }
    let sets: Vec<&[u8]> = parsed.operands.iter().map(|set| set.as_bytes()).collect();
    if let Err(message) = check_count(&sets, options) {
        return UsageError::new(NAME, message).report(1);
    }
    let mut warnings = Vec::new();
    let work = plan(&sets, options, &mut warnings);
    for warning in warnings {
        stdio::complain(NAME, &warning);
    }
    match work {
        Ok(work) => run(&work),
        Err(message) => {
            stdio::complain(NAME, &message);
            1
        }
    }
}

fn check_count(sets: &[&[u8]], options: Options) -> Result<(), Vec<u8>> {
    let least = 1 + usize::from(options.delete == options.squeeze);
    let most = 1 + usize::from(options.delete <= options.squeeze);
    if let Some(extra) = sets.get(most) {
        let hint: &[u8] = match sets.len() {
            2 => b"\nOnly one string may be given when deleting without squeezing repeats.",
            _ => b"",
        };
        return Err([b"extra operand ", quoted_text(extra).as_slice(), hint].concat());
    }
    if sets.len() >= least {
        return Ok(());
    }
    let Some(last) = sets.last() else {
        return Err(b"missing operand".to_vec());
    };
    let hint: &[u8] = match options.squeeze {
        true => b"\nTwo strings must be given when both deleting and squeezing repeats.",
        false => b"\nTwo strings must be given when translating.",
    };
    Err([
        b"missing operand after ",
        quoted_text(last).as_slice(),
        hint,
    ]
    .concat())
}

fn plan(sets: &[&[u8]], options: Options, warnings: &mut Vec<Vec<u8>>) -> Result<Work, Vec<u8>> {
    let parsed: Vec<Vec<Element>> = sets
        .iter()
        .map(|set| set::parse(set, warnings))
        .collect::<Result<_, _>>()?;
    let first = parsed.first().map(Vec::as_slice).unwrap_or_default();
    let second = parsed.get(1).map(Vec::as_slice);
    plan::check_first(first)?;
    let mut work = Work::default();
    if options.delete {
        work.delete = Some(plan::members(first, options.complement));
    }
    match second {
        Some(second) => {
            plan::check_second(second, !options.delete)?;
            if !options.delete {
                let table = plan::translation(first, second, options.complement, options.truncate)?;
                work.translate = Some(table);
            }
            if options.squeeze {
                work.squeeze = Some(plan::members(second, false));
            }
        }
        None if options.squeeze => {
            work.squeeze = Some(plan::members(first, options.complement));
        }
        None => {}
    }
    Ok(work)
}

fn run(work: &Work) -> i32 {
    let mut input = Blocks::new(Input::stdin());
    let mut out = io::stdout().lock();
    let translator = work.translate.as_ref().map(Translator::new);
    // The last byte that was printed, for what is squeezed.
    let mut last = None;
    loop {
        let block = match input.read() {
            Ok([]) => return stdio::finish(NAME, out.flush(), 0),
            Ok(block) => block,
            Err(error) => {
                let message = format!("read error: {}", sys::error_text(&error));
                stdio::complain(NAME, message.as_bytes());
                return stdio::finish(NAME, out.flush(), 1);
            }
        };
        let mut length = block.len();
        if let Some(members) = &work.delete {
            length = keep(block, |byte| !members[usize::from(byte)]);
        }
        let block = block.get_mut(..length).unwrap_or_default();
        if let Some(translator) = &translator {
            translator.apply(block);
        }
        if let Some(members) = &work.squeeze {
            length = keep(block, |byte| {
                let again = last.replace(byte) == Some(byte);
                !(again && members[usize::from(byte)])
            });
        }
        let text = block.get(..length).unwrap_or_default();
        if let Err(error) = out.write_all(text).and_then(|()| out.flush()) {
            return stdio::finish(NAME, Err(error), 1);
        }
    }
}

/// Moves the bytes that are kept to the front; says how many there are.
fn keep(block: &mut [u8], mut is_kept: impl FnMut(u8) -> bool) -> usize {
    let mut kept = 0;
    for at in 0..block.len() {
        let byte = block[at];
        // Writing every byte is faster than asking whether to.
        block[kept] = byte;
        kept += usize::from(is_kept(byte));
    }
    kept
}

/// A table, or the sum that says the same: a sum is done for many bytes at a time.
enum Translator<'t> {
    Table(&'t [u8; 256]),
    /// The bytes from `first` on, `length` of them and one more, become others that are as far apart.
    Shift {
        first: u8,
        length: u8,
        by: u8,
    },
}

impl<'t> Translator<'t> {
    fn new(table: &'t [u8; 256]) -> Self {
        let distance = |byte: u8| table[usize::from(byte)].wrapping_sub(byte);
        let changed = |byte: &u8| distance(*byte) != 0;
        let ends = ((0..=u8::MAX).find(changed), (0..=u8::MAX).rfind(changed));
        match ends {
            (Some(first), Some(last))
                if (first..=last).all(|byte| distance(byte) == distance(first)) =>
            {
                Self::Shift {
                    first,
                    length: last - first,
                    by: distance(first),
                }
            }
            _ => Self::Table(table),
        }
    }

    fn apply(&self, block: &mut [u8]) {
        match self {
            Self::Table(table) => {
                for byte in block {
                    *byte = table[usize::from(*byte)];
                }
            }
            Self::Shift { first, length, by } => {
                for byte in block {
                    let inside = byte.wrapping_sub(*first) <= *length;
                    *byte = byte.wrapping_add(if inside { *by } else { 0 });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_says_what_the_table_says() {
        for (first, second) in [("a-z", "A-Z"), ("\n", " "), ("abc", "cab"), ("a", "a")] {
            let parse = |text: &str| set::parse(text.as_bytes(), &mut Vec::new()).expect("a set");
            let table = plan::translation(&parse(first), &parse(second), false, false);
            let table = table.expect("a translation");
            let mut block: Vec<u8> = (0..=u8::MAX).collect();
            Translator::new(&table).apply(&mut block);
            assert_eq!(block, table, "{first} {second}");
        }
    }

    #[test]
    fn what_is_not_kept_is_closed_up() {
        let mut block = *b"a-b--c";
        let length = keep(&mut block, |byte| byte != b'-');
        assert_eq!(&block[..length], b"abc");
    }
}
