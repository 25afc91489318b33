//! The conditions of `[[ … ]]`, `[` and `test`: about files, texts, numbers and variables.

use std::ffi::OsStr;

use toolbox_abi::FileStat;

use super::Shell;
use super::ast::TestOperator;
use super::descriptors::number_in_path;
use super::flow::Flow;
use super::options::SetOption;
use crate::sys::{self, Access, Descriptor, FileKind, FileTimes, Follow, OsStrExt};

/// Whether the letter is an operator with one operand behind it.
pub fn is_unary(letter: u8) -> bool {
    b"abcdefghknoprstuvwxzGLNORS".contains(&letter)
}

/// The operator between two operands.
pub fn binary_operator(text: &[u8]) -> Option<TestOperator> {
    Some(match text {
        b"==" => TestOperator::Matches,
        b"=" => TestOperator::Equals,
        b"!=" => TestOperator::Differs,
        b"<" => TestOperator::Before,
        b">" => TestOperator::After,
        b"-eq" => TestOperator::Equal,
        b"-ne" => TestOperator::NotEqual,
        b"-lt" => TestOperator::Less,
        b"-le" => TestOperator::AtMost,
        b"-gt" => TestOperator::Greater,
        b"-ge" => TestOperator::AtLeast,
        b"-nt" => TestOperator::Newer,
        b"-ot" => TestOperator::Older,
        b"-ef" => TestOperator::SameFile,
        _ => return None,
    })
}

/// What an operator of numbers says of two of them; none when it is no such operator.
pub fn compare_numbers(left: i64, operator: TestOperator, right: i64) -> Option<bool> {
    Some(match operator {
        TestOperator::Equal => left == right,
        TestOperator::NotEqual => left != right,
        TestOperator::Less => left < right,
        TestOperator::AtMost => left <= right,
        TestOperator::Greater => left > right,
        TestOperator::AtLeast => left >= right,
        _ => return None,
    })
}

pub fn is_numeric(operator: TestOperator) -> bool {
    compare_numbers(0, operator, 0).is_some()
}

/// A whole number in base 10, with blanks around it, as `[` wants it.
pub fn number(text: &[u8]) -> Option<i64> {
    // Scripts compare short numbers without blanks and signs in loops.
    if matches!(text.len(), 1..=18)
        && let Some(number) = text.iter().try_fold(0, |number: i64, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(digit - b'0'))
        })
    {
        return Some(number);
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|byte| !is_blank(byte))?;
    let text = text.get(start..)?;
    let end = text
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t'))?;
    std::str::from_utf8(text.get(..=end)?).ok()?.parse().ok()
}

impl Shell {
    /// `-f operand` and the like.
    pub fn unary_test(&mut self, operator: u8, operand: &[u8]) -> Flow<bool> {
        Flow::Continue(match operator {
            b'n' => !operand.is_empty(),
            b'z' => operand.is_empty(),
            b'o' => SetOption::from_name(operand).is_some_and(|option| self.is_set(option)),
            b't' => number(operand)
                .and_then(|fd| u32::try_from(fd).ok())
                .and_then(|fd| self.descriptor(fd).ok())
                .is_some_and(Descriptor::is_terminal),
            b'v' => return self.is_variable_set(operand),
            b'R' => self.is_nameref(operand),
            _ => self.file_test(operator, operand),
        })
    }

    /// An operator of `[[ … ]]` between two operands that are no patterns: numbers are arithmetic expressions.
    pub fn binary_test(&mut self, left: &[u8], operator: &[u8], right: &[u8]) -> Flow<bool> {
        let Some(operator) = binary_operator(operator) else {
            return Flow::Continue(false);
        };
        if !is_numeric(operator) {
            return Flow::Continue(self.text_test(left, operator, right));
        }
        let left = self.evaluate_text(left)?;
        let right = self.evaluate_text(right)?;
        Flow::Continue(compare_numbers(left, operator, right).unwrap_or(false))
    }

    /// An operator between texts or names of files.
    pub(super) fn text_test(&self, left: &[u8], operator: TestOperator, right: &[u8]) -> bool {
        match operator {
            TestOperator::Matches | TestOperator::Equals => left == right,
            TestOperator::Differs => left != right,
            TestOperator::Before => left < right,
            TestOperator::After => left > right,
            TestOperator::Newer => is_newer(left, right),
            TestOperator::Older => is_newer(right, left),
            TestOperator::SameFile => match (self.status(left), self.status(right)) {
                (Some(left), Some(right)) => (left.dev, left.ino) == (right.dev, right.ino),
                _ => false,
            },
            _ => false,
        }
    }

