//! Reading JavaScript values strictly: an option of the wrong type, or one
//! nobody knows, is refused with its name and value.

use napi::bindgen_prelude::*;
use napi::{JsString, JsValue, ValueType};

use crate::error::Error;

/// The largest integer that a JavaScript number holds exactly.
pub const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
/// More elements than any list of options has, and than fit into the arguments of a command.
const MAX_ELEMENTS: u32 = 1 << 20;
/// A value is cut here when it is quoted in a message.
const MAX_QUOTED: usize = 80;

type Result<T> = std::result::Result<T, Error>;

/// A value and the name of the option it is for.
pub struct Named<'env> {
    pub name: String,
    value: Unknown<'env>,
}

/// An object of options. Each is taken by name; `finish` refuses the rest.
pub struct Fields<'env> {
    prefix: String,
    object: Object<'env>,
    taken: Vec<&'static str>,
}

impl<'env> Named<'env> {
    pub fn new(name: impl Into<String>, value: Unknown<'env>) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }

    pub fn is_undefined(&self) -> bool {
        self.kind() == ValueType::Undefined
    }

    fn kind(&self) -> ValueType {
        self.value.get_type().unwrap_or(ValueType::Unknown)
    }

    /// The error that the value is not what the option takes.
    pub fn refuse(&self, wanted: &str) -> Error {
        let problem = format!("must be {wanted}, got {}", self.quoted());
        Error::invalid(self.name.clone(), problem)
    }

    fn quoted(&self) -> String {
        match self.kind() {
            ValueType::String => {
                let text = self.cast::<String>().unwrap_or_default();
                let mut quoted = format!("{:?}", text.chars().take(MAX_QUOTED).collect::<String>());
                if text.chars().count() > MAX_QUOTED {
                    quoted.push('…');
                }
                quoted
            }
            ValueType::Number | ValueType::Boolean | ValueType::Null | ValueType::BigInt => self
                .value
                .coerce_to_string()
                .and_then(JsString::into_utf8)
                .and_then(|text| text.into_owned())
                .unwrap_or_default(),
            ValueType::Undefined => "undefined".to_owned(),
            ValueType::Object if self.value.is_array().unwrap_or(false) => "an array".to_owned(),
            ValueType::Object | ValueType::External | ValueType::Unknown => "an object".to_owned(),
            ValueType::Symbol => "a symbol".to_owned(),
            ValueType::Function => "a function".to_owned(),
        }
    }

    /// Converts the value; the caller has checked its type.
    fn cast<T: FromNapiValue>(&self) -> Option<T> {
        // SAFETY: napi checks the type again, and fails when it is not T's.
        unsafe { self.value.cast::<T>() }.ok()
    }

    pub fn string(&self) -> Result<String> {
        match self.kind() {
            ValueType::String => self.cast().ok_or_else(|| self.refuse("a string")),
            _ => Err(self.refuse("a string")),
        }
    }

    /// A string that is not empty and has no NUL, as C strings need it.
    pub fn text(&self) -> Result<String> {
        let text = self.string()?;
        if text.is_empty() {
            return Err(self.refuse("a string that is not empty"));
        }
        self.without_nul(text)
    }

    pub fn without_nul(&self, text: String) -> Result<String> {
        if text.contains('\0') {
            return Err(self.refuse("a string without NUL"));
        }
        Ok(text)
    }

    pub fn boolean(&self) -> Result<bool> {
        match self.kind() {
            ValueType::Boolean => self.cast().ok_or_else(|| self.refuse("a boolean")),
            _ => Err(self.refuse("a boolean")),
        }
    }

    /// A number between `least` and `most`; with `whole`, an integer.
    pub fn number(&self, least: f64, most: f64, whole: bool, wanted: &str) -> Result<f64> {
        let number = match self.kind() {
            ValueType::Number => self.cast::<f64>(),
            _ => None,
        };
        match number {
            Some(number)
                if number >= least && number <= most && (!whole || number.fract() == 0.0) =>
            {
                Ok(number)
            }
            _ => Err(self.refuse(wanted)),
        }
    }

    /// The elements of an array.
    pub fn array(&self) -> Result<Vec<Named<'env>>> {
        if !self.value.is_array().unwrap_or(false) {
            return Err(self.refuse("an array"));
        }
        let array: Array = self.cast().ok_or_else(|| self.refuse("an array"))?;
        if array.len() > MAX_ELEMENTS {
            let problem = format!(
                "must have at most {MAX_ELEMENTS} elements, got {}",
                array.len()
            );
            return Err(Error::invalid(self.name.clone(), problem));
        }
        (0..array.len())
            .map(|index| {
                let element = array.get::<Unknown>(index).ok().flatten();
                let name = format!("{}[{index}]", self.name);
                element
                    .map(|value| Named { name, value })
                    .ok_or_else(|| self.refuse("an array"))
            })
            .collect()
    }

