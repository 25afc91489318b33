//! One declaration: the variable is found or made, its attributes are changed, and then its value is assigned.

use super::operand::Assigned;
use super::{Flags, Operand, Request};
use crate::shell::Shell;
use crate::shell::access::{Target, discard};
use crate::shell::ast::Subject;
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Associative, Attributes, Indexed, Value, Variable};

impl Shell {
    /// Says whether it was done; it has complained if not.
    pub(super) fn declare_one(
        &mut self,
        request: &Request<'_>,
        operand: &Operand<'_>,
    ) -> Flow<bool> {
        if request.on.attributes.nameref
            && (request.on.attributes.integer || !self.is_good_nameref(request, operand))
        {
            return Flow::Continue(false);
        }
        if request.global && self.state.variables.is_in_function() {
            return self.declare_global(request, operand);
        }
        if !self.state.variables.is_in_function() || request.global {
            return self.declare_visible(request, operand);
        }
        if self.state.variables.is_local(operand.name)
            && self.state.variables.get(operand.name).is_some()
        {
            return self.declare_visible(request, operand);
        }
        let name = operand.name;
        if self.is_global_readonly(name) {
            self.is_refused(request.builtin, &name.name());
            return Flow::Continue(false);
        }
        // What is assigned is expanded before the new variable hides the old one.
        let is_associative =
            request.on.associative || request.inherits && self.is_associative(name);
        let elements = match operand.value {
            Assigned::Array(elements) => Some(self.frozen(elements, is_associative)?),
            _ => None,
        };
        self.make_local(request, name);
        match elements {
            Some(elements) => {
                let operand = Operand {
                    name,
                    subscript: operand.subscript.clone(),
                    is_each: operand.is_each,
                    append: operand.append,
                    value: Assigned::Array(&elements),
                };
                self.declare_visible(request, &operand)
            }
            None => self.declare_visible(request, operand),
        }
    }

    /// A function may not hide a global variable that is readonly.
    fn is_global_readonly(&self, name: Symbol) -> bool {
        let variables = &self.state.variables;
        match (variables.get(name), variables.global(name)) {
            (Some(seen), Some(global)) => seen.attributes.readonly && std::ptr::eq(seen, global),
            _ => false,
        }
    }

    fn make_local(&mut self, request: &Request<'_>, name: Symbol) {
        let hidden = self.state.variables.get(name).cloned();
        self.state.variables.make_local(name);
        let inherits = request.inherits || self.has_shopt(Shopt::LocalVarInherit);
        let variable = match hidden {
            Some(mut hidden) if inherits => {
                hidden.attributes.nameref &= request.inherits;
                hidden
            }
            Some(hidden) => Variable {
                value: Value::Unset,
                attributes: Attributes {
                    exported: hidden.attributes.exported,
                    ..Attributes::default()
                },
            },
            None => Variable::default(),
        };
        let is_exported = variable.attributes.exported;
        *self.state.variables.edit(name) = variable;
        if is_exported {
            self.state.variables.set_exported(name, true);
        }
        if name.is_special() {
            self.variable_restored(name);
        }
    }

    /// `declare -g` in a function: for its time, the global variable is the one that is seen.
    fn declare_global(&mut self, request: &Request<'_>, operand: &Operand<'_>) -> Flow<bool> {
        let name = match self.target(operand.name) {
            Some(Target::Variable(name)) if !request.on.attributes.nameref => name,
            _ => operand.name,
        };
        let variables = &self.state.variables;
        let is_seen = match (variables.get(name), variables.global(name)) {
            (Some(seen), Some(global)) => std::ptr::eq(seen, global),
            (None, None) => true,
            _ => false,
        };
        if is_seen && !variables.is_local(name) {
            return self.declare_visible(request, operand);
        }
        let seen = variables.get(name).cloned();
        let global = variables.global(name).cloned().unwrap_or_default();
        self.state.variables.set(name, global);
        let flow = self.declare_visible(request, operand);
        let global = self.state.variables.get(name).cloned().unwrap_or_default();
        *self.state.variables.edit_global(name) = global;
        match seen {
            Some(seen) => self.state.variables.set(name, seen),
            None => self.state.variables.unset(name),
        }
        flow
    }