    /// The status of a file, which may be one that the script has open.
    fn status(&self, path: &[u8]) -> Option<FileStat> {
        match number_in_path(path) {
            None => status(path),
            Some(fd) => status(format!("/dev/fd/{}", self.descriptor(fd).ok()?.0).as_bytes()),
        }
    }

    fn file_test(&self, operator: u8, path: &[u8]) -> bool {
        let Some(fd) = number_in_path(path) else {
            return file_test(operator, path);
        };
        // The script's descriptors are not those of the process.
        match (self.descriptor(fd), operator) {
            (Err(_), _) => false,
            (Ok(_), b'h' | b'L' | b'r' | b'w' | b'O' | b'G') => true,
            (Ok(own), _) => file_test(operator, format!("/dev/fd/{}", own.0).as_bytes()),
        }
    }
}

/// Whether an operator asks for that kind of file.
fn has_kind(operator: u8, kind: FileKind) -> bool {
    match operator {
        b'a' | b'e' => true,
        b'f' => kind == FileKind::Regular,
        b'd' => kind == FileKind::Directory,
        b'h' | b'L' => kind == FileKind::Symlink,
        b'p' => kind == FileKind::Fifo,
        b'S' => kind == FileKind::Socket,
        b'b' => kind == FileKind::BlockDevice,
        b'c' => kind == FileKind::CharDevice,
        _ => false,
    }
}

fn status(path: &[u8]) -> Option<FileStat> {
    sys::stat(OsStr::from_bytes(path), Follow::Yes).ok()
}

/// Whether the one was modified after the other, or is there alone.
fn is_newer(one: &[u8], other: &[u8]) -> bool {
    match (status(one), status(other)) {
        (Some(one), Some(other)) => one.modified() > other.modified(),
        (one, _) => one.is_some(),
    }
}

fn file_test(operator: u8, path: &[u8]) -> bool {
    let name = OsStr::from_bytes(path);
    match operator {
        b'r' => return sys::may_access(name, Access::Read),
        b'w' => return sys::may_access(name, Access::Write),
        b'x' => return sys::may_access(name, Access::Execute),
        _ => {}
    }
    let follow = match operator {
        b'h' | b'L' => Follow::No,
        _ => Follow::Yes,
    };
    let Ok(found) = sys::stat(name, follow) else {
        return false;
    };
    match operator {
        b's' => found.size > 0,
        b'u' => found.mode & 0o4000 != 0,
        b'g' => found.mode & 0o2000 != 0,
        b'k' => found.mode & 0o1000 != 0,
        b'O' => found.uid == sys::effective_ids().0,
        b'G' => found.gid == sys::effective_ids().1,
        b'N' => found.accessed() <= found.modified(),
        _ => has_kind(operator, FileKind::of_mode(found.mode)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_with_blanks_around() {
        for (text, value) in [("0", 0), ("42", 42), ("-7", -7), ("+7", 7), (" 8 ", 8)] {
            assert_eq!(number(text.as_bytes()), Some(value), "{text}");
        }
        assert_eq!(number(b"9223372036854775807"), Some(i64::MAX));
        assert_eq!(number(b"-9223372036854775808"), Some(i64::MIN));
        for text in [
            "",
            " ",
            "x",
            "0x1",
            "1x",
            "- 1",
            "9223372036854775808",
            "--1",
        ] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn files_are_what_they_are() {
        assert!(file_test(b'd', b"/") && file_test(b'e', b"/") && !file_test(b'f', b"/"));
        assert!(file_test(b'c', b"/dev/null") && !file_test(b'b', b"/dev/null"));
        assert!(!file_test(b'e', b"/no/such/file") && !file_test(b'e', b""));
        assert!(is_newer(b"/", b"/no/such/file") && !is_newer(b"/no/such/file", b"/"));
    }

    #[test]
    fn operators_are_known_by_their_text() {
        assert_eq!(binary_operator(b"=="), Some(TestOperator::Matches));
        assert_eq!(binary_operator(b"=~"), None);
        assert!(is_unary(b'z') && !is_unary(b'y'));
        assert_eq!(compare_numbers(1, TestOperator::Less, 2), Some(true));
    }
}
