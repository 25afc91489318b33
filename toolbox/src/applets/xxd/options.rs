//! The command line of `xxd`, whose options are words behind one hyphen, of which one letter is enough.

use std::ffi::OsString;

use crate::sys::OsStrExt;

/// How the bytes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Normal,
    Bits,
    LittleEndian,
    Plain,
    /// As an array of C.
    Include,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub form: Form,
    pub revert: bool,
    pub autoskip: bool,
    pub upper: bool,
    pub decimal: bool,
    pub capitalize: bool,
    pub columns: Option<i64>,
    pub group: Option<i64>,
    pub offset: i64,
    pub seek: Option<Seek>,
    pub length: Option<i64>,
    pub name: Option<Vec<u8>>,
    pub operands: Vec<OsString>,
}

/// Where to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    Start(i64),
    /// From the place that the input is at.
    Current(i64),
    /// From its end.
    End(i64),
}

impl Seek {
    /// Reads `5`, `+5`, `-5` or `+-5`.
    fn parse(text: &[u8]) -> Self {
        match text {
            [b'+', text @ ..] => Self::Current(number(text)),
            [b'-', ..] => Self::End(number(text)),
            _ => Self::Start(number(text)),
        }
    }

    /// What a dump that is reverted adds to its addresses.
    pub fn distance(self) -> i64 {
        match self {
            Self::Start(distance) | Self::Current(distance) | Self::End(distance) => distance,
        }
    }
}

/// What ends the tool before its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Usage,
    Version,
    Unsupported(&'static str),
}

pub fn parse(args: &[OsString]) -> Result<Options, Refusal> {
    let mut options = Options {
        form: Form::Normal,
        revert: false,
        autoskip: false,
        upper: false,
        decimal: false,
        capitalize: false,
        columns: None,
        group: None,
        offset: 0,
        seek: None,
        length: None,
        name: None,
        operands: Vec::new(),
    };
    let mut rest = args.get(1..).unwrap_or_default().iter();
    while let Some(arg) = rest.as_slice().first() {
        let bytes = arg.as_bytes();
        // Two hyphens are as good as one.
        let word = match bytes {
            [b'-', b'-', letter @ ..] if !letter.is_empty() => &bytes[1..],
            _ => bytes,
        };
        let [b'-', letter, tail @ ..] = word else {
            break;
        };
        rest.next();
        let mut value = |long: &str| match tail {
            [] => rest.next().map(|value| value.as_bytes().to_vec()),
            _ if tail.starts_with(long.as_bytes()) => {
                rest.next().map(|value| value.as_bytes().to_vec())
            }
            _ => Some(tail.to_vec()),
        };
        match letter {
            b'-' => break,
            b'a' | b'A' => options.autoskip = !options.autoskip,
            b'b' | b'B' => options.form = Form::Bits,
            b'e' => options.form = Form::LittleEndian,
            b'E' => return Err(Refusal::Unsupported("EBCDIC (-E) is not supported")),
            b'u' | b'U' => options.upper = true,
            b'p' | b'P' => options.form = Form::Plain,
            b'i' | b'I' => options.form = Form::Include,
            b'C' => options.capitalize = true,
            b'd' => options.decimal = true,
            b'r' | b'R' => options.revert = true,
            b'v' | b'V' => return Err(Refusal::Version),
            b'c' => options.columns = Some(number(&value("ols").ok_or(Refusal::Usage)?)),
            b'g' | b'G' => options.group = Some(number(&value("roup").ok_or(Refusal::Usage)?)),
            b'o' | b'O' => options.offset = number(&value("ffset").ok_or(Refusal::Usage)?),
            b'l' | b'L' => options.length = Some(number(&value("en").ok_or(Refusal::Usage)?)),
            b'n' | b'N' => options.name = Some(value("ame").ok_or(Refusal::Usage)?),
            b's' | b'S' => {
                let text = value("kip").ok_or(Refusal::Usage)?;
                let text = if text == b"eek" {
                    rest.next().ok_or(Refusal::Usage)?.as_bytes().to_vec()
                } else {
                    text
                };
                options.seek = Some(Seek::parse(&text));
            }
            _ => return Err(Refusal::Usage),
        }
    }
    options.operands = rest.cloned().collect();
    match options.operands.len() {
        ..=2 => Ok(options),
        _ => Err(Refusal::Usage),
    }
}

/// A number as C's `strtol` reads it: what is none is zero.
fn number(text: &[u8]) -> i64 {
    crate::format::read::signed(text).value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Options {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        parse(&args).expect("options")
    }

    #[test]
    fn a_letter_or_a_word_is_an_option() {
        assert_eq!(parsed("xxd -c8 -g 2 -ps in").columns, Some(8));
        assert_eq!(parsed("xxd -cols 8 in").columns, Some(8));
        assert_eq!(parsed("xxd -len 0x10").length, Some(16));
        assert_eq!(parsed("xxd -seek -5 in").seek, Some(Seek::End(-5)));
        assert_eq!(parsed("xxd --revert -p").form, Form::Plain);
        assert_eq!(parsed("xxd -s +3 a b").operands.len(), 2);
    }
}