    /// The bytes of a string (UTF-8), Buffer or Uint8Array.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let wanted = "a string, Buffer or Uint8Array";
        match self.kind() {
            ValueType::String => Ok(self.string()?.into_bytes()),
            ValueType::Object if self.value.is_typedarray().unwrap_or(false) => self
                .cast::<Uint8Array>()
                .map(|bytes| bytes.to_vec())
                .ok_or_else(|| self.refuse(wanted)),
            _ => Err(self.refuse(wanted)),
        }
    }

    /// The fields of an object; none when it is undefined.
    pub fn fields(&self, prefix: impl Into<String>) -> Result<Option<Fields<'env>>> {
        match self.kind() {
            ValueType::Undefined => Ok(None),
            ValueType::Object if !self.value.is_array().unwrap_or(true) => Ok(Some(Fields {
                prefix: prefix.into(),
                object: self.cast().ok_or_else(|| self.refuse("an object"))?,
                taken: Vec::new(),
            })),
            _ => Err(self.refuse("an object")),
        }
    }

    /// The entries of an object; those that are undefined are left out.
    pub fn entries(&self) -> Result<Vec<(String, Named<'env>)>> {
        let Some(fields) = self.fields("")? else {
            return Ok(Vec::new());
        };
        let keys = Object::keys(&fields.object).map_err(|_| self.refuse("an object"))?;
        let mut entries = Vec::with_capacity(keys.len());
        for key in keys {
            let name = format!("{}.{key}", self.name);
            // A name with NUL cannot be read; that is for the caller to refuse.
            let value = match fields.get(&key) {
                Ok(value) => Named::new(name, value),
                Err(_) => Named::new(name, self.value),
            };
            if !value.is_undefined() {
                entries.push((key, value));
            }
        }
        Ok(entries)
    }
}

impl<'env> Fields<'env> {
    fn get(&self, key: &str) -> Result<Unknown<'env>> {
        self.object
            .get_named_property_unchecked(key)
            .map_err(|_| Error::invalid(format!("{}{key}", self.prefix), "cannot be read"))
    }

    /// The field of that name, unless it is undefined.
    pub fn take(&mut self, name: &'static str) -> Result<Option<Named<'env>>> {
        self.taken.push(name);
        let value = Named::new(format!("{}{name}", self.prefix), self.get(name)?);
        Ok((!value.is_undefined()).then_some(value))
    }

    /// Refuses fields that were never asked for.
    pub fn finish(self) -> Result<()> {
        let keys = Object::keys(&self.object).map_err(|error| Error::Internal(error.reason))?;
        match keys.iter().find(|key| !self.taken.contains(&key.as_str())) {
            Some(unknown) => Err(Error::invalid(
                format!("{}{unknown}", self.prefix),
                format!("is unknown; known are {}", self.taken.join(", ")),
            )),
            None => Ok(()),
        }
    }
}
