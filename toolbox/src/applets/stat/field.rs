//! Fields of a format: flags, width and precision, as in printf.

use super::format::Formatter;

/// What stands between `%` and the letter.
#[derive(Clone, Copy, Default)]
pub struct Directive {
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<Precision>,
    /// `H` or `L` before the letter.
    pub half: Option<Half>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Digits(usize),
    /// A dot alone.
    All,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Major,
    Minor,
}

/// The widest field that is printed, so that a typo does not fill the memory.
const WIDEST: usize = 1 << 16;

/// Reads flags, width and precision behind a `%`; returns where the letter stands.
pub fn parse(format: &[u8]) -> (Directive, usize) {
    let mut directive = Directive::default();
    let mut at = 1;
    while let Some(flag) = format.get(at) {
        match flag {
            b'-' => directive.left = true,
            b'+' => directive.plus = true,
            b' ' => directive.space = true,
            b'#' => directive.alternate = true,
            b'0' => directive.zero = true,
            // Grouping of digits, which C.UTF-8 has none of.
            b'\'' | b'I' => {}
            _ => break,
        }
        at += 1;
    }
    let number = |mut at: usize| {
        let mut value = 0usize;
        while let Some(digit) = format.get(at).filter(|byte| byte.is_ascii_digit()) {
            value = (value * 10 + usize::from(digit - b'0')).min(WIDEST);
            at += 1;
        }
        (value, at)
    };
    (directive.width, at) = number(at);
    if format.get(at) == Some(&b'.') {
        let (value, end) = number(at + 1);
        directive.precision = Some(match end == at + 1 {
            true => Precision::All,
            false => Precision::Digits(value),
        });
        at = end;
    }
    (directive, at)
}

impl Formatter {
    pub(super) fn string(&mut self, directive: Directive, text: &[u8]) {
        let most = match directive.precision {
            None => text.len(),
            Some(Precision::All) => 0,
            Some(Precision::Digits(most)) => most.min(text.len()),
        };
        self.pad(directive, &text[..most]);
    }

    /// A number that has no sign; the prefix is for the `#` flag.
    pub(super) fn number(&mut self, directive: Directive, digits: String, prefix: &str) {
        let prefix = match directive.alternate && digits != "0" {
            true => prefix,
            false => "",
        };
        self.digits(directive, prefix, &digits);
    }

    /// A number that may have a sign, which the `+` and space flags ask for.
    pub(super) fn signed(&mut self, directive: Directive, number: String) {
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None if directive.plus => ("+", number.as_str()),
            None if directive.space => (" ", number.as_str()),
            None => ("", number.as_str()),
        };
        self.digits(directive, sign, digits);
    }

    fn digits(&mut self, directive: Directive, before: &str, digits: &str) {
        // An octal prefix is a digit, and counts as one.
        let (before, digits) = match before {
            "0" => ("", format!("0{digits}")),
            _ => (before, digits.to_owned()),
        };
        let least = match directive.precision {
            // As in printf, no digits are asked for, and zero needs none.
            Some(Precision::All | Precision::Digits(0)) if digits == "0" => {
                return self.pad(directive, before.as_bytes());
            }
            Some(Precision::Digits(least)) => least,
            Some(Precision::All) => 0,
            None if directive.zero && !directive.left => {
                directive.width.saturating_sub(before.len())
            }
            None => 0,
        };
        self.pad(directive, format!("{before}{digits:0>least$}").as_bytes());
    }

    fn pad(&mut self, directive: Directive, text: &[u8]) {
        let missing = directive.width.saturating_sub(text.len());
        if !directive.left {
            self.out.extend(std::iter::repeat_n(b' ', missing));
        }
        self.out.extend_from_slice(text);
        if directive.left {
            self.out.extend(std::iter::repeat_n(b' ', missing));
        }
    }
}
