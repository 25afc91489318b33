//! The functions and sourced files that run now, innermost last: what FUNCNAME, BASH_SOURCE, BASH_LINENO and `caller` show.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::ast::Text;
use super::options::Options;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Calls {
    calls: Rc<Vec<Call>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    pub kind: CallKind,
    /// The function's name; `source` for a sourced file and `main` for a script.
    pub name: Text,
    /// The file that its commands stand in.
    pub file: Text,
    /// The line it was called from.
    pub line: u32,
    /// Its arguments, if `BASH_ARGV` tells of them.
    pub arguments: Option<Rc<Vec<Text>>>,
    /// The options that `local -` has put aside: they are back when the function ends.
    pub options: Option<Options>,
    /// `set` has given it other arguments: those that a sourced file was given are not put back.
    pub has_set_arguments: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// A script that was named on the command line of the shell.
    Main,
    Function,
    Source,
}

impl Calls {
    pub fn push(&mut self, call: Call) {
        Rc::make_mut(&mut self.calls).push(call);
    }

    pub fn pop(&mut self) -> Option<Call> {
        Rc::make_mut(&mut self.calls).pop()
    }

    /// The innermost one.
    pub fn last_mut(&mut self) -> Option<&mut Call> {
        Rc::make_mut(&mut self.calls).last_mut()
    }

    /// Innermost first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.calls.iter().rev()
    }

    pub fn len(&self) -> usize {
        self.calls.len()
    }

    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub fn is_in_function(&self) -> bool {
        self.calls
            .iter()
            .any(|call| call.kind == CallKind::Function)
    }

    /// Whether `return` has something to return from.
    pub fn is_returnable(&self) -> bool {
        self.calls.iter().any(|call| call.kind != CallKind::Main)
    }

    /// The file that messages name: the one that the running commands stand in, if they stand in one.
    pub fn script_name(&self) -> Option<&Text> {
        let file = &self.calls.last()?.file;
        (!file.is_empty()).then_some(file)
    }
}
