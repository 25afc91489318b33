//! `${!prefix*}` and `${!name[@]}`

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;

impl Shell {
    /// The names of variables that begin with a prefix, sorted.
    pub(super) fn names_with_prefix(&mut self, prefix: Symbol) -> Vec<Text> {
        let prefix = prefix.name();
        let names = self.state.variables.sorted_names().into_iter();
        names
            .map(|name| name.name().to_vec())
            .filter(|name| name.starts_with(&prefix))
            .collect()
    }

    /// The indices or keys of an array; a scalar has index 0.
    pub fn array_keys(&mut self, name: Symbol) -> Vec<Text> {
        match self.variable(name).as_deref().map(|variable| &variable.value) {
            Some(Value::Indexed(array)) => {
                array.iter().map(|(index, _)| index.to_string().into_bytes()).collect()
            }
            Some(Value::Associative(array)) => {
                array.iter().into_iter().map(|(key, _)| key.clone()).collect()
            }
            Some(Value::Scalar(_)) => vec![b"0".to_vec()],
            _ => Vec::new(),
        }
    }
}
