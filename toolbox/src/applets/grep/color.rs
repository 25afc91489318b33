//! The marks of `--color`, as `GREP_COLORS` sets them.

use std::env;
use std::ffi::OsString;

use crate::sys::OsStringExt;

/// What goes between `\33[` and `m` for each part; an empty one leaves the part plain.
pub struct Colors {
    pub selected_match: Vec<u8>,
    pub context_match: Vec<u8>,
    pub selected_line: Vec<u8>,
    pub context_line: Vec<u8>,
    pub file: Vec<u8>,
    pub line_number: Vec<u8>,
    pub byte_offset: Vec<u8>,
    pub separator: Vec<u8>,
    /// With `-v` the two kinds of line change places.
    pub reversed: bool,
    /// The rest of the terminal's line is not cleared.
    pub no_clear: bool,
}

impl Default for Colors {
    fn default() -> Self {
        Colors {
            selected_match: b"01;31".to_vec(),
            context_match: b"01;31".to_vec(),
            selected_line: Vec::new(),
            context_line: Vec::new(),
            file: b"35".to_vec(),
            line_number: b"32".to_vec(),
            byte_offset: b"32".to_vec(),
            separator: b"36".to_vec(),
            reversed: false,
            no_clear: false,
        }
    }
}

impl Colors {
    /// The colours of the environment, and the warning that the old variable asks for.
    pub fn from_env() -> (Colors, Option<Vec<u8>>) {
        let mut colors = Colors::default();
        let mut warning = None;
        if let Some(old) = env::var_os("GREP_COLOR")
            .map(OsString::into_vec)
            .filter(|old| !old.is_empty())
        {
            let text: [&[u8]; 5] = [
                b"warning: GREP_COLOR='",
                &old,
                b"' is deprecated; use GREP_COLORS='mt=",
                &old,
                b"'",
            ];
            warning = Some(text.concat());
            colors.set(b"mt", &old);
        }
        let list = env::var_os("GREP_COLORS")
            .map(OsString::into_vec)
            .unwrap_or_default();
        for item in list.split(|&byte| byte == b':') {
            let equals = item.iter().position(|&byte| byte == b'=');
            let (name, value) = item.split_at(equals.unwrap_or(item.len()));
            let value = value.strip_prefix(b"=").unwrap_or_default();
            if !value
                .iter()
                .all(|&byte| byte == b';' || byte.is_ascii_digit())
            {
                break;
            }
            colors.set(name, value);
        }
        (colors, warning)
    }

    fn set(&mut self, name: &[u8], value: &[u8]) {
        let value = value.to_vec();
        match name {
            b"mt" => {
                self.selected_match.clone_from(&value);
                self.context_match = value;
            }
            b"ms" => self.selected_match = value,
            b"mc" => self.context_match = value,
            b"sl" => self.selected_line = value,
            b"cx" => self.context_line = value,
            b"fn" => self.file = value,
            b"ln" => self.line_number = value,
            b"bn" => self.byte_offset = value,
            b"se" => self.separator = value,
            b"rv" => self.reversed = true,
            b"ne" => self.no_clear = true,
            _ => {}
        }
    }
}
