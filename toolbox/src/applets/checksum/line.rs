//! The lines that checksums are kept in: `DIGEST  NAME`, and `TAG (NAME) = DIGEST`.

use super::algorithm::{Algorithm, BLAKE2B, TAGS};

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub algorithm: Algorithm,
    pub digest: Vec<u8>,
    pub name: Vec<u8>,
}

/// Reads the lines of a file.
pub struct Reader {
    /// The algorithm; lines with tags may change it where none was asked for.
    pub algorithm: Algorithm,
    /// Only lines with a tag say which algorithm they are of.
    any: bool,
    /// `cksum` takes more blanks behind a tag than the others, as `b2sum` does.
    is_cksum: bool,
    /// Whether the names stand behind one blank, as BSD has them reversed; not known before the first line.
    reversed: Option<bool>,
}

impl Reader {
    /// For lines of one algorithm, or of any by its tag.
    pub fn new(algorithm: Option<Algorithm>, is_cksum: bool) -> Self {
        Self {
            algorithm: algorithm.unwrap_or(Algorithm::Crc),
            any: algorithm.is_none(),
            is_cksum,
            reversed: None,
        }
    }

    /// Nothing when the line is none.
    pub fn read(&mut self, line: &[u8]) -> Option<Entry> {
        let line = line.trim_ascii_start();
        let (escaped, line) = match line.strip_prefix(b"\\") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        if self.any {
            self.algorithm = tagged(line)?;
        }
        if let Some(rest) = line.strip_prefix(self.algorithm.tag().as_bytes()) {
            return self.with_tag(rest, escaped);
        }
        self.plain(line, escaped)
    }

    /// `[-LENGTH] (NAME) = DIGEST`
    fn with_tag(&self, rest: &[u8], escaped: bool) -> Option<Entry> {
        let has_length = rest.starts_with(b"-");
        let takes_more = self.is_cksum || matches!(self.algorithm, Algorithm::Blake2b(_));
        let (algorithm, rest) = match (self.algorithm, rest) {
            (Algorithm::Blake2b(_), [b'-', rest @ ..]) => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let (number, rest) = rest.split_at(digits);
                let bits: usize = std::str::from_utf8(number).ok()?.parse().ok()?;
                let is_length = bits > 0 && bits <= 8 * BLAKE2B && bits.is_multiple_of(8);
                (
                    Algorithm::Blake2b(Some(bits / 8).filter(|_| is_length)?),
                    rest,
                )
            }
            (Algorithm::Blake2b(_), rest) => (Algorithm::Blake2b(BLAKE2B), rest),
            other => other,
        };
        let rest = match rest {
            [b' ' | b'\t', rest @ ..] if takes_more && !has_length => rest,
            rest => rest,
        };
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let rest = rest.strip_prefix(b"(")?;
        let close = memchr::memrchr(b')', rest)?;
        let (name, rest) = rest.split_at(close);
        let rest = rest.get(1..)?.trim_ascii_start().strip_prefix(b"=")?;
        Some(Entry {
            algorithm,
            digest: digest(rest.trim_ascii_start(), algorithm.length())?,
            name: file_name(name, escaped)?,
        })
    }

    /// `DIGEST`, a blank, a blank or a star, `NAME`
    fn plain(&mut self, line: &[u8], escaped: bool) -> Option<Entry> {
        let digits = line
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let algorithm = match self.algorithm {
            Algorithm::Blake2b(_) => {
                let is_length = digits > 0 && digits <= 2 * BLAKE2B && digits.is_multiple_of(2);
                Algorithm::Blake2b(Some(digits / 2).filter(|_| is_length)?)
            }
            other => other,
        };
        if line.len() < 2 * algorithm.length() + 2 {
            return None;
        }
        let (number, rest) = line.split_at(2 * algorithm.length());
        let rest = match rest {
            [b' ' | b'\t', rest @ ..] => rest,
            _ => return None,
        };
        let digest = digest(number, algorithm.length())?;
        let name = match rest {
            [b' ' | b'*', name @ ..] if !name.is_empty() => match self.reversed {
                Some(true) => rest,
                _ => {
                    self.reversed = Some(false);
                    name
                }
            },
            // A line of the other form among those of the first one could name another file than it seems to.
            _ if self.reversed == Some(false) => return None,
            _ => {
                self.reversed = Some(true);
                rest
            }
        };
        Some(Entry {
            algorithm,
            digest,
            name: file_name(name, escaped)?,
        })
    }
}

