//! Names that are read from text: of namerefs, of `${!x}` and of builtins' arguments.

use crate::shell::ast::Subject;
use crate::shell::parser;
use crate::shell::symbol::Symbol;

pub use crate::shell::parser::is_name;

/// What a text names: `name`, `name[subscript]`, a number or a special parameter.
pub fn subject(text: &[u8]) -> Option<Subject> {
    if is_name(text) {
        return Some(Subject::Variable(Symbol::new(text)));
    }
    parser::parameter_name(text)
}

/// Whether a text names a variable or an element of one, which builtins can assign to.
pub fn is_target(text: &[u8]) -> bool {
    matches!(
        subject(text),
        Some(Subject::Variable(_) | Subject::Element(..))
    )
}