    /// The declaration of the variable that is seen.
    fn declare_visible(&mut self, request: &Request<'_>, operand: &Operand<'_>) -> Flow<bool> {
        let is_reference = request.on.attributes.nameref || request.off.attributes.nameref;
        let name = match is_reference {
            true => operand.name,
            false => self.resolved(operand.name),
        };
        let before = self.attributes(name);
        let assigns = !matches!(operand.value, Assigned::Nothing);
        if before.readonly && (assigns || request.off.attributes.readonly) {
            self.is_refused(request.builtin, &name.name());
            return Flow::Continue(false);
        }
        // A variable that is computed keeps its nature.
        if name.is_special() && self.compute(name).is_some() && !assigns {
            let exported = before.exported || request.on.attributes.exported;
            self.state
                .variables
                .set_exported(name, exported && !request.off.attributes.exported);
            return Flow::Continue(true);
        }
        if !self.make_array(request, operand, name) {
            return Flow::Continue(false);
        }
        self.change_attributes(name, request.on, request.off);
        let is_both = request.on.associative && request.on.indexed;
        let assigned = match operand.value {
            Assigned::Nothing => true,
            Assigned::Text(_) if is_both => {
                self.state.variables.edit(name).value = Value::Associative(Associative::default());
                true
            }
            Assigned::Text(text) if request.on.attributes.nameref => {
                self.state.variables.edit(name).value = Value::Scalar(text.to_vec());
                true
            }
            Assigned::Text(text) => self.assign_declared(request, operand, name, text)?,
            Assigned::Array(_) if operand.subscript.is_some() => {
                let index = operand
                    .subscript
                    .as_ref()
                    .map(|index| index.word.source.as_slice());
                let target = [&name.name()[..], b"[", index.unwrap_or_default(), b"]"].concat();
                let message = [target.as_slice(), b": cannot assign list to array member"].concat();
                self.complain(message);
                return discard();
            }
            Assigned::Array(elements) => {
                self.assign_declared_array(name, elements, operand.append)?;
                true
            }
        };
        if is_both {
            let problem = b": cannot convert associative to indexed array";
            self.complain_as(request.builtin, [&name.name()[..], problem].concat());
            return Flow::Continue(false);
        }
        if request.on.attributes.readonly {
            self.state.variables.edit(name).attributes.readonly = true;
        }
        if request.on.attributes.nameref {
            self.state.variables.edit(name).attributes.nameref = true;
        }
        Flow::Continue(assigned)
    }

    fn assign_declared(
        &mut self,
        request: &Request<'_>,
        operand: &Operand<'_>,
        name: Symbol,
        text: &[u8],
    ) -> Flow<bool> {
        // With `-a` and for an array, a value in parentheses is a list although it was quoted or expanded.
        if let [b'(', .., b')'] = text {
            let variable = self.state.variables.get(name);
            let is_array = variable.is_some_and(Variable::is_array) && operand.subscript.is_none();
            if (is_array || request.on.is_array())
                && let Ok(elements) = parser::array_text(text)
            {
                self.assign_array(name, &elements, operand.append)?;
                return Flow::Continue(true);
            }
        }
        if operand.subscript.is_some() || operand.append {
            self.execute_assignment(&operand.assignment(text))?;
        } else {
            self.assign(operand.name, text)?;
        }
        Flow::Continue(true)
    }