/// The algorithm of the tag that a line begins with; sums are not checked.
fn tagged(line: &[u8]) -> Option<Algorithm> {
    let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'-' | b'(');
    let end = line.iter().position(is_end)?;
    let (tag, _) = line.split_at(end);
    let (_, algorithm) = TAGS.iter().find(|(known, _)| known.as_bytes() == tag)?;
    Some(*algorithm).filter(|algorithm| !algorithm.is_number())
}

fn digest(digits: &[u8], length: usize) -> Option<Vec<u8>> {
    if digits.len() != 2 * length {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16);
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(value(*high)? << 4 | value(*low)?).ok(),
            _ => None,
        })
        .collect()
}

/// A name as it stands in a line that begins with a backslash, or in another one.
fn file_name(text: &[u8], escaped: bool) -> Option<Vec<u8>> {
    if !escaped {
        return Some(text.to_vec());
    }
    let mut name = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        name.push(match byte {
            0 => return None,
            b'\\' => match bytes.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b'\\' => b'\\',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(name)
}

/// The name as a line of one line has it, and whether that is another one.
pub fn escaped(name: &[u8]) -> (Vec<u8>, bool) {
    let mut text = Vec::with_capacity(name.len());
    for byte in name {
        match byte {
            b'\\' => text.extend_from_slice(b"\\\\"),
            b'\n' => text.extend_from_slice(b"\\n"),
            b'\r' => text.extend_from_slice(b"\\r"),
            byte => text.push(*byte),
        }
    }
    let differs = text.len() != name.len();
    (text, differs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "c0710d6b4f15dfa88f600b0e6b624077";

    fn name(line: &str) -> Option<String> {
        let entry = Reader::new(Some(Algorithm::Md5), false).read(line.as_bytes())?;
        String::from_utf8(entry.name).ok()
    }

    #[test]
    fn lines_have_several_forms() {
        assert_eq!(name(&format!("{DIGEST}  a b")), Some("a b".into()));
        assert_eq!(name(&format!("  {DIGEST} *a")), Some("a".into()));
        assert_eq!(name(&format!("{DIGEST} a")), Some("a".into()));
        assert_eq!(name(&format!("MD5 (a) = {DIGEST}")), Some("a".into()));
        assert_eq!(name(&format!("MD5(a)= {DIGEST}")), Some("a".into()));
        assert_eq!(name(&format!("\\{DIGEST}  a\\nb")), Some("a\nb".into()));
        assert_eq!(name(&format!("\\{DIGEST}  a\\qb")), None);
        assert_eq!(name(&format!("{DIGEST}  ")), Some(" ".into()));
        assert_eq!(name(&format!("{DIGEST}0  a")), None);
        assert_eq!(name(&format!("MD5 (a) = {DIGEST} ")), None);
    }

    #[test]
    fn a_file_has_one_form() {
        let mut reader = Reader::new(Some(Algorithm::Md5), false);
        let mut name = |line: String| reader.read(line.as_bytes()).map(|entry| entry.name);
        assert_eq!(name(format!("{DIGEST}  a")), Some(b"a".to_vec()));
        assert_eq!(name(format!("{DIGEST} a")), None);
    }

    #[test]
    fn a_tag_names_the_algorithm() {
        let mut reader = Reader::new(None, true);
        let line = format!("BLAKE2b-128 (a) = {DIGEST}");
        let entry = reader.read(line.as_bytes()).expect("a line");
        assert_eq!(entry.algorithm, Algorithm::Blake2b(16));
        assert!(reader.read(format!("{DIGEST}  a").as_bytes()).is_none());
        assert!(reader.read(b"CRC (a) = 00000000").is_none());
    }
}
