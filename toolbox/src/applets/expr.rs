//! `expr`: evaluates an expression whose operators and operands are arguments.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Write};

use num_bigint::BigInt;

use crate::regex::{self, Captures, Options, Regex};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::quote::quoted_text;

const NAME: &str = "expr";
const INVALID: i32 = 2;
const FAILED: i32 = 3;
/// Parentheses within parentheses, and words that take words; evaluation recurses this deep.
const MOST_NESTED: usize = 200;

const HELP: &str = "Usage: expr EXPRESSION
  or:  expr OPTION

      --help        display this help and exit
      --version     output version information and exit

Prints the value of EXPRESSION. Groups that bind tighter stand further down:

  A | B              A if it is neither null nor 0, otherwise B
  A & B              A if neither is null or 0, otherwise 0
  A < B  A <= B  A = B  A == B  A != B  A >= B  A > B
                     1 or 0; numbers are compared as numbers
  A + B  A - B       sum, difference
  A * B  A / B  A % B
                     product, quotient, remainder
  STRING : REGEX     what REGEX matches at the start of STRING
  match STRING REGEX, substr STRING POSITION LENGTH, index STRING CHARACTERS,
  length STRING      the same; a part; where one of CHARACTERS is; characters
  + TOKEN            TOKEN as it is, even if it is an operator
  ( EXPRESSION )     the value of EXPRESSION

A match is the number of characters, or what the first \\( and \\) are around.
The exit status is 0 if the value is neither null nor 0, 1 if it is, 2 if
EXPRESSION is not valid, and 3 on other errors.
";

enum Value<'a> {
    Number(BigInt),
    Text(Cow<'a, [u8]>),
}

/// Why there is no value: what is said, and the exit status.
struct Failure {
    message: Vec<u8>,
    status: i32,
}

impl From<regex::Error> for Failure {
    fn from(error: regex::Error) -> Failure {
        invalid(error.text())
    }
}

type Outcome<'a> = Result<Value<'a>, Failure>;

fn invalid(message: impl AsRef<[u8]>) -> Failure {
    Failure {
        message: message.as_ref().to_vec(),
        status: INVALID,
    }
}

fn syntax_error(what: &str, token: &[u8]) -> Failure {
    invalid(
        [
            b"syntax error: ",
            what.as_bytes(),
            b" ",
            &quoted_text(token),
        ]
        .concat(),
    )
}

pub fn main(args: &[OsString]) -> i32 {
    let args = args.get(1..).unwrap_or_default();
    if let [only] = args
        && let Some(text) = information(only.as_bytes())
    {
        return stdio::print(NAME, text.as_bytes());
    }
    let args = match args {
        [first, rest @ ..] if first == "--" => rest,
        args => args,
    };
    if args.is_empty() {
        stdio::complain(
            NAME,
            b"missing operand\nTry 'expr --help' for more information.",
        );
        return INVALID;
    }
    let mut parser = Parser {
        args: args.iter().map(|arg| arg.as_bytes()).collect(),
        at: 0,
        depth: 0,
    };
    match parser.all() {
        Ok(value) => {
            let mut out = io::stdout().lock();
            let text = value.text();
            let written = out.write_all(&text).and_then(|()| out.write_all(b"\n"));
            let status = i32::from(value.is_null());
            match written.and_then(|()| out.flush()) {
                Ok(()) => status,
                failed => {
                    stdio::finish(NAME, failed, status);
                    FAILED
                }
            }
        }
        Err(failure) => {
            stdio::complain(NAME, &failure.message);
            failure.status
        }
    }
}

/// What `--help` and `--version`, or the beginning of one of them, ask for.
fn information(option: &[u8]) -> Option<&'static str> {
    let begins = |name: &[u8]| option.len() > 2 && name.starts_with(option);
    if begins(b"--help") {
        Some(HELP)
    } else if begins(b"--version") {
        Some("expr (GNU coreutils) 9.1 (compatible)\n")
    } else {
        None
    }
}

