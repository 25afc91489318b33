//! What a `$` begins.

use super::error::Parsed;
use super::input::starts_name;
use super::parts::Parts;
use super::{Reader, What};
use crate::shell::ast::{Operation, Parameter, Part, Subject, Text};
use crate::shell::quote;
use crate::shell::symbol::Symbol;

impl Reader<'_, '_> {
    /// An expansion in text without quotes, or a `$` that stands for itself.
    pub(super) fn dollar(&mut self, parts: &mut Parts) -> Parsed<()> {
        match self.peek_second() {
            Some(b'\'') => {
                let start = self.input.at;
                self.bump();
                let text = self.ansi_quotes()?;
                parts.quoted(&text);
                self.show(start, || What::Text(quote::single(&text)));
                Ok(())
            }
            // It would be translated, if there were anything to translate it to.
            Some(b'"') => {
                let start = self.input.at;
                self.bump();
                self.show(start, || What::Text(Text::new()));
                let part = self.double_quotes()?;
                parts.push(part);
                Ok(())
            }
            _ => {
                match self.expansion(false)? {
                    Some(part) => parts.push(part),
                    None => parts.literal(b"$"),
                }
                Ok(())
            }
        }
    }

    /// An expansion in double quotes, or a `$` that stands for itself.
    pub(super) fn quoted_dollar(&mut self, parts: &mut Parts) -> Parsed<()> {
        match self.expansion(true)? {
            Some(part) => parts.push(part),
            None => parts.quoted(b"$"),
        }
        Ok(())
    }

    /// The expansion that begins with the `$` at this place, which is stepped over in any case.
    #[inline(never)]
    fn expansion(&mut self, is_quoted: bool) -> Parsed<Option<Part>> {
        let start = self.input.at;
        self.bump();
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        let subject = match byte {
            b'(' if self.peek_second() == Some(b'(') => return self.double_parenthesis().map(Some),
            b'(' => return self.command_substitution().map(Some),
            b'{' => return self.braced_parameter(start, is_quoted).map(Some),
            b'[' => return self.old_arithmetic().map(Some),
            b'0'..=b'9' => {
                self.bump();
                Subject::Positional(usize::from(byte - b'0'))
            }
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => {
                self.bump();
                Subject::Special(byte)
            }
            _ if starts_name(byte) => Subject::Variable(Symbol::new(self.name())),
            _ => return Ok(None),
        };
        Ok(Some(Part::Parameter(Box::new(Parameter {
            source: self.input.since(start).to_vec(),
            indirect: false,
            subject,
            operation: Operation::Value,
        }))))
    }
}
