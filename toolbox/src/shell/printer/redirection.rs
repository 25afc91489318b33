//! Redirections as text. What bash leaves out or adds is the number of the descriptor.

use std::rc::Rc;

use super::Printer;
use crate::shell::ast::{RedirectedFd, Redirection, RedirectionTarget, Word};

impl Printer {
    pub(super) fn redirections(&mut self, redirections: &[Redirection]) {
        for redirection in redirections {
            self.put(" ");
            self.redirection(redirection);
        }
    }

    pub(super) fn redirection(&mut self, redirection: &Redirection) {
        let default = match &redirection.fd {
            RedirectedFd::Default => true,
            RedirectedFd::Number(number) => {
                let number = *number;
                let is_default = match redirection.target {
                    RedirectionTarget::Read(_)
                    | RedirectionTarget::HereDocument(_)
                    | RedirectionTarget::HereString(_) => number == 0,
                    RedirectionTarget::Write(_)
                    | RedirectionTarget::Append(_)
                    | RedirectionTarget::Clobber(_) => number == 1,
                    _ => false,
                };
                if !is_default {
                    self.put(&number.to_string());
                }
                false
            }
            RedirectedFd::Variable(name, index) => {
                self.put("{");
                self.bytes(&name.name());
                if let Some(index) = index {
                    self.put("[");
                    self.word(&index.word);
                    self.put("]");
                }
                self.put("}");
                false
            }
        };
        let closes = |word: &Word| word.source == b"-";
        let is_number = |word: &Word| word.source.iter().all(u8::is_ascii_digit);
        let (operator, word) = match &redirection.target {
            RedirectionTarget::Read(word) => ("< ", word),
            RedirectionTarget::Write(word) => ("> ", word),
            RedirectionTarget::Clobber(word) => (">| ", word),
            RedirectionTarget::Append(word) => (">> ", word),
            RedirectionTarget::ReadWrite(word) if default => ("0<> ", word),
            RedirectionTarget::ReadWrite(word) => ("<> ", word),
            RedirectionTarget::WriteBoth(word) => ("&> ", word),
            RedirectionTarget::AppendBoth(word) => ("&>> ", word),
            RedirectionTarget::DuplicateInput(word) if closes(word) => {
                (if default { "0>&" } else { ">&" }, word)
            }
            RedirectionTarget::DuplicateInput(word) if default && is_number(word) => ("0<&", word),
            RedirectionTarget::DuplicateInput(word) => ("<&", word),
            RedirectionTarget::DuplicateOutput(word)
                if default && (closes(word) || is_number(word)) =>
            {
                ("1>&", word)
            }
            RedirectionTarget::DuplicateOutput(word) => (">&", word),
            RedirectionTarget::HereString(word) => ("<<< ", word),
            RedirectionTarget::HereDocument(document) => {
                self.put(if document.strips_tabs { "<<-" } else { "<<" });
                if document.is_quoted {
                    self.put("'");
                    self.bytes(&document.delimiter);
                    self.put("'");
                } else {
                    self.bytes(&document.delimiter);
                }
                self.pending.push(Rc::clone(document));
                return;
            }
        };
        self.put(operator);
        self.word(word);
        self.had_documents = false;
    }
}
