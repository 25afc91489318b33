//! What variables hold.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::ast::Text;

/// A variable: its value and its attributes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    pub value: Value,
    pub attributes: Attributes,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Declared, but without a value.
    #[default]
    Unset,
    Scalar(Text),
    Indexed(Indexed),
    Associative(Associative),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// `declare -x`
    pub exported: bool,
    /// `-r`
    pub readonly: bool,
    /// `-i`
    pub integer: bool,
    /// `-l`
    pub lowercase: bool,
    /// `-u`
    pub uppercase: bool,
    /// `-c`: the first character is made upper case.
    pub capitalized: bool,
    /// `-n`: the value is the name of another variable.
    pub nameref: bool,
    /// `-t`
    pub traced: bool,
}

impl Variable {
    pub fn scalar(value: impl Into<Text>) -> Self {
        Self {
            value: Value::Scalar(value.into()),
            attributes: Attributes::default(),
        }
    }

    pub fn is_array(&self) -> bool {
        matches!(self.value, Value::Indexed(_) | Value::Associative(_))
    }

    /// What `$name` gives: of an array, its element 0.
    pub fn text(&self) -> Option<&Text> {
        match &self.value {
            Value::Unset => None,
            Value::Scalar(text) => Some(text),
            Value::Indexed(array) => array.get(0),
            Value::Associative(array) => array.get(b"0"),
        }
    }

    /// The elements in their order; a scalar is one element.
    pub fn elements(&self) -> Vec<&Text> {
        match &self.value {
            Value::Unset => Vec::new(),
            Value::Scalar(text) => vec![text],
            Value::Indexed(array) => array.iter().map(|(_, text)| text).collect(),
            Value::Associative(array) => array.iter().into_iter().map(|(_, text)| text).collect(),
        }
    }
}

/// An indexed array: sparse, its indices are not negative.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Indexed {
    elements: BTreeMap<u64, Text>,
    is_declared_only: bool,
}

impl Indexed {
    /// What `declare -a` makes: an array that was not given a value yet.
    pub fn declared() -> Self {
        Self {
            is_declared_only: true,
            ..Self::default()
        }
    }

    /// Whether it was never given a value, be it an empty one.
    pub fn is_declared_only(&self) -> bool {
        self.is_declared_only && self.is_empty()
    }

    pub fn get(&self, index: u64) -> Option<&Text> {
        self.elements.get(&index)
    }

    pub fn get_mut(&mut self, index: u64) -> Option<&mut Text> {
        self.elements.get_mut(&index)
    }

    pub fn set(&mut self, index: u64, value: Text) {
        self.is_declared_only = false;
        self.elements.insert(index, value);
    }

    pub fn remove(&mut self, index: u64) -> Option<Text> {
        self.elements.remove(&index)
    }

    /// The number of elements that are set.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// One more than the highest index that is set: where `+=(…)` goes on and what negative subscripts count from.
    pub fn end(&self) -> u64 {
        self.elements
            .last_key_value()
            .map_or(0, |(&index, _)| index + 1)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Text)> {
        self.elements.iter().map(|(&index, text)| (index, text))
    }

    /// The elements from an index up.
    pub fn iter_from(&self, index: u64) -> impl Iterator<Item = (u64, &Text)> {
        self.elements
            .range(index..)
            .map(|(&index, text)| (index, text))
    }
}

impl FromIterator<Text> for Indexed {
    fn from_iter<I: IntoIterator<Item = Text>>(values: I) -> Self {
        Self {
            elements: (0..).zip(values).collect(),
            is_declared_only: false,
        }
    }
}

/// An associative array. Its order is that of bash's hash table, which scripts get to see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Associative {
    elements: HashMap<Text, Element>,
    /// Numbers the insertions.
    next: u64,
    is_declared_only: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Element {
    value: Text,
    inserted: u64,
}

/// The number of bash's hash buckets for such an array.
const BUCKETS: u32 = 1024;

impl Associative {
    /// What `declare -A` makes: an array that was not given a value yet.
    pub fn declared() -> Self {
        Self {
            is_declared_only: true,
            ..Self::default()
        }
    }

    /// Whether it was never given a value, be it an empty one.
    pub fn is_declared_only(&self) -> bool {
        self.is_declared_only && self.is_empty()
    }

    pub fn get(&self, key: &[u8]) -> Option<&Text> {
        self.elements.get(key).map(|element| &element.value)
    }

    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut Text> {
        self.elements.get_mut(key).map(|element| &mut element.value)
    }

    pub fn set(&mut self, key: Text, value: Text) {
        self.is_declared_only = false;
        if let Some(element) = self.elements.get_mut(&key) {
            element.value = value;
            return;
        }
        let inserted = self.next;
        self.next += 1;
        self.elements.insert(key, Element { value, inserted });
    }

    pub fn remove(&mut self, key: &[u8]) -> Option<Text> {
        self.elements.remove(key).map(|element| element.value)
    }

    pub fn len(&self) -> usize {
        self.elements.len()
    }

    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Keys and values, in bash's order: by bucket, and in a bucket the newest first.
    pub fn iter(&self) -> Vec<(&Text, &Text)> {
        let mut ordered: Vec<_> = self.elements.iter().collect();
        ordered.sort_by_key(|(key, element)| {
            (bucket(key, BUCKETS), std::cmp::Reverse(element.inserted))
        });
        ordered
            .into_iter()
            .map(|(key, element)| (key, &element.value))
            .collect()
    }
}

/// The place of a key among this many buckets: by FNV-1 of 32 bits.
pub fn bucket(key: &[u8], buckets: u32) -> u32 {
    let hash = key.iter().fold(2_166_136_261, |hash, &byte| {
        u32::wrapping_mul(hash, 16_777_619) ^ u32::from(byte)
    });
    hash % buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        text.into()
    }

    #[test]
    fn an_indexed_array_is_sparse() {
        let mut array = Indexed::default();
        assert_eq!(array.end(), 0);
        array.set(5, text("five"));
        array.set(2, text("two"));
        assert_eq!((array.len(), array.end()), (2, 6));
        let indices: Vec<_> = array.iter().map(|(index, _)| index).collect();
        assert_eq!(indices, [2, 5]);
        assert_eq!(array.remove(5), Some(text("five")));
        assert_eq!(array.end(), 3);
    }

    #[test]
    fn an_associative_array_has_the_order_of_bash() {
        let mut array = Associative::default();
        for key in ["one", "two", "three", "four", "a", "b"] {
            array.set(text(key), text("x"));
        }
        let keys: Vec<_> = array
            .iter()
            .into_iter()
            .map(|(key, _)| key.clone())
            .collect();
        // `declare -A A; for k in one two three four a b; do A[$k]=x; done; echo "${!A[@]}"`
        assert_eq!(keys, ORDER.map(text));
    }

    const ORDER: [&str; 6] = ["four", "b", "a", "two", "three", "one"];
}