/// Whether a text is a number: digits, perhaps behind a minus sign.
fn is_integer(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

impl<'a> Value<'a> {
    fn truth(truth: bool) -> Value<'a> {
        Value::count(usize::from(truth))
    }

    fn count(count: usize) -> Value<'a> {
        Value::Number(BigInt::from(count))
    }

    fn empty() -> Value<'a> {
        Value::Text(Cow::Borrowed(b""))
    }

    fn text(&self) -> Cow<'_, [u8]> {
        match self {
            Value::Number(number) => Cow::Owned(number.to_string().into_bytes()),
            Value::Text(text) => Cow::Borrowed(text),
        }
    }

    fn number(&self) -> Option<BigInt> {
        match self {
            Value::Number(number) => Some(number.clone()),
            Value::Text(text) if is_integer(text) => BigInt::parse_bytes(text, 10),
            Value::Text(_) => None,
        }
    }

    fn operand(&self) -> Result<BigInt, Failure> {
        self.number().ok_or_else(|| invalid("non-integer argument"))
    }

    /// Whether it is zero or empty.
    fn is_null(&self) -> bool {
        match self {
            Value::Number(number) => *number == BigInt::ZERO,
            Value::Text(text) => {
                let digits = text.strip_prefix(b"-").unwrap_or(text);
                text.is_empty() || (!digits.is_empty() && digits.iter().all(|&byte| byte == b'0'))
            }
        }
    }
}

struct Parser<'a> {
    args: Vec<&'a [u8]>,
    at: usize,
    depth: usize,
}

