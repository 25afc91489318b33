//! The locale, as far as it decides what a character is: in that of C (or POSIX), every byte is one; in all others, text is
//! UTF-8.

use std::cell::Cell;

#[derive(Clone, Copy)]
enum Characters {
    Utf8,
    Bytes,
    /// As the environment says, which has not been asked yet.
    Unknown,
}

thread_local! {
    static CHARACTERS: Cell<Characters> = const { Cell::new(Characters::Utf8) };
}

/// Lets the environment decide, when it is asked for the first time.
pub fn follow_environment() {
    CHARACTERS.set(Characters::Unknown);
}

/// Makes every byte a character of its own, or not.
pub fn set_bytes(bytes: bool) {
    CHARACTERS.set(match bytes {
        true => Characters::Bytes,
        false => Characters::Utf8,
    });
}

/// Whether every byte is a character of its own.
pub fn is_bytes() -> bool {
    match CHARACTERS.get() {
        Characters::Utf8 => false,
        Characters::Bytes => true,
        Characters::Unknown => {
            let bytes = is_c_in_environment();
            set_bytes(bytes);
            bytes
        }
    }
}

/// The first of these variables that has a value decides; without one, it is C (POSIX 8.2).
fn is_c_in_environment() -> bool {
    let mut values = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os);
    let locale = values.find(|value| !value.is_empty());
    locale.is_none_or(|locale| is_c(locale.as_encoded_bytes()))
}

/// Whether a locale of this name is that of C.
pub fn is_c(name: &[u8]) -> bool {
    name == b"C" || name == b"POSIX"
}
