//! The formats of `hexdump`: units with counts of iterations and bytes, and conversions in them.

use crate::format::extended::Extended;
use crate::format::spec::Spec;

/// More iterations of a unit would be more memory for a line than there is sense in.
const MOST: usize = 1 << 20;

/// One `-e`: it looks at a block of its own length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    pub units: Vec<Unit>,
}

/// `ITERATIONS/BYTES "text"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    pub iterations: usize,
    is_repeated: bool,
    /// Of the block, for one iteration; its conversions may take fewer.
    bytes: usize,
    pub parts: Vec<Part>,
    /// It is only for the end of the input.
    pub is_last: bool,
}

/// A conversion with the text before it, or text at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    text: Vec<u8>,
    conversion: Option<Conversion>,
    /// The bytes that it takes.
    pub bytes: usize,
    /// Left out at the end of the last iteration: a blank.
    blank: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Conversion {
    spec: Spec,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `_a` and `_A`, by the letter of their base.
    Address(u8),
    /// `_c`
    Escape,
    /// `_p`
    Printable,
    /// `_u`
    Name,
    Character,
    Signed,
    /// `o`, `u`, `x` and `X`
    Unsigned(u8),
    Float(u8),
    Text,
}

impl Format {
    /// Reads a format, or says why it is none.
    pub fn parse(text: &[u8]) -> Result<Self, Vec<u8>> {
        let bad = || [b"bad format {", text, b"}"].concat();
        let mut format = Self::default();
        let mut rest = text.trim_ascii_start();
        while !rest.is_empty() {
            let (mut iterations, mut bytes) = (None, None);
            if rest.first().is_some_and(u8::is_ascii_digit) {
                iterations = Some(
                    number(&mut rest)
                        .filter(|count| *count <= MOST)
                        .ok_or_else(bad)?,
                );
                if !matches!(rest.first(), Some(b'/'))
                    && !rest.first().is_some_and(u8::is_ascii_whitespace)
                {
                    return Err(bad());
                }
                rest = rest.trim_ascii_start();
            }
            if let Some(after) = rest.strip_prefix(b"/") {
                rest = after.trim_ascii_start();
                if rest.first().is_some_and(u8::is_ascii_digit) {
                    bytes = Some(
                        number(&mut rest)
                            .filter(|count| *count <= MOST)
                            .ok_or_else(bad)?,
                    );
                    if !rest.first().is_some_and(u8::is_ascii_whitespace) {
                        return Err(bad());
                    }
                }
                rest = rest.trim_ascii_start();
            }
            let Some(after) = rest.strip_prefix(b"\"") else {
                return Err(bad());
            };
            let end = memchr::memchr(b'"', after).ok_or_else(bad)?;
            let (inside, behind) = after.split_at(end);
            rest = behind.get(1..).unwrap_or_default().trim_ascii_start();
            format
                .units
                .push(unit(&unescaped(inside), iterations, bytes)?);
        }
        Ok(format)
    }

    /// The bytes that the units take.
    pub fn block(&self) -> usize {
        self.units
            .iter()
            .map(|unit| unit.iterations.saturating_mul(unit.bytes))
            .fold(0, usize::saturating_add)
    }

    /// Makes the last unit, if its iterations were not said, take what is left of a block; and marks the blanks that the last
    /// iteration of a unit leaves out.
    pub fn fit(&mut self, block: usize) {
        let missing = block.saturating_sub(self.block());
        if let Some(unit) = self.units.last_mut()
            && !unit.is_repeated
        {
            unit.iterations += missing.checked_div(unit.bytes).unwrap_or(0);
        }
        for unit in self.units.iter_mut().filter(|unit| unit.iterations > 1) {
            if let Some(part) = unit.parts.last_mut()
                && part.conversion.is_none()
                && part.text.last().is_some_and(u8::is_ascii_whitespace)
            {
                part.blank.extend(part.text.pop());
            }
        }
    }
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(length);
    *rest = after;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The text with its escapes replaced. util-linux 2.38 replaces them in place and leaves the characters between them where
/// they stood, so that `a\tb` becomes `a`, a tab and `t`; here they mean what its manual says.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        let meant = match byte {
            b'\\' => match bytes.next() {
                Some(b'a') => 0x07,
                Some(b'b') => 0x08,
                Some(b'f') => 0x0c,
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'v') => 0x0b,
                Some(other) => *other,
                None => b'\\',
            },
            byte => *byte,
        };
        out.push(meant);
    }
    out
}

