//! Where brackets close, without reading what is in them.

use super::{Reader, SyntaxError};

/// What has to be closed, and where it begins.
#[derive(Clone, Copy)]
pub(super) struct Open {
    opening: u8,
    closing: u8,
    start: usize,
}

impl Reader<'_, '_> {
    /// The place behind the bracket that closes the one at this place, or what is not closed, the innermost.
    pub(super) fn end_of_brackets(&mut self, opening: u8, closing: u8) -> Result<usize, Open> {
        let start = self.input.at;
        let mut at = start + 1;
        let mut open = vec![Open {
            opening,
            closing,
            start,
        }];
        while let Some(&inner) = open.last() {
            let Some(byte) = self.input.raw(at) else {
                return Err(inner);
            };
            let start = at;
            let Open {
                opening, closing, ..
            } = inner;
            let is_quoted = closing == b'"';
            at += 1;
            match byte {
                _ if byte == closing => {
                    open.pop();
                }
                b'\\' => at += 1,
                // A plain brace in `${…}` is text.
                _ if byte == opening && opening != b'{' => open.push(Open {
                    opening,
                    closing,
                    start,
                }),
                b'\'' if !is_quoted => at = self.behind(start, at, b'\'', false)?,
                b'`' => at = self.behind(start, at, b'`', true)?,
                b'"' => open.push(Open {
                    opening: b'"',
                    closing: b'"',
                    start,
                }),
                b'$' => match self.input.raw(at) {
                    Some(b'(') => {
                        at += 1;
                        open.push(Open {
                            opening: b'(',
                            closing: b')',
                            start,
                        });
                    }
                    Some(b'{') => {
                        at += 1;
                        open.push(Open {
                            opening: b'{',
                            closing: b'}',
                            start,
                        });
                    }
                    Some(b'\'') if !is_quoted => at = self.behind(start, at + 1, b'\'', true)?,
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(at)
    }

    /// The place behind the next such byte.
    fn behind(
        &mut self,
        start: usize,
        mut at: usize,
        closing: u8,
        has_escapes: bool,
    ) -> Result<usize, Open> {
        while let Some(byte) = self.input.raw(at) {
            at += 1;
            match byte {
                _ if byte == closing => return Ok(at),
                b'\\' if has_escapes => at += 1,
                _ => {}
            }
        }
        Err(Open {
            opening: closing,
            closing,
            start,
        })
    }

    #[cold]
    pub(super) fn still_open(&mut self, open: Open) -> Box<SyntaxError> {
        self.unclosed(open.start, char::from(open.closing))
    }
}
