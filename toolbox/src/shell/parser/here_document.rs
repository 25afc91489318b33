//! The bodies of here-documents, which stand behind the line that asks for them.

use super::{Parsed, Parser};
use crate::shell::ast::{HereDocument, Part, Text, Word};
use std::rc::Rc;

impl Parser<'_> {
    /// Steps over the end of a line, and over the here-documents behind it.
    pub(super) fn newline(&mut self) -> Parsed<()> {
        self.bump();
        self.read_here_documents()
    }

    /// At the end of a command: what is pending has nothing but the end of the script for a body.
    pub(super) fn finish_here_documents(&mut self) -> Parsed<()> {
        if self.pending.is_empty() || self.peek().is_some() {
            return Ok(());
        }
        self.read_here_documents()
    }

    fn read_here_documents(&mut self) -> Parsed<()> {
        for document in std::mem::take(&mut self.pending) {
            let line = self.line;
            let text = self.body(&document);
            let word = match document.is_quoted {
                true => Word {
                    source: text.clone(),
                    parts: vec![Part::Quoted(text)],
                    assignment: None,
                },
                false => self.expandable(text, line)?,
            };
            // It is read once: it was pending until now.
            let _ = document.body.set(word);
        }
        Ok(())
    }

    fn expandable(&mut self, text: Text, line: u32) -> Parsed<Word> {
        let parts = self.deeper(|parser| {
            let mut inner = parser.part(text.clone());
            inner.line = line;
            inner.here_parts()
        })?;
        Ok(Word {
            source: text,
            parts,
            assignment: None,
        })
    }

    /// The lines up to the delimiter, or to the end of the script.
    fn body(&mut self, document: &Rc<HereDocument>) -> Text {
        let mut body = Text::new();
        loop {
            if self.peek().is_none() {
                return body;
            }
            let mut line = self.take_line();
            if document.strips_tabs {
                line = without_tabs(&line).to_vec();
            }
            if line == document.delimiter {
                return body;
            }
            // A continued line is one line for the delimiter, too.
            while !document.is_quoted && ends_in_backslash(&line) && self.peek().is_some() {
                line.pop();
                let next = self.take_line();
                line.extend_from_slice(if document.strips_tabs {
                    without_tabs(&next)
                } else {
                    &next
                });
                if line == document.delimiter {
                    return body;
                }
            }
            body.extend_from_slice(&line);
            body.push(b'\n');
        }
    }

    /// The line at this place, without its end.
    fn take_line(&mut self) -> Text {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        let line = self.text[start..self.at].to_vec();
        if self.peek().is_some() {
            self.bump();
        }
        line
    }
}

fn without_tabs(line: &[u8]) -> &[u8] {
    let start = line
        .iter()
        .position(|byte| *byte != b'\t')
        .unwrap_or(line.len());
    &line[start..]
}

/// Whether the last character is a backslash that is not itself escaped.
fn ends_in_backslash(line: &[u8]) -> bool {
    let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
    backslashes % 2 == 1
}
