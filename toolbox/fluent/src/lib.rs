//! The part of the `fluent` crate that uutils uses, made to cost nothing until a message is shown.
//!
//! The original parses every message of a tool when the tool starts. Here a resource is its text; a message is found
//! in it when it is asked for. Only American English is spoken: a bundle for another language is empty.

mod pattern;
mod value;

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::OnceLock;

use fluent_syntax::parser::ParserError;
use unic_langid::LanguageIdentifier;

use pattern::Scope;
pub use value::{FluentArgs, FluentValue};

/// What the program wants to know or to decide about messages.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// True for a message that nobody will see: it is then empty, and not looked for.
    pub unseen: fn(id: &str) -> bool,
    /// Has the last word on the text of a message.
    pub finish: fn(id: &str, args: Option<&FluentArgs>, text: String) -> String,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Sets the hooks of this process. The first call counts.
pub fn set_hooks(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

/// The text of one `.ftl` file.
#[derive(Debug)]
pub struct FluentResource {
    text: String,
}

impl FluentResource {
    /// Never fails: a message is read when it is asked for.
    pub fn try_new(text: String) -> Result<Self, (Self, Vec<ParserError>)> {
        Ok(FluentResource { text })
    }

    /// The lines after `id =`, up to the end of the file.
    fn find(&self, id: &str) -> Option<&str> {
        let mut rest = self.text.as_str();
        loop {
            if let Some(value) = rest
                .strip_prefix(id)
                .and_then(|after| after.trim_start_matches(' ').strip_prefix('='))
            {
                return Some(value);
            }
            let newline = memchr::memchr(b'\n', rest.as_bytes())?;
            rest = rest.get(newline + 1..)?;
        }
    }
}

/// The resources of one language. A later resource overrides an earlier one.
pub struct FluentBundle<R> {
    pub locales: Vec<LanguageIdentifier>,
    english: bool,
    resources: Vec<R>,
}

impl<R: Borrow<FluentResource>> FluentBundle<R> {
    pub fn new(locales: Vec<LanguageIdentifier>) -> Self {
        let english = locales.first().is_some_and(|locale| *locale == "en-US");
        FluentBundle {
            locales,
            english,
            resources: Vec::new(),
        }
    }

    /// Isolation marks are never written.
    pub fn set_use_isolating(&mut self, _: bool) {}

    pub fn add_resource_overriding(&mut self, resource: R) {
        if self.english {
            self.resources.push(resource);
        }
    }

    pub fn has_message(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    pub fn get_message<'b>(&'b self, id: &'b str) -> Option<FluentMessage<'b>> {
        let text = if HOOKS.get().is_some_and(|hooks| (hooks.unseen)(id)) {
            ""
        } else {
            self.find(id)?
        };
        Some(FluentMessage { id, text })
    }

    pub fn format_pattern<'b>(
        &'b self,
        message: FluentMessage<'b>,
        args: Option<&FluentArgs>,
        _: &mut Vec<FluentError>,
    ) -> Cow<'b, str> {
        let text = pattern::format(
            message.text,
            Scope {
                args,
                message: &|id| self.find(id),
            },
        );
        Cow::Owned(match HOOKS.get() {
            Some(hooks) => (hooks.finish)(message.id, args, text),
            None => text,
        })
    }

    fn find(&self, id: &str) -> Option<&str> {
        self.resources
            .iter()
            .rev()
            .find_map(|resource| resource.borrow().find(id))
    }
}

/// A message that was found; it is its own value.
#[derive(Clone, Copy, Debug)]
pub struct FluentMessage<'b> {
    id: &'b str,
    text: &'b str,
}

impl<'b> FluentMessage<'b> {
    pub fn value(self) -> Option<FluentMessage<'b>> {
        Some(self)
    }
}

/// What the original collects while it formats. Ours shows what it cannot resolve, as the original does too.
#[derive(Debug)]
pub enum FluentError {}

impl fmt::Display for FluentError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}
