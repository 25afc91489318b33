//! The parts of `s`, `y` and addresses, between delimiters.

use super::reader::Reader;

pub const WIDE_DELIMITER: &str = "delimiter character is not a single-byte character";

/// What stands before the next `delimiter`, which is taken as well; none when there is no such. In a pattern, brackets hold
/// delimiters, and `\n` is a newline. A delimiter behind a backslash is itself.
pub fn read(reader: &mut Reader, delimiter: u8, is_pattern: bool) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    if delimiter == b'\n' {
        reader.next();
        return None;
    }
    loop {
        let byte = reader.next()?;
        match byte {
            _ if byte == delimiter => return Some(text),
            b'\n' => {
                reader.back(Some(byte));
                return None;
            }
            b'\\' => {
                let escaped = reader.next()?;
                if escaped == delimiter {
                    if !is_pattern && escaped == b'&' {
                        text.push(b'\\');
                    }
                    text.push(escaped);
                } else if escaped == b'n' && is_pattern {
                    text.push(b'\n');
                } else {
                    if escaped != b'\n' {
                        text.push(b'\\');
                    }
                    text.push(escaped);
                }
            }
            b'[' if is_pattern => {
                text.push(byte);
                bracket(reader, &mut text)?;
            }
            _ => text.push(byte),
        }
    }
}

/// The rest of a bracket expression.
fn bracket(reader: &mut Reader, text: &mut Vec<u8>) -> Option<()> {
    let start = text.len() + usize::from(reader.peek() == Some(b'^'));
    loop {
        let byte = reader.next()?;
        if byte == b'\n' {
            reader.back(Some(byte));
            return None;
        }
        let first = text.len() == start;
        text.push(byte);
        match (byte, reader.peek()) {
            (b']', _) if !first => return Some(()),
            (b'\\', Some(b'n')) => {
                reader.next();
                text.pop();
                text.push(b'\n');
            }
            (b'\\', Some(b'\\')) => text.extend(reader.next()),
            (b'[', Some(kind @ (b':' | b'.' | b'='))) => {
                text.extend(reader.next());
                symbol(reader, kind, text)?;
            }
            _ => {}
        }
    }
}

/// The rest of `[:alpha:]`.
fn symbol(reader: &mut Reader, kind: u8, text: &mut Vec<u8>) -> Option<()> {
    loop {
        let byte = reader.next()?;
        if byte == b'\n' {
            reader.back(Some(byte));
            return None;
        }
        text.push(byte);
        if byte == kind && reader.peek() == Some(b']') {
            text.extend(reader.next());
            return Some(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Origin, Piece};
    use super::*;

    fn pattern(text: &str) -> Option<String> {
        let origin = Origin::Expression(1);
        let text = text.as_bytes().to_vec();
        let text = read(&mut Reader::new(Piece { origin, text }), b'/', true)?;
        String::from_utf8(text).ok()
    }

    #[test]
    fn a_pattern_ends_at_its_delimiter() {
        assert_eq!(pattern("a\\/b/c").as_deref(), Some("a/b"));
        assert_eq!(pattern("a\\nb/").as_deref(), Some("a\nb"));
        assert_eq!(pattern("a\\.b/").as_deref(), Some("a\\.b"));
        assert_eq!(pattern("a").as_deref(), None);
    }

    #[test]
    fn brackets_hold_delimiters() {
        assert_eq!(pattern("[/]]/").as_deref(), Some("[/]]"));
        assert_eq!(pattern("[]/]/").as_deref(), Some("[]/]"));
        assert_eq!(pattern("[^]/]/").as_deref(), Some("[^]/]"));
        assert_eq!(pattern("[[:alpha:]/]/").as_deref(), Some("[[:alpha:]/]"));
        assert_eq!(pattern("[\\/]/").as_deref(), Some("[\\/]"));
        assert_eq!(pattern("[\\]]/").as_deref(), Some("[\\]]"));
        assert_eq!(pattern("[\\n\\\\n]/").as_deref(), Some("[\n\\\\n]"));
        assert_eq!(pattern("\\[/").as_deref(), Some("\\["));
        assert_eq!(pattern("[a/"), None);
    }
}
