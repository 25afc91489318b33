//! Variables whose value is computed when it is asked for, and those whose assignment has an effect.

use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Shell;
use super::ast::Text;
use super::calls::Call;
use super::options::{SetOption, Shopt};
use super::symbol::Symbol;
use super::value::{Associative, Indexed, Value, Variable};
use crate::sys::process;

/// Nanoseconds since 1970.
pub fn now() -> i128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i128::try_from(since.as_nanos()).unwrap_or(i128::MAX))
}

impl Shell {
    /// The value of a special variable; none if it is stored like others, or was unset.
    pub(super) fn compute(&mut self, name: Symbol) -> Option<Variable> {
        if name == Symbol::IFS || name == Symbol::PATH || name == Symbol::UNDERSCORE {
            return None;
        }
        // One that was made a local variable, or unset, is not special any more.
        if self.state.ordinary.contains(&name) || self.state.variables.is_local(name) {
            return None;
        }
        let number = |number: i128| Variable::scalar(number.to_string());
        let attributes = self.state.variables.get(name).map(|variable| variable.attributes);
        let mut variable = match name {
            Symbol::RANDOM => number(i128::from(self.random())),
            Symbol::SRANDOM => number(i128::from(strong_random())),
            Symbol::SECONDS => number((now() - self.state.started).div_euclid(1_000_000_000)),
            Symbol::EPOCHSECONDS => number(now() / 1_000_000_000),
            Symbol::EPOCHREALTIME => {
                let micros = now() / 1000;
                Variable::scalar(format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000))
            }
            Symbol::LINENO => number(i128::from(self.state.line)),
            Symbol::BASHPID => number(i128::from(process::id().0)),
            Symbol::BASH_SUBSHELL => number(i128::from(self.state.subshells)),
            Symbol::BASH_COMMAND => Variable::scalar(self.state.command.clone()),
            Symbol::BASH_ARGV0 => Variable::scalar(self.state.name.clone()),
            Symbol::FUNCNAME => {
                if !self.state.calls.is_in_function() {
                    return None;
                }
                self.of_calls(|call| call.name.clone())
            }
            Symbol::BASH_SOURCE => self.of_calls(|call| call.file.clone()),
            Symbol::BASH_LINENO => self.of_calls(|call| call.line.to_string().into_bytes()),
            Symbol::DIRSTACK => {
                let current = self.value(Symbol::PWD).unwrap_or_default();
                let all = std::iter::once(current).chain(self.state.directories.iter().cloned());
                indexed(all)
            }
            Symbol::GROUPS => indexed([b"1000".to_vec()]),
            Symbol::BASHOPTS => {
                let on = Shopt::ALL.iter().filter(|option| self.has_shopt(**option));
                let names: Vec<_> = on.map(|option| option.name()).collect();
                readonly(Variable::scalar(names.join(":")))
            }
            Symbol::SHELLOPTS => {
                let on = SetOption::ALL.iter().filter(|option| self.is_set(**option));
                let names: Vec<_> = on.map(|option| option.name()).collect();
                readonly(Variable::scalar(names.join(":")))
            }
            Symbol::BASH_ALIASES => associative(self.state.aliases.iter().map(|(name, text)| (name, text))),
            Symbol::BASH_CMDS => associative(self.state.hashed.iter().map(|(name, (path, _))| (name, path))),
            Symbol::HISTCMD => number(1),
            _ => return None,
        };
        if let Some(attributes) = attributes {
            variable.attributes.exported |= attributes.exported;
        }
        Some(variable)
    }

    fn of_calls(&self, field: impl Fn(&Call) -> Text) -> Variable {
        let mut fields: Vec<Text> = self.state.calls.iter().map(field).collect();
        let has_main = self.state.calls.iter().any(|call| call.kind == super::calls::CallKind::Main);
        let _ = (has_main, &mut fields);
        indexed(fields)
    }

    /// Bash's generator: a minimal standard one, whose numbers have 15 bits.
    fn random(&mut self) -> u32 {
        loop {
            let before = match self.state.random_seed {
                0 => 123_459_876,
                seed => seed,
            };
            let next = i64::from(before as i32);
            let (high, low) = (next / 127_773, next % 127_773);
            let next = 16_807 * low - 2_836 * high;
            let next = if next < 0 { next + 0x7fff_ffff } else { next };
            let before = self.state.random_seed;
            self.state.random_seed = next as u32;
            let folded = (next as u32 >> 16) ^ (next as u32 & 0xffff);
            let number = folded & 0x7fff;
            let _ = before;
            // Bash gives no number twice in a row.
            if number != self.state.last_random {
                self.state.last_random = number;
                return number;
            }
        }
    }

    /// Assignments that compute instead of being stored; says whether this is one.
    pub(super) fn assign_computed(&mut self, name: Symbol, value: &[u8]) -> bool {
        if !name.is_special() || self.state.ordinary.contains(&name) || self.state.variables.is_local(name) {
            return false;
        }
        let number = || std::str::from_utf8(value).ok().and_then(|text| text.trim().parse::<i64>().ok());
        match name {
            Symbol::RANDOM => {
                self.state.random_seed = number().unwrap_or(0) as u32;
                self.state.last_random = 0;
            }
            Symbol::SECONDS => {
                self.state.started = now() - i128::from(number().unwrap_or(0)) * 1_000_000_000;
            }
            Symbol::LINENO => {
                self.state.line = number().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
            }
            Symbol::BASH_ARGV0 => self.state.name = value.to_vec(),
            Symbol::SRANDOM
            | Symbol::EPOCHSECONDS
            | Symbol::EPOCHREALTIME
            | Symbol::BASHPID
            | Symbol::BASH_SUBSHELL
            | Symbol::BASH_COMMAND
            | Symbol::FUNCNAME
            | Symbol::BASH_SOURCE
            | Symbol::BASH_LINENO
            | Symbol::GROUPS
            | Symbol::HISTCMD => {}
            _ => return false,
        }
        true
    }

    /// Likewise of elements.
    pub(super) fn assign_computed_element(&mut self, name: Symbol, _at: u64, _value: &[u8]) -> bool {
        matches!(name, Symbol::FUNCNAME | Symbol::BASH_SOURCE | Symbol::BASH_LINENO | Symbol::GROUPS)
            && !self.state.ordinary.contains(&name)
    }

    /// What an assignment to a special variable does besides.
    pub(super) fn variable_assigned(&mut self, name: Symbol) {
        match name {
            Symbol::OPTIND => self.state.getopts_offset = 0,
            Symbol::PATH => self.state.hashed = Rc::default(),
            Symbol::POSIXLY_CORRECT => self.state.options.set(SetOption::Posix, true),
            Symbol::BASH_ALIASES => {
                if let Some(Value::Associative(array)) =
                    self.state.variables.get(name).map(|variable| &variable.value)
                {
                    let all = array.iter().into_iter();
                    self.state.aliases = Rc::new(all.map(|(name, text)| (name.clone(), text.clone())).collect());
                }
            }
            Symbol::BASH_CMDS => {
                if let Some(Value::Associative(array)) =
                    self.state.variables.get(name).map(|variable| &variable.value)
                {
                    let all = array.iter().into_iter();
                    self.state.hashed = Rc::new(all.map(|(name, path)| (name.clone(), (path.clone(), 0))).collect());
                }
            }
            _ => {}
        }
    }

    /// A scope has ended, and the variable has its value of before.
    pub(super) fn variable_restored(&mut self, name: Symbol) {
        match name {
            Symbol::PATH => self.state.hashed = Rc::default(),
            Symbol::POSIXLY_CORRECT => {
                let on = self.state.variables.get(name).is_some();
                self.state.options.set(SetOption::Posix, on);
            }
            _ => {}
        }
    }

    /// A special variable that is unset is an ordinary one from then on (bash manual, "Bash Variables").
    pub(super) fn variable_unset(&mut self, name: Symbol) {
        match name {
            Symbol::PATH => self.state.hashed = Rc::default(),
            Symbol::POSIXLY_CORRECT => self.state.options.set(SetOption::Posix, false),
            Symbol::IFS | Symbol::OPTIND | Symbol::UNDERSCORE | Symbol::PIPESTATUS => {}
            _ => {
                Rc::make_mut(&mut self.state.ordinary).insert(name);
            }
        }
    }
}

fn readonly(mut variable: Variable) -> Variable {
    variable.attributes.readonly = true;
    variable
}

fn indexed(elements: impl IntoIterator<Item = Text>) -> Variable {
    Variable {
        value: Value::Indexed(Indexed::from_iter(elements)),
        ..Variable::default()
    }
}

fn associative<'a>(elements: impl Iterator<Item = (&'a Text, &'a Text)>) -> Variable {
    let mut array = Associative::default();
    for (key, value) in elements {
        array.set(key.clone(), value.clone());
    }
    Variable {
        value: Value::Associative(array),
        ..Variable::default()
    }
}

/// 32 random bits: the hasher of the standard library is seeded by the system.
fn strong_random() -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};

    RandomState::new().build_hasher().finish() as u32
}