fn unit(text: &[u8], iterations: Option<usize>, bytes: Option<usize>) -> Result<Unit, Vec<u8>> {
    let mut unit = Unit {
        iterations: iterations.unwrap_or(1),
        is_repeated: iterations.is_some(),
        ..Unit::default()
    };
    let bytes = bytes.filter(|bytes| *bytes > 0);
    let mut rest = text;
    let mut has_conversion = false;
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (before, after) = rest.split_at(at);
        let mut after = after.get(1..).unwrap_or_default();
        let spec = spec(&mut after);
        let (kind, usual, allowed, name) = conversion(&mut after, &spec, &mut unit.is_last)?;
        let takes_bytes = !matches!(kind, Kind::Address(_));
        let size = match takes_bytes {
            true => bytes.unwrap_or(usual),
            false => 0,
        };
        if kind == Kind::Text && bytes.is_none() && spec.precision.is_none() {
            return Err(b"%s requires a precision or a byte count".to_vec());
        }
        if takes_bytes && kind != Kind::Text && !allowed.contains(&size) {
            return Err([b"bad byte count for conversion character ", name.as_slice()].concat());
        }
        if takes_bytes && std::mem::replace(&mut has_conversion, true) && bytes.is_some() {
            return Err(b"byte count with multiple conversion characters".to_vec());
        }
        unit.parts.push(Part {
            text: before.to_vec(),
            conversion: Some(Conversion { spec, kind }),
            bytes: size,
            blank: Vec::new(),
        });
        rest = after;
    }
    if !rest.is_empty() || unit.parts.is_empty() {
        unit.parts.push(Part {
            text: rest.to_vec(),
            conversion: None,
            bytes: 0,
            blank: Vec::new(),
        });
    }
    let sum = unit.parts.iter().map(|part| part.bytes).sum();
    unit.bytes = bytes.unwrap_or(sum);
    Ok(unit)
}

fn spec(rest: &mut &[u8]) -> Spec {
    let mut spec = Spec::default();
    while let [flag, after @ ..] = *rest {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'#' => spec.alternate = true,
            b'0' => spec.zeros = true,
            _ => break,
        }
        *rest = after;
    }
    spec.width = number(rest).unwrap_or(0).min(MOST);
    if let Some(after) = rest.strip_prefix(b".") {
        *rest = after;
        spec.precision = Some(number(rest).unwrap_or(0).min(MOST));
    }
    spec
}