/// `evaluate` is false in the operand of `|` or `&` that does not matter: it is only parsed.
impl<'a> Parser<'a> {
    fn all(&mut self) -> Outcome<'a> {
        let value = self.either(true)?;
        match self.args.get(self.at) {
            None => Ok(value),
            Some(more) => Err(syntax_error("unexpected argument", more)),
        }
    }

    /// Takes the next argument when it is one of `words`.
    fn eat(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let next = *self.args.get(self.at)?;
        let word = words.iter().find(|word| word.as_bytes() == next)?;
        self.at += 1;
        Some(word)
    }

    fn previous(&self) -> &'a [u8] {
        let before = self.at.checked_sub(1);
        before
            .and_then(|at| self.args.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// There must be one more argument.
    fn token(&mut self) -> Result<&'a [u8], Failure> {
        let Some(token) = self.args.get(self.at) else {
            return Err(syntax_error("missing argument after", self.previous()));
        };
        self.at += 1;
        Ok(token)
    }

    fn either(&mut self, evaluate: bool) -> Outcome<'a> {
        let mut left = self.both(evaluate)?;
        while self.eat(&["|"]).is_some() {
            let right = self.both(evaluate && left.is_null())?;
            if left.is_null() {
                left = match right.is_null() {
                    true => Value::count(0),
                    false => right,
                };
            }
        }
        Ok(left)
    }

    fn both(&mut self, evaluate: bool) -> Outcome<'a> {
        let mut left = self.comparison(evaluate)?;
        while self.eat(&["&"]).is_some() {
            let right = self.comparison(evaluate && !left.is_null())?;
            if left.is_null() || right.is_null() {
                left = Value::count(0);
            }
        }
        Ok(left)
    }

    fn comparison(&mut self, evaluate: bool) -> Outcome<'a> {
        let mut left = self.sum(evaluate)?;
        while let Some(sign) = self.eat(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let right = self.sum(evaluate)?;
            let mut truth = false;
            if evaluate {
                let order = match (left.number(), right.number()) {
                    (Some(left), Some(right)) => left.cmp(&right),
                    _ => left.text().cmp(&right.text()),
                };
                truth = match sign {
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    "!=" => order.is_ne(),
                    ">=" => order.is_ge(),
                    ">" => order.is_gt(),
                    _ => order.is_eq(),
                };
            }
            left = Value::truth(truth);
        }
        Ok(left)
    }

    fn sum(&mut self, evaluate: bool) -> Outcome<'a> {
        let mut left = self.product(evaluate)?;
        while let Some(sign) = self.eat(&["+", "-"]) {
            let right = self.product(evaluate)?;
            if evaluate {
                let (one, other) = (left.operand()?, right.operand()?);
                left = Value::Number(match sign {
                    "+" => one + other,
                    _ => one - other,
                });
            }
        }
        Ok(left)
    }

    fn product(&mut self, evaluate: bool) -> Outcome<'a> {
        let mut left = self.matching(evaluate)?;
        while let Some(sign) = self.eat(&["*", "/", "%"]) {
            let right = self.matching(evaluate)?;
            if evaluate {
                let (one, other) = (left.operand()?, right.operand()?);
                if sign != "*" && other == BigInt::ZERO {
                    return Err(invalid("division by zero"));
                }
                left = Value::Number(match sign {
                    "*" => one * other,
                    "/" => one / other,
                    _ => one % other,
                });
            }
        }
        Ok(left)
    }

    fn matching(&mut self, evaluate: bool) -> Outcome<'a> {
        let mut left = self.word(evaluate)?;
        while self.eat(&[":"]).is_some() {
            let right = self.word(evaluate)?;
            if evaluate {
                left = matched(&left.text(), &right.text())?;
            }
        }
        Ok(left)
    }

    /// An operand, or a word with its operands.
    fn word(&mut self, evaluate: bool) -> Outcome<'a> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Err(Failure {
                message: b"expression nested too deeply".to_vec(),
                status: FAILED,
            });
        }
        let value = match self.eat(&["+", "length", "match", "index", "substr"]) {
            Some("+") => Value::Text(Cow::Borrowed(self.token()?)),
            Some("length") => {
                let text = self.word(evaluate)?;
                Value::count(characters(&text.text()).count())
            }
            Some("match") => {
                let (text, pattern) = (self.word(evaluate)?, self.word(evaluate)?);
                match evaluate {
                    true => matched(&text.text(), &pattern.text())?,
                    false => text,
                }
            }
            Some("index") => {
                let (text, wanted) = (self.word(evaluate)?, self.word(evaluate)?);
                let (text, wanted) = (text.text(), wanted.text());
                let is_wanted = |one: &[u8]| characters(&wanted).any(|other| one == other);
                let place = characters(&text).position(is_wanted);
                Value::count(place.map_or(0, |place| place + 1))
            }
            Some(_) => {
                let text = self.word(evaluate)?;
                let (position, length) = (self.word(evaluate)?, self.word(evaluate)?);
                part(&text.text(), position.number(), length.number())
            }
            None => self.operand(evaluate)?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn operand(&mut self, evaluate: bool) -> Outcome<'a> {
        let token = self.token()?;
        if token == b")" {
            return Err(invalid("syntax error: unexpected ')'"));
        }
        if token != b"(" {
            return Ok(Value::Text(Cow::Borrowed(token)));
        }
        let value = self.either(evaluate)?;
        let Some(next) = self.args.get(self.at) else {
            return Err(syntax_error("expecting ')' after", self.previous()));
        };
        if *next != b")" {
            return Err(syntax_error("expecting ')' instead of", next));
        }
        self.at += 1;
        Ok(value)
    }
}

/// The characters of a text; a byte that is not UTF-8 is one.
fn characters(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, length) = regex::posix::character(rest)?;
        let (one, after) = rest.split_at(length);
        rest = after;
        Some(one)
    })
}

/// `substr`: positions count from 1.
fn part<'a>(text: &[u8], position: Option<BigInt>, length: Option<BigInt>) -> Value<'a> {
    let (Some(position), Some(length)) = (position, length) else {
        return Value::empty();
    };
    if position <= BigInt::ZERO || length <= BigInt::ZERO {
        return Value::empty();
    }
    let most = |number: BigInt| usize::try_from(number).unwrap_or(usize::MAX);
    let (skipped, taken) = (most(position).saturating_sub(1), most(length));
    let part: Vec<&[u8]> = characters(text).skip(skipped).take(taken).collect();
    Value::Text(Cow::Owned(part.concat()))
}

