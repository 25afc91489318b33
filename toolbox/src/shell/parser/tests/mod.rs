//! What is read of scripts, as short texts.

mod alias;
mod arithmetic;
mod brace;
mod command;
mod error;
mod here_document;
mod limits;
mod parameter;
mod redirection;
mod script;
mod shape;
mod test;
mod text;
mod word;

use super::*;

const SETTINGS: Settings<'static> = Settings {
    alias: None,
    extglob: false,
    posix: false,
    brace_expansion: true,
};

/// The script as the shape of its tree.
fn shape(script: &str) -> String {
    match parse_with(script.as_bytes(), &SETTINGS) {
        Ok(list) => shape::list(&list),
        Err(error) => format!("error: {}", String::from_utf8_lossy(&error.message)),
    }
}

/// Compares shapes: a script, and what it is read as.
fn check(cases: &[(&str, &str)]) {
    for (script, expected) in cases {
        assert_eq!(shape(script), *expected, "{script}");
    }
}
