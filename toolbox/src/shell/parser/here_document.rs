//! The bodies of here-documents, which stand behind the line that asks for them.

use super::Reader;
use super::error::{ErrorKind, SyntaxError};
use crate::shell::ast::{HereDocument, Operation, Parameter, Part, Subject, Text, Word};

impl Reader<'_, '_> {
    /// Steps over the end of a line, and over the here-documents behind it.
    pub(super) fn newline(&mut self) {
        self.bump();
        if !self.pending.is_empty() {
            self.read_here_documents();
        }
    }

    /// At the end of the script: what is pending has no body.
    pub(super) fn finish_here_documents(&mut self) {
        if !self.pending.is_empty() && self.peek().is_none() {
            self.read_here_documents();
        }
    }

    #[cold]
    fn read_here_documents(&mut self) {
        for document in std::mem::take(&mut self.pending) {
            let line = self.line();
            let text = self.body(&document);
            let word = match document.is_quoted {
                true => Word {
                    source: text.clone(),
                    parts: match text.is_empty() {
                        true => Vec::new(),
                        false => vec![Part::Quoted(text)],
                    },
                    assignment: None,
                },
                false => self.expandable(text, line),
            };
            // It is read once: it was pending until now.
            let _ = document.body.set(word);
        }
    }

    fn expandable(&mut self, text: Text, line: u32) -> Word {
        let parts = if memchr::memchr3(b'$', b'`', b'\\', &text).is_none() {
            match text.is_empty() {
                true => Vec::new(),
                false => vec![Part::Quoted(text.clone())],
            }
        } else {
            let mut inner = self.inner(text.clone(), line);
            inner.depth += 1;
            inner.is_body = true;
            let parts = inner.here_document_parts();
            self.warnings.append(&mut inner.warnings);
            parts
        };
        Word {
            source: text,
            parts,
            assignment: None,
        }
    }

    /// What begins at this place and cannot be read, up to the end of the text.
    pub(super) fn wrong_part(&self, error: &SyntaxError) -> Part {
        let source = self.input.text.get(self.input.at..).unwrap_or_default();
        let source = source.to_vec();
        let is_arithmetic = source.starts_with(b"$((") && error.lacks_end();
        let operation = match source.as_slice() {
            [b'`', ..] => Operation::Unclosed(b'`'),
            _ if is_arithmetic => Operation::Unclosed(b')'),
            [b'$', b'(', ..] => self.unread(error),
            _ if error.kind == ErrorKind::Substitution => Operation::Unread(error.messages()),
            _ => Operation::Bad,
        };
        Part::Parameter(Box::new(Parameter {
            // Of arithmetic, bash shows what stands before it as well.
            source: match is_arithmetic {
                true => self.input.text.clone(),
                false => source,
            },
            indirect: false,
            subject: Subject::Special(b'?'),
            operation,
        }))
    }

    /// What is said of the substitution at this place. Bash counts the lines from the first one of the here-document, and
    /// shows what is behind the parenthesis.
    fn unread(&self, error: &SyntaxError) -> Operation {
        let before = self.input.since(0);
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let mut error = error.clone();
        error.line = error.line.saturating_sub(lines);
        for (line, _) in &mut error.earlier {
            *line = line.saturating_sub(lines);
        }
        let shown_before = self.input.text.get(start..before.len() + 2);
        if let (Some(source), Some(prefix)) = (&mut error.source_line, shown_before)
            && source.starts_with(prefix)
        {
            source.drain(..prefix.len());
        }
        Operation::Unread(error.messages())
    }

    /// The lines up to the delimiter, or to the end of the script.
    fn body(&mut self, document: &HereDocument) -> Text {
        let first = self.input.at;
        let mut body = Text::new();
        while self.input.raw(self.input.at).is_some() {
            let start = body.len();
            self.take_line(document.strips_tabs, &mut body);
            // A continued line is one line for the delimiter, too.
            while !document.is_quoted
                && is_continued(&body[start..])
                && self.input.raw(self.input.at).is_some()
            {
                body.truncate(body.len() - 2);
                self.take_line(document.strips_tabs, &mut body);
            }
            let line = &body[start..];
            if line.strip_suffix(b"\n").unwrap_or(line) == document.delimiter {
                body.truncate(start);
                return body;
            }
        }
        if body.last().is_some_and(|byte| *byte != b'\n') {
            body.push(b'\n');
        }
        let delimiter = &document.delimiter;
        let asked_in = self.input.line_at(first).saturating_sub(1);
        let begin = format!("here-document at line {asked_in} delimited by end-of-file (wanted `");
        let warning = [b"warning: ", begin.as_bytes(), delimiter, b"')"].concat();
        // Bash counts to the last line there is.
        let ends_line = self.input.text.last() == Some(&b'\n');
        let line = self.line().saturating_sub(u32::from(ends_line));
        self.warnings.push((line, warning));
        body
    }

    /// The line at this place, with its end.
    fn take_line(&mut self, strips_tabs: bool, body: &mut Text) {
        while strips_tabs && self.input.raw(self.input.at) == Some(b'\t') {
            self.bump();
        }
        while self.input.raw(self.input.at).is_some() {
            let rest = self.input.text.get(self.input.at..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).map(|end| end + 1);
            let line = &rest[..end.unwrap_or(rest.len())];
            body.extend_from_slice(line);
            self.input.at += line.len();
            if end.is_some() {
                return;
            }
        }
    }
}

/// Whether a line ends in a backslash that is not itself escaped.
fn is_continued(line: &[u8]) -> bool {
    let Some(line) = line.strip_suffix(b"\n") else {
        return false;
    };
    let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
    backslashes % 2 == 1
}
