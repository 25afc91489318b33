//! Variables and functions as `set` and `declare -p` show them.

use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::access::is_seen_by_scripts;
use crate::shell::ast::Text;
use crate::shell::expand::transform::{array_text, attribute_letters};
use crate::shell::flow::Flow;
use crate::shell::printer;
use crate::shell::quote;
use crate::shell::state::Function;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Value, Variable};

/// All variables with a value and, except in POSIX mode, all functions.
pub fn all(shell: &mut Shell, builtin: &[u8]) -> Flow {
    for name in shell.state.variables.sorted_names() {
        if let Some(variable) = shell.listed_variable(name) {
            assignment(&name.name(), &variable, shell.out());
        }
        if !shell.relieve(builtin) {
            return Flow::Continue(1);
        }
    }
    if !shell.is_posix() {
        for function in shell.sorted_functions() {
            let text = printer::function(&function.definition);
            shell.out().extend(text);
            if !shell.relieve(builtin) {
                return Flow::Continue(1);
            }
        }
    }
    Flow::Continue(0)
}

/// Prints `name=value` for a variable with a value.
fn assignment(name: &[u8], variable: &Variable, out: &mut Vec<u8>) {
    if is_declared_only(variable) {
        return;
    }
    out.extend_from_slice(name);
    out.push(b'=');
    match &variable.value {
        Value::Unset => {}
        Value::Scalar(text) => out.extend(quote::for_set(text)),
        array => out.extend(array_text(array)),
    }
    out.push(b'\n');
}

/// Whether it has a name and attributes, but no value.
pub fn is_declared_only(variable: &Variable) -> bool {
    match &variable.value {
        Value::Unset => true,
        Value::Scalar(_) => false,
        Value::Indexed(array) => array.is_declared_only(),
        Value::Associative(array) => array.is_declared_only(),
    }
}

/// Prints `declare -x name="value"`.
pub fn declaration(name: &[u8], variable: &Variable, out: &mut Vec<u8>) {
    let letters = attribute_letters(variable.attributes, &variable.value);
    out.extend_from_slice(b"declare -");
    match letters.is_empty() {
        true => out.push(b'-'),
        false => out.extend(letters),
    }
    named_value(name, variable, out);
}

/// Prints what follows the attributes.
pub fn named_value(name: &[u8], variable: &Variable, out: &mut Vec<u8>) {
    out.push(b' ');
    out.extend_from_slice(name);
    if !is_declared_only(variable) {
        out.push(b'=');
        match &variable.value {
            Value::Scalar(text) => out.extend(quote::double(text)),
            array => out.extend(array_text(array)),
        }
    }
    out.push(b'\n');
}

/// Prints `declare -fx name`.
pub fn function_declaration(function: &Function, out: &mut Vec<u8>) {
    out.extend_from_slice(b"declare -f");
    let letters = [
        (function.readonly, b'r'),
        (function.traced, b't'),
        (function.exported, b'x'),
    ];
    out.extend(
        letters
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, letter)| *letter),
    );
    out.push(b' ');
    out.extend_from_slice(&function.definition.name);
    out.push(b'\n');
}

/// Prints a function's definition and, if it has any, its attributes.
pub fn function_definition(function: &Function, out: &mut Vec<u8>) {
    out.extend(printer::function(&function.definition));
    if function.readonly || function.traced || function.exported {
        function_declaration(function, out);
    }
}

impl Shell {
    /// A variable as lists show it: of those that are computed, only a few have a value there.
    pub(super) fn listed_variable(&mut self, name: Symbol) -> Option<Variable> {
        if !is_seen_by_scripts(name) {
            return None;
        }
        const SHOWN: [Symbol; 6] = [
            Symbol::BASHOPTS,
            Symbol::SHELLOPTS,
            Symbol::BASH_ALIASES,
            Symbol::BASH_CMDS,
            Symbol::BASH_LINENO,
            Symbol::BASH_SOURCE,
        ];
        if SHOWN.contains(&name) {
            return self.shown_variable(name);
        }
        self.state.variables.get(name).cloned()
    }

    /// A variable with the value that it has now, also when that is computed; a nameref is not followed.
    pub(super) fn shown_variable(&mut self, name: Symbol) -> Option<Variable> {
        if !is_seen_by_scripts(name) {
            return None;
        }
        if name.is_special()
            && let Some(computed) = self.compute(name)
        {
            return Some(computed);
        }
        self.state.variables.get(name).cloned()
    }

    /// All functions, sorted by name.
    pub(super) fn sorted_functions(&self) -> Vec<Rc<Function>> {
        self.state.functions.by_name.values().cloned().collect()
    }

    /// The names of all functions, sorted.
    pub(super) fn function_names(&self) -> Vec<Text> {
        let functions = self.sorted_functions();
        functions
            .iter()
            .map(|function| function.definition.name.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::value::{Associative, Indexed};

    fn declared(variable: &Variable) -> String {
        let mut out = Vec::new();
        declaration(b"x", variable, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn declarations_are_those_of_bash() {
        let mut variable = Variable::scalar("a\"b");
        assert_eq!(declared(&variable), "declare -- x=\"a\\\"b\"\n");
        variable.attributes.readonly = true;
        variable.attributes.exported = true;
        variable.value = Value::Unset;
        assert_eq!(declared(&variable), "declare -rx x\n");
    }

    #[test]
    fn arrays_show_their_keys() {
        let mut array = Indexed::default();
        array.set(3, b"x".to_vec());
        array.set(7, b"a b".to_vec());
        let mut variable = Variable {
            value: Value::Indexed(array),
            ..Variable::default()
        };
        assert_eq!(
            declared(&variable),
            "declare -a x=([3]=\"x\" [7]=\"a b\")\n"
        );
        let mut array = Associative::default();
        array.set(b"a b".to_vec(), b"1".to_vec());
        variable.value = Value::Associative(array);
        assert_eq!(declared(&variable), "declare -A x=([\"a b\"]=\"1\" )\n");
        variable.value = Value::Indexed(Indexed::declared());
        assert_eq!(declared(&variable), "declare -a x\n");
        variable.value = Value::Indexed(Indexed::default());
        assert_eq!(declared(&variable), "declare -a x=()\n");
    }
}