/// `text : pattern`
fn matched<'a>(text: &[u8], pattern: &[u8]) -> Outcome<'a> {
    let regex = Regex::new(pattern, Options::basic())?;
    let mut captures = Captures::default();
    let found = regex
        .captures_at(text, 0, &mut captures)
        .map_err(|error| Failure {
            status: FAILED,
            ..Failure::from(error)
        })?;
    let whole = captures.get(0).filter(|(start, _)| found && *start == 0);
    let piece = |place: Option<(usize, usize)>| {
        let piece = place.and_then(|(start, end)| text.get(start..end));
        piece.unwrap_or_default()
    };
    if regex.groups() == 0 {
        return Ok(Value::count(characters(piece(whole)).count()));
    }
    let group = whole.and_then(|_| captures.get(1));
    Ok(Value::Text(Cow::Owned(piece(group).to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value, or the error, and the status.
    fn value(line: &str) -> (String, i32) {
        let args = line.split(' ').map(str::as_bytes).collect();
        let mut parser = Parser {
            args,
            at: 0,
            depth: 0,
        };
        let (text, status) = match parser.all() {
            Ok(value) => (value.text().into_owned(), i32::from(value.is_null())),
            Err(failure) => (failure.message, failure.status),
        };
        (String::from_utf8_lossy(&text).into_owned(), status)
    }

    fn said(line: &str, text: &str, status: i32) {
        assert_eq!(value(line), (text.to_owned(), status), "{line}");
    }

    #[test]
    fn numbers_have_no_limit() {
        said("2 * 3 + 4", "10", 0);
        said("7 / -2", "-3", 0);
        said("-7 % 3", "-1", 0);
        said("007 + 1", "8", 0);
        let (one, square) = (
            "99999999999999999999",
            "9999999999999999999800000000000000000001",
        );
        said(&format!("{one} * {one}"), square, 0);
        said("1 / 0", "division by zero", 2);
        said("a + 1", "non-integer argument", 2);
    }

    #[test]
    fn what_does_not_matter_is_not_evaluated() {
        said("1 | 1 / 0", "1", 0);
        said("0 & a + 1", "0", 1);
        said("0 | 00", "0", 1);
        said("a & b", "a", 0);
    }

    #[test]
    fn comparisons_are_of_numbers_or_of_texts() {
        said("10 < 9", "0", 1);
        said("10 < 9a", "1", 0);
        said("1 = 01", "1", 0);
        said("- = -", "1", 0);
        said("b >= a", "1", 0);
    }

    #[test]
    fn a_match_starts_at_the_start() {
        said("abc : a.*", "3", 0);
        said("abc : b", "0", 1);
        said("abc : a\\(.\\)", "b", 0);
        said("abc : \\(x\\)", "", 1);
        said("éa : .*", "2", 0);
        said("a : \\(", "Unmatched ( or \\(", 2);
    }

    #[test]
    fn words_count_characters() {
        said("length éa", "2", 0);
        said("index éa xa", "2", 0);
        said("substr éab 2 9", "ab", 0);
        said("substr abc 0 1", "", 1);
        said("substr abc 2 x", "", 1);
        said("+ length", "length", 0);
        said("length length abc", "1", 0);
    }

    #[test]
    fn a_wrong_expression_is_refused_in_the_words_of_gnu() {
        said("1 2", "syntax error: unexpected argument ‘2’", 2);
        said("length", "syntax error: missing argument after ‘length’", 2);
        said("( 1", "syntax error: expecting ')' after ‘1’", 2);
        said("( 1 2", "syntax error: expecting ')' instead of ‘2’", 2);
        said("( )", "syntax error: unexpected ')'", 2);
        let deep = "( ".repeat(100_000) + "1";
        said(&deep, "expression nested too deeply", 3);
    }
}
