//! Variables as `set` and `declare -p` show them.

use super::quoting::{double_quoted, is_shown_plainly, reusable};
use crate::shell::Shell;
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Attributes, Value, Variable};

/// All variables with a value and, except in POSIX mode, all functions.
pub fn all(shell: &mut Shell) -> Flow {
    for name in shell.state.variables.sorted_names() {
        let Some(variable) = shell.shown_variable(name) else {
            continue;
        };
        assignment(&name.name(), &variable, shell.out());
        if !shell.relieve(b"set") {
            return Flow::Continue(1);
        }
    }
    if !shell.is_posix() {
        for name in shell.function_names() {
            shell.print_function(&name);
            if !shell.relieve(b"set") {
                return Flow::Continue(1);
            }
        }
    }
    Flow::Continue(0)
}

/// Prints `name=value` for a variable with a value.
pub fn assignment(name: &[u8], variable: &Variable, out: &mut Vec<u8>) {
    if is_declared_only(variable) {
        return;
    }
    out.extend_from_slice(name);
    out.push(b'=');
    match &variable.value {
        Value::Unset => {}
        Value::Scalar(text) => reusable(text, out),
        Value::Indexed(_) | Value::Associative(_) => elements(variable, out),
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
    out.extend_from_slice(b"declare ");
    put_attributes(variable, out);
    named_value(name, variable, out);
}

/// Prints what follows the attributes.
pub fn named_value(name: &[u8], variable: &Variable, out: &mut Vec<u8>) {
    out.push(b' ');
    out.extend_from_slice(name);
    if !is_declared_only(variable) {
        out.push(b'=');
        match &variable.value {
            Value::Scalar(text) => double_quoted(text, out),
            _ => elements(variable, out),
        }
    }
    out.push(b'\n');
}

/// The attributes as an option of `declare`; `--` when there are none.
pub fn put_attributes(variable: &Variable, out: &mut Vec<u8>) {
    let Attributes {
        exported,
        readonly,
        integer,
        lowercase,
        uppercase,
        capitalized,
        nameref,
        traced,
    } = variable.attributes;
    let flags = [
        (matches!(variable.value, Value::Indexed(_)), b'a'),
        (matches!(variable.value, Value::Associative(_)), b'A'),
        (integer, b'i'),
        (nameref, b'n'),
        (readonly, b'r'),
        (traced, b't'),
        (exported, b'x'),
        (capitalized, b'c'),
        (lowercase, b'l'),
        (uppercase, b'u'),
    ];
    out.push(b'-');
    let before = out.len();
    out.extend(flags.iter().filter(|(on, _)| *on).map(|(_, flag)| *flag));
    if out.len() == before {
        out.push(b'-');
    }
}

/// `([0]="a" [1]="b")`
fn elements(variable: &Variable, out: &mut Vec<u8>) {
    out.push(b'(');
    match &variable.value {
        Value::Indexed(array) => {
            for (at, (index, text)) in array.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                out.extend_from_slice(format!("[{index}]=").as_bytes());
                double_quoted(text, out);
            }
        }
        Value::Associative(array) => {
            for (key, text) in array.iter() {
                out.push(b'[');
                put_key(key, out);
                out.extend_from_slice(b"]=");
                double_quoted(text, out);
                out.push(b' ');
            }
        }
        Value::Unset | Value::Scalar(_) => {}
    }
    out.push(b')');
}

fn put_key(key: &[u8], out: &mut Vec<u8>) {
    let mut shown = Vec::with_capacity(key.len() + 2);
    reusable(key, &mut shown);
    if key == b"@" || (is_shown_plainly(key) && shown != key) {
        double_quoted(key, out);
    } else {
        out.extend(shown);
    }
}

impl Shell {
    /// A variable with the value that it has now, also when that is computed.
    pub(super) fn shown_variable(&mut self, name: Symbol) -> Option<Variable> {
        if self.attributes(name).nameref {
            return self.state.variables.get(name).cloned();
        }
        self.variable(name).map(|variable| variable.into_owned())
    }

    /// The names of all functions, sorted.
    pub(super) fn function_names(&self) -> Vec<Vec<u8>> {
        let mut names: Vec<_> = self.state.functions.by_name.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// Prints the definition of a function, as bash writes it.
    pub(super) fn print_function(&mut self, name: &[u8]) {
        let Some(function) = self.function(name) else {
            return;
        };
        let text = crate::shell::printer::function(&function.definition);
        self.out().extend(text);
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

    #[test]
    fn keys_have_quotes_where_they_are_needed() {
        let shown = |key: &str| {
            let mut out = Vec::new();
            put_key(key.as_bytes(), &mut out);
            String::from_utf8(out).expect("text")
        };
        assert_eq!(shown("k-=é"), "k-=é");
        assert_eq!(shown("x$y"), "\"x\\$y\"");
        assert_eq!(shown("@"), "\"@\"");
        assert_eq!(shown("\n"), "$'\\n'");
    }
}
