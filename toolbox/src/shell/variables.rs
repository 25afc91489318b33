//! The variables of a shell and their scopes.
//!
//! Each name has one slot with the value that is seen now. What a function makes local, or a command is given for its time,
//! takes the slot, and the one before is kept by the scope until it ends: that is dynamic scope, without a search.

use std::rc::Rc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ast::Text;
use super::symbol::Symbol;
use super::value::{Value, Variable};

/// All variables. A copy costs nothing until one of the two is changed.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    slots: Rc<Vec<Slot>>,
    scopes: Rc<Vec<Scope>>,
    /// The environment of programs, until an exported variable changes.
    environment: Option<Rc<Vec<Text>>>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Slot {
    variable: Option<Rc<Variable>>,
    /// The scope it was made in; 0 is the global one, and scope `n` is `scopes[n - 1]`.
    scope: usize,
    /// It was assigned before a command, for its time.
    is_temporary: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Scope {
    kind: ScopeKind,
    saved: Vec<(Symbol, Slot)>,
}

/// The variables of a scope while it is put aside.
pub struct Lifted(Vec<(Symbol, Slot)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeKind {
    /// Of a function's call: what `local` makes lives here.
    Function,
    /// Of assignments before a builtin.
    Command,
}

const NO_SLOT: &Slot = &Slot {
    variable: None,
    scope: 0,
    is_temporary: false,
};

impl Variables {
    fn slot(&self, name: Symbol) -> &Slot {
        self.slots.get(name.index()).unwrap_or(NO_SLOT)
    }

    fn slot_mut(&mut self, name: Symbol) -> &mut Slot {
        let slots = Rc::make_mut(&mut self.slots);
        if slots.len() <= name.index() {
            let len = name.index().max(Symbol::KNOWN) + 16;
            slots.resize_with(len, Slot::default);
        }
        &mut slots[name.index()]
    }

    /// The variable of a name as it stands: a nameref is not followed, a special variable is not computed.
    pub fn get(&self, name: Symbol) -> Option<&Variable> {
        self.slot(name).variable.as_deref()
    }

    /// Likewise, to be kept while others change it.
    pub fn shared(&self, name: Symbol) -> Option<&Rc<Variable>> {
        self.slot(name).variable.as_ref()
    }

    /// The variable, to be changed; it is made when there is none.
    pub fn edit(&mut self, name: Symbol) -> &mut Variable {
        let is_exported = self
            .get(name)
            .is_some_and(|variable| variable.attributes.exported);
        if is_exported {
            self.environment = None;
        }
        let variable = self.slot_mut(name).variable.get_or_insert_default();
        Rc::make_mut(variable)
    }

    /// Puts a whole variable in the place of the one that is seen now.
    pub fn set(&mut self, name: Symbol, variable: Variable) {
        self.set_shared(name, Rc::new(variable));
    }

    /// Likewise one that others may have as well.
    pub fn set_shared(&mut self, name: Symbol, variable: Rc<Variable>) {
        self.environment = None;
        self.slot_mut(name).variable = Some(variable);
    }

    pub fn set_exported(&mut self, name: Symbol, exported: bool) {
        self.environment = None;
        self.edit(name).attributes.exported = exported;
    }

    /// Takes the variable away. One that the running function made local stays local, without a value; that of a calling
    /// function makes way for the one it hides.
    pub fn unset(&mut self, name: Symbol) {
        self.environment = None;
        let scope = self.slot(name).scope;
        if scope == 0 {
            self.slot_mut(name).variable = None;
            return;
        }
        if scope >= self.function_scope() && !self.slot(name).is_temporary {
            self.clear(name);
            return;
        }
        let scopes = Rc::make_mut(&mut self.scopes);
        let saved = &mut scopes[scope - 1].saved;
        let at = saved.iter().rposition(|(saved, _)| *saved == name);
        let hidden = at.map(|at| saved.remove(at).1).unwrap_or_default();
        *self.slot_mut(name) = hidden;
    }

    /// Likewise, but that of a calling function stays there without a value, too (`localvar_unset`).
    pub fn unset_locally(&mut self, name: Symbol) {
        let slot = self.slot(name);
        match slot.scope > 0 && !slot.is_temporary {
            true => self.clear(name),
            false => self.unset(name),
        }
    }

    /// Takes value and attributes of a variable away, which stays where it is.
    pub fn clear(&mut self, name: Symbol) {
        self.environment = None;
        self.slot_mut(name).variable = Some(Rc::default());
    }

    /// The innermost scope of a function; 0 outside of functions.
    fn function_scope(&self) -> usize {
        self.scopes
            .iter()
            .rposition(|scope| scope.kind == ScopeKind::Function)
            .map_or(0, |at| at + 1)
    }

    pub fn is_in_function(&self) -> bool {
        self.function_scope() > 0
    }

    /// Whether the running function made the variable.
    pub fn is_local(&self, name: Symbol) -> bool {
        let scope = self.slot(name).scope;
        scope > 0 && scope >= self.function_scope()
    }

    /// The names that the running function made local.
    pub fn locals(&self) -> Vec<Symbol> {
        let scope = self.function_scope();
        self.names()
            .filter(|&name| scope > 0 && self.slot(name).scope == scope)
            .collect()
    }

    pub fn push_scope(&mut self, kind: ScopeKind) {
        Rc::make_mut(&mut self.scopes).push(Scope {
            kind,
            saved: Vec::new(),
        });
    }

    /// Ends the innermost scope: what it hid is seen again.
    pub fn pop_scope(&mut self) -> Vec<Symbol> {
        let Some(scope) = Rc::make_mut(&mut self.scopes).pop() else {
            return Vec::new();
        };
        let mut names = Vec::with_capacity(scope.saved.len());
        for (name, slot) in scope.saved.into_iter().rev() {
            self.environment = None;
            *self.slot_mut(name) = slot;
            names.push(name);
        }
        names
    }

    /// Ends the innermost scope like `pop_scope`, and gives what can make it again.
    pub fn lift_scope(&mut self) -> Lifted {
        let mut lifted = Vec::new();
        if let Some(scope) = Rc::make_mut(&mut self.scopes).pop() {
            self.environment = None;
            for (name, hidden) in scope.saved.into_iter().rev() {
                lifted.push((name, std::mem::replace(self.slot_mut(name), hidden)));
            }
        }
        Lifted(lifted)
    }

    /// Makes a scope of what was lifted from where the scopes end now.
    pub fn lower_scope(&mut self, kind: ScopeKind, lifted: Lifted) {
        self.environment = None;
        let mut saved = Vec::with_capacity(lifted.0.len());
        for (name, slot) in lifted.0.into_iter().rev() {
            saved.push((name, std::mem::replace(self.slot_mut(name), slot)));
        }
        Rc::make_mut(&mut self.scopes).push(Scope { kind, saved });
    }

    /// Makes a new variable of the innermost function's scope, which hides the one before. One that is local there already
    /// stays as it is. Says whether it is new.
    pub fn make_local(&mut self, name: Symbol) -> bool {
        self.hide(name, self.function_scope(), false)
    }

    /// Likewise in the innermost scope of any kind, for an assignment before a command.
    pub fn make_temporary(&mut self, name: Symbol) -> bool {
        self.hide(name, self.scopes.len(), true)
    }

    fn hide(&mut self, name: Symbol, scope: usize, is_temporary: bool) -> bool {
        if scope == 0 || self.slot(name).scope >= scope {
            if !is_temporary && scope > 0 {
                self.slot_mut(name).is_temporary = false;
            }
            return false;
        }
        self.environment = None;
        let fresh = Slot {
            variable: None,
            scope,
            is_temporary,
        };
        let hidden = std::mem::replace(self.slot_mut(name), fresh);
        Rc::make_mut(&mut self.scopes)[scope - 1]
            .saved
            .push((name, hidden));
        true
    }

    /// Lets a variable that was assigned before a command stay when the command has ended.
    pub fn keep(&mut self, name: Symbol) {
        let scope = self.slot(name).scope;
        let is_command = |scope: &Scope| scope.kind == ScopeKind::Command;
        let Some(index) = scope.checked_sub(1) else {
            return;
        };
        if !self.scopes.get(index).is_some_and(is_command) {
            return;
        }
        let saved = &mut Rc::make_mut(&mut self.scopes)[index].saved;
        if let Some(at) = saved.iter().rposition(|(saved, _)| *saved == name) {
            let (_, hidden) = saved.remove(at);
            let slot = self.slot_mut(name);
            slot.scope = hidden.scope;
            slot.is_temporary = hidden.is_temporary;
        }
    }

    /// The variable that a local one hides.
    pub fn hidden(&self, name: Symbol) -> Option<&Variable> {
        let scope = self.slot(name).scope.checked_sub(1)?;
        let saved = &self.scopes.get(scope)?.saved;
        let (_, slot) = saved.iter().rfind(|(saved, _)| *saved == name)?;
        slot.variable.as_deref()
    }

    /// Edits the variable that is seen outside of all functions (`declare -g`).
    pub fn edit_global(&mut self, name: Symbol) -> &mut Variable {
        let mut scope = self.slot(name).scope;
        if scope == 0 {
            return self.edit(name);
        }
        self.environment = None;
        // The outermost scope that hides it has saved the global one.
        let scopes = Rc::make_mut(&mut self.scopes);
        while let Some(next) = saved_in(scopes, scope, name).filter(|&next| next > 0) {
            scope = next;
        }
        let saved = scopes[scope - 1]
            .saved
            .iter_mut()
            .rfind(|(saved, _)| *saved == name);
        let (_, slot) = saved.expect("a scope that made a variable has saved the one before");
        Rc::make_mut(slot.variable.get_or_insert_default())
    }

    /// The variable that is seen outside of all functions.
    pub fn global(&self, name: Symbol) -> Option<&Variable> {
        let mut slot = self.slot(name);
        while slot.scope > 0 {
            let saved = &self.scopes.get(slot.scope - 1)?.saved;
            slot = saved
                .iter()
                .rfind(|(saved, _)| *saved == name)
                .map(|(_, slot)| slot)?;
        }
        slot.variable.as_deref()
    }

    /// All names that have a variable, in no order.
    pub fn names(&self) -> impl Iterator<Item = Symbol> + '_ {
        let occupied =
            |(index, slot): (usize, &Slot)| slot.variable.is_some().then(|| Symbol::from(index));
        self.slots.iter().enumerate().filter_map(occupied)
    }

    /// All names that have a variable, sorted.
    pub fn sorted_names(&self) -> Vec<Symbol> {
        let mut names: Vec<_> = self.names().map(|name| (name.name(), name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// `NAME=VALUE` of all exported variables.
    pub fn environment(&mut self) -> Rc<Vec<Text>> {
        if let Some(environment) = &self.environment {
            return Rc::clone(environment);
        }
        let exported = self.names().filter_map(|name| {
            let variable = self.get(name)?;
            match &variable.value {
                Value::Scalar(value) if variable.attributes.exported => {
                    Some([&name.name()[..], b"=", value].concat())
                }
                _ => None,
            }
        });
        let environment = Rc::new(exported.collect::<Vec<_>>());
        self.environment = Some(Rc::clone(&environment));
        environment
    }
}

/// The scope of the variable that `scope` has saved for a name.
fn saved_in(scopes: &[Scope], scope: usize, name: Symbol) -> Option<usize> {
    let saved = &scopes.get(scope - 1)?.saved;
    let (_, slot) = saved.iter().rfind(|(saved, _)| *saved == name)?;
    Some(slot.scope)
}

/// Variables are their names and slots outside of the process: numbers of symbols differ.
impl Serialize for Variables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let slots: Vec<(Symbol, &Slot)> = self
            .slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.variable.is_some() || slot.scope > 0)
            .map(|(index, slot)| (Symbol::from(index), slot))
            .collect();
        (slots, &*self.scopes).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (slots, scopes) = <(Vec<(Symbol, Slot)>, Vec<Scope>)>::deserialize(deserializer)?;
        let mut variables = Self {
            scopes: Rc::new(scopes),
            ..Self::default()
        };
        for (name, slot) in slots {
            *variables.slot_mut(name) = slot;
        }
        Ok(variables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(variables: &Variables, name: Symbol) -> Option<String> {
        let text = variables.get(name)?.text()?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    fn set(variables: &mut Variables, name: Symbol, value: &str) {
        variables.edit(name).value = Value::Scalar(value.into());
    }

    #[test]
    fn a_local_variable_hides_the_one_before_until_its_scope_ends() {
        let mut variables = Variables::default();
        let x = Symbol::new("x");
        set(&mut variables, x, "global");
        variables.push_scope(ScopeKind::Function);
        assert!(variables.make_local(x));
        assert_eq!(text(&variables, x), None);
        set(&mut variables, x, "outer");
        variables.push_scope(ScopeKind::Function);
        assert_eq!(text(&variables, x).as_deref(), Some("outer"));
        assert!(variables.make_local(x));
        assert!(!variables.make_local(x));
        set(&mut variables, x, "inner");
        variables.edit_global(x).value = Value::Scalar(b"changed".to_vec());
        assert_eq!(text(&variables, x).as_deref(), Some("inner"));
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("outer"));
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("changed"));
    }

    #[test]
    fn unset_of_a_callers_variable_uncovers_the_hidden_one() {
        let mut variables = Variables::default();
        let x = Symbol::new("x");
        set(&mut variables, x, "global");
        variables.push_scope(ScopeKind::Function);
        variables.make_local(x);
        set(&mut variables, x, "callers");
        variables.push_scope(ScopeKind::Function);
        variables.unset(x);
        assert_eq!(text(&variables, x).as_deref(), Some("global"));
        variables.pop_scope();
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("global"));
    }

    #[test]
    fn unset_of_an_own_variable_leaves_it_local() {
        let mut variables = Variables::default();
        let x = Symbol::new("x");
        set(&mut variables, x, "global");
        variables.push_scope(ScopeKind::Function);
        variables.make_local(x);
        set(&mut variables, x, "own");
        variables.unset(x);
        assert_eq!(text(&variables, x), None);
        set(&mut variables, x, "again");
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("global"));
    }

    #[test]
    fn a_copy_does_not_see_later_changes() {
        let mut variables = Variables::default();
        let x = Symbol::new("x");
        set(&mut variables, x, "before");
        let copy = variables.clone();
        set(&mut variables, x, "after");
        assert_eq!(text(&copy, x).as_deref(), Some("before"));
    }

    #[test]
    fn the_environment_follows_exported_variables() {
        let mut variables = Variables::default();
        let x = Symbol::new("x");
        set(&mut variables, x, "1");
        assert!(variables.environment().is_empty());
        variables.set_exported(x, true);
        assert_eq!(*variables.environment(), [b"x=1".to_vec()]);
        set(&mut variables, x, "2");
        assert_eq!(*variables.environment(), [b"x=2".to_vec()]);
        variables.unset(x);
        assert!(variables.environment().is_empty());
    }
}