type Found = (Kind, usize, &'static [usize], Vec<u8>);

/// The conversion, its usual size, the sizes it may have, and its name.
fn conversion(rest: &mut &[u8], spec: &Spec, is_last: &mut bool) -> Result<Found, Vec<u8>> {
    const BYTE: &[usize] = &[1];
    const WHOLE: &[usize] = &[1, 2, 4, 8];
    let bad = |name: &[u8]| Err([b"bad conversion character %", name].concat());
    let (name, after) = match *rest {
        [b'_', b'a' | b'A', _, ..] => rest.split_at(3),
        [b'_', _, ..] => rest.split_at(2),
        [_, ..] => rest.split_at(1),
        [] => return bad(b""),
    };
    *rest = after;
    let (kind, usual, allowed) = match name {
        [b'_', letter @ (b'a' | b'A'), base @ (b'd' | b'o' | b'x')] => {
            *is_last |= *letter == b'A';
            (Kind::Address(*base), 0, BYTE)
        }
        [b'_', b'a' | b'A', ..] => return bad(name.get(..2).unwrap_or_default()),
        b"_c" => (Kind::Escape, 1, BYTE),
        b"_p" => (Kind::Printable, 1, BYTE),
        b"_u" => (Kind::Name, 1, BYTE),
        b"c" => (Kind::Character, 1, BYTE),
        b"d" | b"i" => (Kind::Signed, 4, WHOLE),
        [letter @ (b'o' | b'u' | b'x' | b'X')] => (Kind::Unsigned(*letter), 4, WHOLE),
        [letter @ (b'e' | b'E' | b'f' | b'g' | b'G')] => (Kind::Float(*letter), 8, &[4, 8][..]),
        b"s" => (Kind::Text, spec.precision.unwrap_or(0), BYTE),
        _ => return bad(name),
    };
    // A colour behind a conversion is for terminals.
    if let Some(color) = rest.strip_prefix(b"_L[")
        && let Some(end) = memchr::memchr(b']', color)
    {
        *rest = color.get(end + 1..).unwrap_or_default();
    }
    Ok((kind, usual, allowed, name.to_vec()))
}

impl Part {
    pub fn is_text(&self) -> bool {
        self.conversion.is_none()
    }

    /// Whether it is shown behind the end of the input.
    pub fn needs_no_bytes(&self) -> bool {
        self.conversion
            .is_none_or(|conversion| matches!(conversion.kind, Kind::Address(_)))
    }

    /// Adds what the part shows of the bytes that begin here; of the block, what is behind them as well. Nothing is shown where
    /// the input has ended, but its place is.
    pub fn put(&self, bytes: Option<&[u8]>, address: u64, is_last: bool, line: &mut Vec<u8>) {
        line.extend_from_slice(&self.text);
        if !is_last {
            line.extend_from_slice(&self.blank);
        }
        let Some(Conversion { spec, kind }) = self.conversion else {
            return;
        };
        let mut sink = |text: &[u8]| {
            line.extend_from_slice(text);
            Ok(())
        };
        // Memory takes whatever is written.
        let _ = match (bytes, kind) {
            (None, _) => Spec {
                left: false,
                ..spec
            }
            .padded(b"", &mut sink),
            (_, Kind::Address(b'd')) => spec.signed(address.cast_signed(), &mut sink),
            (_, Kind::Address(base)) => spec.unsigned(address, base, &mut sink),
            (Some(bytes), kind) => {
                let datum = bytes.get(..self.bytes).unwrap_or(bytes);
                show(kind, spec, datum, bytes, &mut sink)
            }
        };
    }
}

fn show(
    kind: Kind,
    spec: Spec,
    datum: &[u8],
    rest: &[u8],
    sink: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let first = datum.first().copied().unwrap_or(0);
    let value = datum
        .iter()
        .take(8)
        .rev()
        .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    match kind {
        Kind::Address(_) => Ok(()),
        Kind::Escape | Kind::Name if matches!(first, b' '..=b'~') => spec.padded(&[first], sink),
        Kind::Escape => spec.text(&escaped(first), sink),
        Kind::Printable => spec.padded(&[printable(first)], sink),
        Kind::Name => match named(first) {
            Some(name) => spec.text(name.as_bytes(), sink),
            None => spec.unsigned(value, b'x', sink),
        },
        Kind::Character => spec.padded(&[first], sink),
        Kind::Signed => {
            let unused = 64 - 8 * datum.len().clamp(1, 8);
            spec.signed((value << unused).cast_signed() >> unused, sink)
        }
        Kind::Unsigned(letter) => spec.unsigned(value, letter, sink),
        Kind::Float(letter) => {
            let number = match datum.len() {
                4 => f64::from(f32::from_bits(u32::try_from(value).unwrap_or(0))),
                _ => f64::from_bits(value),
            };
            spec.float(Extended::from_f64(number), letter, sink)
        }
        Kind::Text => {
            let end = memchr::memchr(0, rest).unwrap_or(rest.len());
            spec.text(rest.get(..end).unwrap_or_default(), sink)
        }
    }
}

fn printable(byte: u8) -> u8 {
    match byte {
        b' '..=b'~' => byte,
        _ => b'.',
    }
}

/// A character that is not printable, as C writes it.
fn escaped(byte: u8) -> Vec<u8> {
    let letter = match byte {
        0 => b'0',
        0x07 => b'a',
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0b => b'v',
        0x0c => b'f',
        0x0d => b'r',
        _ => return format!("{byte:03o}").into_bytes(),
    };
    vec![b'\\', letter]
}

/// The name of a control character.
fn named(byte: u8) -> Option<&'static str> {
    const NAMES: [&str; 32] = [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "lf", "vt", "ff", "cr",
        "so", "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub",
        "esc", "fs", "gs", "rs", "us",
    ];
    let del = (byte == 0x7f).then_some("del");
    NAMES.get(usize::from(byte)).copied().or(del)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let message = Format::parse(text.as_bytes()).expect_err("no format");
        String::from_utf8(message).expect("text")
    }

    #[test]
    fn units_take_their_bytes() {
        let format = Format::parse(b"\"%_ax \" 8/2 \"%04x \" \"\\n\"").expect("a format");
        assert_eq!(format.units.len(), 3);
        assert_eq!(format.block(), 16);
        assert_eq!(Format::parse(b"\"%x%c%.3s\"").expect("a format").block(), 8);
        assert_eq!(Format::parse(b"3/4 \"x\"").expect("a format").block(), 12);
    }

    #[test]
    fn the_last_unit_takes_what_is_left() {
        let mut format = Format::parse(b"/1 \"%02x \"").expect("a format");
        format.fit(16);
        assert_eq!(format.block(), 16);
    }

    #[test]
    fn escapes_leave_the_text_between_them() {
        assert_eq!(unescaped(b"a\\tb\\q\\\\c\\n"), b"a\tbq\\c\n");
        assert_eq!(unescaped(b"a\\"), b"a\\");
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(error("x"), "bad format {x}");
        assert_eq!(
            error("1/3 \"%x\""),
            "bad byte count for conversion character x"
        );
        assert_eq!(error("\"%q\""), "bad conversion character %q");
        assert_eq!(error("\"%_ay\""), "bad conversion character %_a");
        assert_eq!(error("\"%s\""), "%s requires a precision or a byte count");
        assert_eq!(
            error("4/2 \"%x %x\""),
            "byte count with multiple conversion characters"
        );
    }
}
