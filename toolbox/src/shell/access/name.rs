//! Names that are read from text: of namerefs, of `${!x}` and of builtins' arguments.

use crate::shell::ast::Subject;
use crate::shell::parser;
use crate::shell::symbol::Symbol;

/// Whether a text is a name of a variable.
pub fn is_name(text: &[u8]) -> bool {
    let is_start = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    text.first().is_some_and(is_start)
        && text
            .iter()
            .all(|byte| is_start(byte) || byte.is_ascii_digit())
}

/// What a text names: `name`, `name[subscript]`, a number or a special parameter.
pub fn subject(text: &[u8]) -> Option<Subject> {
    if is_name(text) {
        return Some(Subject::Variable(Symbol::new(text)));
    }
    parser::parameter_name(text)
}
