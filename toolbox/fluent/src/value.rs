//! Arguments of a message.

use std::borrow::Cow;
use std::fmt;

/// A value that a message can show, or choose a variant by.
#[derive(Clone, Debug, PartialEq)]
pub enum FluentValue<'a> {
    String(Cow<'a, str>),
    Number(f64),
}

impl fmt::Display for FluentValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FluentValue::String(text) => f.write_str(text),
            FluentValue::Number(number) => write!(f, "{number}"),
        }
    }
}

impl From<String> for FluentValue<'_> {
    fn from(text: String) -> Self {
        FluentValue::String(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for FluentValue<'a> {
    fn from(text: &'a str) -> Self {
        FluentValue::String(Cow::Borrowed(text))
    }
}

impl From<f64> for FluentValue<'_> {
    fn from(number: f64) -> Self {
        FluentValue::Number(number)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {
        $(impl From<$integer> for FluentValue<'_> {
            fn from(number: $integer) -> Self {
                FluentValue::Number(number as f64)
            }
        })*
    };
}

from_integers! { i32 u32 i64 u64 usize }

/// The named arguments of one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FluentArgs<'a> {
    values: Vec<(Cow<'a, str>, FluentValue<'a>)>,
}

impl<'a> FluentArgs<'a> {
    pub fn new() -> Self {
        FluentArgs::default()
    }

    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<FluentValue<'a>>) {
        self.values.push((name.into(), value.into()));
    }

    pub fn get(&self, name: &str) -> Option<&FluentValue<'a>> {
        self.values
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}
