//! The items of the input: words with quotes, lines, or what stands between delimiters.

use std::io::{self, BufRead};

use super::options::{Separator, Settings};

/// One item.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    pub bytes: Vec<u8>,
    /// Whether a line ends here; blanks at its end make it go on in the next one.
    pub ends_line: bool,
}

/// Why there is no item.
#[derive(Debug)]
pub enum Failure {
    Unmatched(&'static str),
    TooLong,
    Read(io::Error),
}

pub struct Items<R> {
    input: R,
    separator: Separator,
    /// Items are whole lines.
    lines: bool,
    end: Option<Vec<u8>>,
    /// With the NUL that ends an argument.
    longest: usize,
    ended: bool,
    /// Whether an item was cut at a NUL.
    pub had_nul: bool,
}

impl<R: BufRead> Items<R> {
    pub fn new(input: R, settings: &Settings) -> Self {
        Self {
            input,
            separator: settings.separator,
            lines: settings.replace().is_some(),
            end: settings.end.clone(),
            longest: match settings.replace() {
                Some(_) => settings.max_chars,
                None => settings.max_chars.saturating_sub(settings.initial_size()),
            },
            ended: false,
            had_nul: false,
        }
    }

    pub fn next(&mut self) -> Result<Option<Item>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let item = match self.separator {
            Separator::Byte(delimiter) => self.delimited(delimiter),
            Separator::Blanks => self.quoted(),
        }?;
        let is_end = |item: &Item| self.end.as_ref().is_some_and(|end| *end == item.bytes);
        let item = item.filter(|item| self.separator != Separator::Blanks || !is_end(item));
        self.ended = item.is_none();
        Ok(item)
    }

    fn byte(&mut self) -> Result<Option<u8>, Failure> {
        loop {
            match self.input.fill_buf() {
                Ok(available) => {
                    let byte = available.first().copied();
                    self.input.consume(usize::from(byte.is_some()));
                    return Ok(byte);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::Read(error)),
            }
        }
    }

    fn push(&self, bytes: &mut Vec<u8>, byte: u8) -> Result<(), Failure> {
        bytes.push(byte);
        if bytes.len() >= self.longest {
            return Err(Failure::TooLong);
        }
        Ok(())
    }

    fn delimited(&mut self, delimiter: u8) -> Result<Option<Item>, Failure> {
        let mut bytes = Vec::new();
        loop {
            match self.byte()? {
                None if bytes.is_empty() => return Ok(None),
                None => break,
                Some(byte) if byte == delimiter => break,
                Some(byte) => self.push(&mut bytes, byte)?,
            }
        }
        Ok(Some(self.finished(bytes, true)))
    }

    fn quoted(&mut self) -> Result<Option<Item>, Failure> {
        let mut first = self.byte()?;
        while let Some(b' ' | b'\t' | b'\n') = first {
            first = self.byte()?;
        }
        let Some(mut byte) = first else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        loop {
            match byte {
                b'\n' => return Ok(Some(self.finished(bytes, true))),
                b' ' | b'\t' if !self.lines => return Ok(Some(self.finished(bytes, false))),
                b'\'' => self.until(byte, "single", &mut bytes)?,
                b'"' => self.until(byte, "double", &mut bytes)?,
                b'\\' => {
                    if let Some(escaped) = self.byte()? {
                        self.push(&mut bytes, escaped)?;
                    }
                }
                _ => self.push(&mut bytes, byte)?,
            }
            byte = match self.byte()? {
                Some(byte) => byte,
                // As in GNU's, an empty word that nothing follows is none.
                None if bytes.is_empty() => return Ok(None),
                None => return Ok(Some(self.finished(bytes, true))),
            };
        }
    }

    fn until(&mut self, quote: u8, name: &'static str, bytes: &mut Vec<u8>) -> Result<(), Failure> {
        loop {
            match self.byte()? {
                Some(byte) if byte == quote => return Ok(()),
                // At the end of the input an empty word is none, whatever began it.
                None if bytes.is_empty() => return Ok(()),
                None | Some(b'\n') => return Err(Failure::Unmatched(name)),
                Some(byte) => self.push(bytes, byte)?,
            }
        }
    }

    /// An argument ends at its first NUL.
    fn finished(&mut self, mut bytes: Vec<u8>, ends_line: bool) -> Item {
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(at);
            self.had_nul = true;
        }
        Item { bytes, ends_line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(input: &[u8], change: fn(&mut Settings)) -> (Vec<(String, bool)>, Option<Failure>) {
        let mut settings = Settings::default();
        change(&mut settings);
        let mut items = Items::new(input, &settings);
        let mut found = Vec::new();
        loop {
            match items.next() {
                Ok(Some(item)) => found.push((
                    String::from_utf8_lossy(&item.bytes).into_owned(),
                    item.ends_line,
                )),
                Ok(None) => return (found, None),
                Err(failure) => return (found, Some(failure)),
            }
        }
    }

    fn words(input: &[u8]) -> Vec<String> {
        let (found, failure) = items(input, |_| {});
        assert!(failure.is_none(), "{failure:?}");
        found.into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn quotes_and_backslashes_hold_words_together() {
        assert_eq!(
            words(b" a 'b  c'\"d \" \\e\\ f\n\n\"\" g\\"),
            ["a", "b  cd ", "e f", "", "g"]
        );
        assert_eq!(words(b"a\\\nb\x0bc"), ["a\nb\x0bc"]);
        assert_eq!(words(b" \n"), [""; 0]);
    }

    #[test]
    fn a_quote_ends_on_its_line() {
        let (found, failure) = items(b"a 'b\nc'", |_| {});
        assert_eq!(found, [("a".into(), false)]);
        assert!(matches!(failure, Some(Failure::Unmatched("single"))));
    }

    #[test]
    fn blanks_at_its_end_make_a_line_go_on() {
        let (found, _) = items(b"a \nb\nc", |_| {});
        let expected = [("a", false), ("b", true), ("c", true)];
        assert_eq!(found, expected.map(|(word, ends)| (word.into(), ends)));
    }

    #[test]
    fn delimiters_leave_all_other_bytes_alone() {
        let (found, _) = items(b"a 'b,,c\n", |settings| {
            settings.separator = Separator::Byte(b',');
        });
        let expected = ["a 'b", "", "c\n"];
        assert_eq!(found, expected.map(|word| (word.into(), true)));
    }

    #[test]
    fn the_end_string_ends_the_input() {
        let (found, _) = items(b"a END b", |settings| {
            settings.end = Some(b"END".to_vec());
        });
        assert_eq!(found, [("a".into(), false)]);
    }

    #[test]
    fn an_item_over_the_limit_is_a_failure() {
        let (_, failure) = items(b"aaaa", |settings| settings.max_chars = 4);
        assert!(matches!(failure, Some(Failure::TooLong)));
    }
}
