//! Whole numbers on a command line, with the suffixes of sizes, as GNU's tools read them.

/// What is wrong with a text that is to be a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Invalid,
    /// A number, and then something that is no suffix.
    Suffix,
    /// Both at once.
    SuffixAfterOverflow,
    Overflow,
}

/// How a number may be written.
#[derive(Clone, Copy, Debug)]
pub struct Notation {
    /// Whether `0x` and `0` begin numbers of other bases.
    pub any_base: bool,
    /// The letters of sizes that may follow; a zero among them lets `B` and `iB` follow those.
    pub suffixes: &'static [u8],
}

impl Notation {
    pub const PLAIN: Self = Self {
        any_base: false,
        suffixes: b"",
    };

    /// A number without a sign.
    pub fn unsigned(self, text: &[u8]) -> Result<u64, Problem> {
        let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
        match text.get(blanks) {
            Some(b'-') => Err(Problem::Invalid),
            _ => match self.read(text) {
                Ok(number) => u64::try_from(number).map_err(|_| Problem::Overflow),
                Err(problem) => Err(problem),
            },
        }
    }

    pub fn signed(self, text: &[u8]) -> Result<i64, Problem> {
        i64::try_from(self.read(text)?).map_err(|_| Problem::Overflow)
    }

    /// A number between two others. The error is what follows the text in a message: nothing, or why it is none of them.
    pub fn within(self, text: &[u8], least: i64, most: i64) -> Result<i64, &'static str> {
        let overflow = ": Value too large for defined data type";
        match self.signed(text) {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            // Half of an int is where GNU takes a limit to be one of the type.
            Ok(number) if number.unsigned_abs() > 1 << 30 => Err(overflow),
            Ok(_) => Err(": Numerical result out of range"),
            Err(Problem::Overflow) => Err(overflow),
            Err(_) => Err(""),
        }
    }

    fn read(self, text: &[u8]) -> Result<i128, Problem> {
        let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
        let rest = text.get(blanks..).unwrap_or_default();
        let (negative, rest) = match rest {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (base, digits) = match rest {
            [b'0', b'x' | b'X', digits @ ..]
                if self.any_base && digits.first().is_some_and(u8::is_ascii_hexdigit) =>
            {
                (16, digits)
            }
            [b'0', ..] if self.any_base => (8, rest),
            _ => (10, rest),
        };
        let length = digits
            .iter()
            .take_while(|byte| char::from(**byte).is_digit(base))
            .count();
        let (digits, suffix) = digits.split_at(length);
        // A suffix alone stands for one of its kind.
        let is_bare = digits.is_empty();
        if is_bare && (suffix.is_empty() || self.suffix(suffix).is_none()) {
            return Err(Problem::Invalid);
        }
        let most = i128::from(u64::MAX) + 1;
        let number = digits.iter().fold(i128::from(is_bare), |number, digit| {
            let digit = char::from(*digit).to_digit(base).unwrap_or(0);
            (number * i128::from(base) + i128::from(digit)).min(most)
        });
        let Some(factor) = self.suffix(suffix) else {
            return Err(match number == most {
                true => Problem::SuffixAfterOverflow,
                false => Problem::Suffix,
            });
        };
        let size = factor
            .and_then(|factor| number.checked_mul(factor))
            .map_or(most, |size| size.min(most));
        match size < most {
            true => Ok(if negative { -size } else { size }),
            false if number == 0 => Ok(0),
            false => Err(Problem::Overflow),
        }
    }

    /// The factor of a suffix: nothing when there is no such, and nothing within when it is larger than any number.
    fn suffix(self, text: &[u8]) -> Option<Option<i128>> {
        let [letter, rest @ ..] = text else {
            return Some(Some(1));
        };
        if !self.suffixes.contains(letter) {
            return None;
        }
        let base: i128 = match rest {
            [] => 1024,
            _ if !self.suffixes.contains(&b'0') || matches!(letter, b'b' | b'B' | b'c' | b'w') => {
                return None;
            }
            b"iB" => 1024,
            b"B" | b"D" => 1000,
            _ => return None,
        };
        let power = match letter {
            b'b' => return Some(Some(512)),
            b'B' => return Some(Some(1024)),
            b'c' => 0,
            b'w' => return Some(Some(2)),
            b'k' | b'K' => 1,
            b'm' | b'M' => 2,
            b'g' | b'G' => 3,
            b't' | b'T' => 4,
            b'P' => 5,
            b'E' => 6,
            b'Z' => 7,
            b'Y' => 8,
            _ => return None,
        };
        Some(base.checked_pow(power))
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Notation = Notation {
        any_base: true,
        suffixes: b"bkKMGTPEZY0",
    };

    #[test]
    fn suffixes_multiply() {
        assert_eq!(SIZES.unsigned(b"3k"), Ok(3072));
        assert_eq!(SIZES.unsigned(b"3KiB"), Ok(3072));
        assert_eq!(SIZES.unsigned(b"3kB"), Ok(3000));
        assert_eq!(SIZES.unsigned(b"b"), Ok(512));
        assert_eq!(SIZES.unsigned(b"0x10"), Ok(16));
        assert_eq!(SIZES.unsigned(b"010"), Ok(8));
        assert_eq!(SIZES.unsigned(b" +7"), Ok(7));
        assert_eq!(SIZES.unsigned(b"0Y"), Ok(0));
        assert_eq!(SIZES.unsigned(b"16E"), Err(Problem::Overflow));
        assert_eq!(SIZES.unsigned(b"1Y"), Err(Problem::Overflow));
        assert_eq!(SIZES.unsigned(b"1x"), Err(Problem::Suffix));
        assert_eq!(SIZES.unsigned(b"-1"), Err(Problem::Invalid));
        assert_eq!(SIZES.unsigned(b""), Err(Problem::Invalid));
        assert_eq!(SIZES.unsigned(b"x"), Err(Problem::Invalid));
        assert_eq!(SIZES.unsigned(b"18446744073709551615"), Ok(u64::MAX));
        assert_eq!(
            SIZES.unsigned(b"18446744073709551616"),
            Err(Problem::Overflow)
        );
    }

    #[test]
    fn a_limit_is_told_from_the_end_of_the_type() {
        let within = |text: &str| Notation::PLAIN.within(text.as_bytes(), 1, 1000);
        assert_eq!(within("7"), Ok(7));
        assert_eq!(within("0"), Err(": Numerical result out of range"));
        assert_eq!(
            within("99999999999"),
            Err(": Value too large for defined data type")
        );
        assert_eq!(
            within("99999999999999999999"),
            Err(": Value too large for defined data type")
        );
        assert_eq!(within("x"), Err(""));
        assert_eq!(within("1k"), Err(""));
    }
}
