//! The numbers of a repetition: what stands after `{`.

const MOST_REPEATS: u32 = 32767;
const TOO_BIG: &str = "Regular expression too big";
const UNMATCHED: &str = "Unmatched \\{";
const INVALID: &str = "Invalid content of \\{\\}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub min: u32,
    /// None is no end.
    pub max: Option<u32>,
    /// What it takes of the text, with the brace that closes it.
    pub length: usize,
}

impl Interval {
    fn checked(self) -> Result<Interval, &'static str> {
        if self.max.is_some_and(|max| max < self.min) {
            return Err(INVALID);
        }
        if self.max.unwrap_or(self.min) > MOST_REPEATS {
            return Err(TOO_BIG);
        }
        Ok(self)
    }
}

/// As grep reads it: in an extended expression, none means that the brace is text.
pub fn read(text: &[u8], basic: bool) -> Result<Option<Interval>, &'static str> {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = |text: &[u8]| {
        text.iter().fold(0_u32, |sum, byte| {
            sum.saturating_mul(10)
                .saturating_add(u32::from(byte - b'0'))
        })
    };
    let (low, after_low) = text.split_at(digits(text));
    let (comma, after_comma) = match after_low.strip_prefix(b",") {
        Some(after) => (true, after),
        None => (false, after_low),
    };
    let (high, after_high) = after_comma.split_at(if comma { digits(after_comma) } else { 0 });
    let close: &[u8] = if basic { b"\\}" } else { b"}" };
    if !after_high.starts_with(close) || (low.is_empty() && !comma) {
        return match basic {
            false => Ok(None),
            true if after_high.is_empty() => Err(UNMATCHED),
            true => Err(INVALID),
        };
    }
    let min = number(low);
    let max = match (comma, high.is_empty()) {
        (true, true) => None,
        (true, false) => Some(number(high)),
        (false, _) => Some(min),
    };
    let length = text.len() - after_high.len() + close.len();
    Interval { min, max, length }.checked().map(Some)
}

/// What ends a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Comma,
    Close,
    Text,
}

/// As glibc reads it: nothing but an interval is right, and what is wrong is known at the next comma or brace.
pub fn read_strictly(text: &[u8], basic: bool) -> Result<Interval, &'static str> {
    let mut at = 0;
    let (low, mut end) = bound(text, &mut at, basic);
    let mut high = low;
    let low = match low {
        Bound::None if end == End::Comma => Bound::Number(0),
        Bound::None => return Err(INVALID),
        low => low,
    };
    if end == End::Comma && low != Bound::Wrong {
        (high, end) = bound(text, &mut at, basic);
    }
    let wrong = || match end {
        End::Text => UNMATCHED,
        _ => INVALID,
    };
    let (Bound::Number(min), Bound::None | Bound::Number(_), End::Close) = (low, high, end) else {
        return Err(wrong());
    };
    let max = match high {
        Bound::Number(max) => Some(max),
        _ => None,
    };
    Interval {
        min,
        max,
        length: at,
    }
    .checked()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    None,
    Number(u32),
    Wrong,
}

/// A number up to the comma or brace after it, which is taken, too.
fn bound(text: &[u8], at: &mut usize, basic: bool) -> (Bound, End) {
    let mut bound = Bound::None;
    loop {
        let rest = text.get(*at..).unwrap_or_default();
        let (byte, escaped) = match rest {
            [] => return (Bound::Wrong, End::Text),
            [b'\\', byte, ..] => (*byte, true),
            [byte, ..] => (*byte, false),
        };
        *at += 1 + usize::from(escaped);
        match byte {
            b'}' if escaped == basic => return (bound, End::Close),
            b',' => return (bound, End::Comma),
            b'0'..=b'9' if !escaped => {
                let digit = u32::from(byte - b'0');
                bound = match bound {
                    Bound::None => Bound::Number(digit),
                    Bound::Number(sum) => Bound::Number((MOST_REPEATS + 1).min(sum * 10 + digit)),
                    Bound::Wrong => Bound::Wrong,
                };
            }
            _ => bound = Bound::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strictly(text: &str) -> Result<(u32, Option<u32>, usize), &'static str> {
        read_strictly(text.as_bytes(), false).map(|found| (found.min, found.max, found.length))
    }

    #[test]
    fn an_interval_has_one_or_two_bounds() {
        assert_eq!(strictly("3}x"), Ok((3, Some(3), 2)));
        assert_eq!(strictly("3,}x"), Ok((3, None, 3)));
        assert_eq!(strictly(",4}"), Ok((0, Some(4), 3)));
        assert_eq!(strictly(",}"), Ok((0, None, 2)));
        assert_eq!(strictly("12,34}"), Ok((12, Some(34), 6)));
    }

    #[test]
    fn what_is_wrong_is_said_in_the_words_of_glibc() {
        assert_eq!(strictly("}"), Err(INVALID));
        assert_eq!(strictly("2,1}"), Err(INVALID));
        assert_eq!(strictly("1x}"), Err(INVALID));
        assert_eq!(strictly("1,2,3}"), Err(INVALID));
        assert_eq!(strictly("1"), Err(UNMATCHED));
        assert_eq!(strictly("x"), Err(UNMATCHED));
        assert_eq!(strictly("1,2"), Err(UNMATCHED));
        assert_eq!(strictly("32768}"), Err(TOO_BIG));
        assert_eq!(strictly("9999999999999,}"), Err(TOO_BIG));
    }

    #[test]
    fn grep_takes_a_brace_that_is_no_interval_for_text() {
        assert_eq!(read(b"x}", false), Ok(None));
        assert_eq!(read(b"1,2", false), Ok(None));
        assert_eq!(read(b"1,2", true), Err(UNMATCHED));
        let interval = Interval {
            min: 1,
            max: Some(2),
            length: 5,
        };
        assert_eq!(read(b"1,2\\}", true), Ok(Some(interval)));
    }
}