    /// Makes the variable one of the kind that is asked for, as far as that is possible.
    fn make_array(&mut self, request: &Request<'_>, operand: &Operand<'_>, name: Symbol) -> bool {
        let variable = self.state.variables.edit(name);
        let problem = if request.off.is_array() && variable.is_array() {
            Some("cannot destroy array variables in this way")
        } else if request.on.associative {
            match &mut variable.value {
                Value::Associative(_) => None,
                Value::Indexed(_) => Some("cannot convert indexed to associative array"),
                value => {
                    let mut array = Associative::declared();
                    if let Value::Scalar(text) = std::mem::take(value) {
                        array.set(b"0".to_vec(), text);
                    }
                    *value = Value::Associative(array);
                    None
                }
            }
        } else if request.on.indexed || !operand.is_whole() {
            match &mut variable.value {
                Value::Indexed(_) => None,
                Value::Associative(_) if request.on.indexed => {
                    Some("cannot convert associative to indexed array")
                }
                Value::Associative(_) => None,
                value => {
                    let mut array = Indexed::declared();
                    if let Value::Scalar(text) = std::mem::take(value) {
                        array.set(0, text);
                    }
                    *value = Value::Indexed(array);
                    None
                }
            }
        } else {
            None
        };
        match problem {
            Some(problem) => {
                let message = [&name.name()[..], b": ", problem.as_bytes()].concat();
                self.complain_as(request.builtin, message);
                false
            }
            None => true,
        }
    }

    /// Attributes that take effect before the value is assigned.
    fn change_attributes(&mut self, name: Symbol, on: Flags, off: Flags) {
        let (on, off) = (on.attributes, off.attributes);
        if on.exported || off.exported {
            self.state.variables.set_exported(name, on.exported);
        }
        let attributes = &mut self.state.variables.edit(name).attributes;
        attributes.integer = (attributes.integer || on.integer) && !off.integer;
        attributes.traced = (attributes.traced || on.traced) && !off.traced;
        attributes.nameref &= !off.nameref;
        let cases = [on.lowercase, on.uppercase, on.capitalized];
        match cases.iter().filter(|on| **on).count() {
            0 => {
                attributes.lowercase &= !off.lowercase;
                attributes.uppercase &= !off.uppercase;
                attributes.capitalized &= !off.capitalized;
            }
            1 => {
                attributes.lowercase = on.lowercase;
                attributes.uppercase = on.uppercase;
                attributes.capitalized = on.capitalized;
            }
            // They exclude each other.
            _ => {
                attributes.lowercase = false;
                attributes.uppercase = false;
                attributes.capitalized = false;
            }
        }
    }

    /// Whether a nameref may be declared like this.
    fn is_good_nameref(&mut self, request: &Request<'_>, operand: &Operand<'_>) -> bool {
        let name = operand.name.name();
        let current = self.state.variables.get(operand.name);
        if current.is_some_and(Variable::is_array) || matches!(operand.value, Assigned::Array(_)) {
            let message = [&name[..], b": reference variable cannot be an array"].concat();
            self.complain_as(request.builtin, message);
            return false;
        }
        let text = match operand.value {
            Assigned::Text(text) => text.to_vec(),
            _ => match current.and_then(Variable::text) {
                Some(text) => text.clone(),
                None => return true,
            },
        };
        if text.is_empty() {
            self.not_an_identifier(request.builtin, &text);
            return false;
        }
        let subject = parser::parameter_name(&text);
        if !matches!(subject, Some(Subject::Variable(_) | Subject::Element(..))) {
            let message = [
                b"`",
                &text[..],
                b"': invalid variable name for name reference",
            ]
            .concat();
            self.complain_as(request.builtin, message);
            return false;
        }
        let is_assigned = matches!(operand.value, Assigned::Text(_));
        if is_assigned && subject == Some(Subject::Variable(operand.name)) {
            let in_function = self.state.variables.is_in_function() && !request.global;
            let message: &[u8] = match in_function {
                true => b": circular name reference",
                false => b": nameref variable self references not allowed",
            };
            let before: &[u8] = if in_function { b"warning: " } else { b"" };
            let message = [before, &name[..], message].concat();
            self.complain_as(request.builtin, &message);
            if in_function {
                self.complain(message);
            }
            return in_function;
        }
        true
    }
}
