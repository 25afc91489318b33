//! What `${x/…/…}` puts in the place of a match.

use crate::shell::ast::Text;

/// Texts with the match between each two.
pub struct Template {
    pieces: Vec<Text>,
}

impl Template {
    /// A text in which `&` means nothing.
    pub fn plain(text: Text) -> Self {
        Self { pieces: vec![text] }
    }

    /// A text in which `&` stands for the match, unless a backslash stands before it.
    pub fn new(source: &[u8]) -> Self {
        let mut pieces = Vec::new();
        let mut piece = Text::new();
        let mut bytes = source.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match (byte, bytes.peek()) {
                (b'\\', Some(&next @ (b'&' | b'\\'))) => {
                    piece.push(next);
                    bytes.next();
                }
                (b'&', _) => pieces.push(std::mem::take(&mut piece)),
                _ => piece.push(byte),
            }
        }
        pieces.push(piece);
        Self { pieces }
    }

    pub fn put(&self, matched: &[u8], out: &mut Text) {
        for (number, piece) in self.pieces.iter().enumerate() {
            if number > 0 {
                out.extend_from_slice(matched);
            }
            out.extend_from_slice(piece);
        }
    }
}
