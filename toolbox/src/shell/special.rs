//! Variables whose value is computed when it is asked for, and assignments that do more than to store a value.
//!
//! The value that is stored of a computed variable is the last one it gave, for lists. When it was unset, it is a variable
//! like others from then on.

use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Shell;
use super::access::Key;
use super::ast::Text;
use super::flow::Flow;
use super::options::{SetOption, Shopt};
use super::symbol::Symbol;
use super::value::{Associative, Attributes, Indexed, Value, Variable};
use crate::sys::{locale, process};

/// What lists of variables show of a computed one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    Integer,
    Readonly,
    Indexed,
    /// It has a value only in functions.
    OfFunctions,
    Associative,
}

/// The computed variables.
const COMPUTED: &[(Kind, &[Symbol])] = &[
    (
        Kind::Scalar,
        &[
            Symbol::EPOCHSECONDS,
            Symbol::EPOCHREALTIME,
            Symbol::LINENO,
            Symbol::BASH_SUBSHELL,
            Symbol::BASH_COMMAND,
            Symbol::BASH_ARGV0,
            Symbol::COMP_WORDBREAKS,
            // It is an integer from when it was first asked for.
            Symbol::SECONDS,
        ],
    ),
    (
        Kind::Integer,
        &[
            Symbol::RANDOM,
            Symbol::SRANDOM,
            Symbol::BASHPID,
            Symbol::HISTCMD,
        ],
    ),
    (Kind::Readonly, &[Symbol::BASHOPTS, Symbol::SHELLOPTS]),
    (
        Kind::Indexed,
        &[
            Symbol::BASH_SOURCE,
            Symbol::BASH_LINENO,
            Symbol::BASH_ARGC,
            Symbol::BASH_ARGV,
            Symbol::DIRSTACK,
            Symbol::GROUPS,
        ],
    ),
    (Kind::OfFunctions, &[Symbol::FUNCNAME]),
    (
        Kind::Associative,
        &[Symbol::BASH_ALIASES, Symbol::BASH_CMDS],
    ),
];

impl Kind {
    fn declared(self) -> Variable {
        Variable {
            value: match self {
                Kind::Scalar | Kind::Integer | Kind::Readonly => Value::Unset,
                Kind::Indexed => Value::Indexed(Indexed::default()),
                Kind::OfFunctions => Value::Indexed(Indexed::declared()),
                Kind::Associative => Value::Associative(Associative::default()),
            },
            attributes: Attributes {
                integer: self == Kind::Integer,
                readonly: self == Kind::Readonly,
                ..Attributes::default()
            },
        }
    }
}

/// Where readline ends a word.
const WORD_BREAKS: &[u8] = b" \t\n\"'@><=;|&(:";

const SECOND: i128 = 1_000_000_000;

impl Shell {
    /// Declares the computed variables, as lists show them: what they have for a value there is not computed.
    pub(super) fn declare_computed(&mut self) {
        for (kind, names) in COMPUTED {
            let variable = Rc::new(kind.declared());
            for name in *names {
                let is_exported = self.attributes(*name).exported;
                self.state.variables.set_shared(*name, Rc::clone(&variable));
                if is_exported {
                    self.state.variables.set_exported(*name, true);
                }
            }
        }
    }

    /// Whether the value of a variable is computed.
    pub(super) fn is_computed(&self, name: Symbol) -> bool {
        name.is_special()
            && COMPUTED.iter().any(|(_, names)| names.contains(&name))
            && !self.state.ordinary.contains(&name)
            && !self.state.variables.is_local(name)
    }

    /// Gives the exported ones among the computed variables the values that a program gets now.
    pub(super) fn refresh_exported(&mut self) {
        for (kind, names) in COMPUTED {
            if matches!(kind, Kind::Indexed | Kind::OfFunctions | Kind::Associative) {
                continue;
            }
            for name in *names {
                if self.attributes(*name).exported
                    && let Some(variable) = self.compute(*name)
                {
                    self.state.variables.set(*name, variable);
                }
            }
        }
    }

    /// A computed variable with the value that it has now; none when it has no value now, or is none of them. One that was
    /// unset or made local is none of them any more.
    pub(super) fn compute(&mut self, name: Symbol) -> Option<Variable> {
        if !self.is_computed(name) {
            return None;
        }
        let value = self.computed_value(name)?;
        if let Value::Scalar(text) = &value {
            self.note_computed(name, text);
        }
        let attributes = self.attributes(name);
        Some(Variable { value, attributes })
    }

    /// Lists show of a computed variable what it gave last.
    fn note_computed(&mut self, name: Symbol, text: &Text) {
        let variable = self.state.variables.edit(name);
        variable.value = Value::Scalar(text.clone());
        variable.attributes.integer |= name == Symbol::SECONDS;
    }

    fn computed_value(&mut self, name: Symbol) -> Option<Value> {
        Some(match name {
            Symbol::RANDOM => number(self.random()),
            Symbol::SRANDOM => number(unpredictable()),
            Symbol::SECONDS => number(seconds(now()) - seconds(self.state.started)),
            Symbol::EPOCHSECONDS => number(seconds(now())),
            Symbol::EPOCHREALTIME => {
                let now = now();
                let micros = now.rem_euclid(SECOND) / 1000;
                Value::Scalar(format!("{}.{micros:06}", seconds(now)).into_bytes())
            }
            Symbol::LINENO => number(self.state.line),
            Symbol::BASHPID => number(process::id().0),
            Symbol::BASH_SUBSHELL => number(self.state.subshells),
            Symbol::BASH_COMMAND => Value::Scalar(self.state.command.clone()),
            Symbol::BASH_ARGV0 => Value::Scalar(self.state.name.clone()),
            Symbol::FUNCNAME => return self.function_names_now(),
            Symbol::BASH_SOURCE => list(self.state.calls.iter().map(|call| call.file.clone())),
            Symbol::BASH_LINENO => {
                let lines = self.state.calls.iter();
                list(lines.map(|call| call.line.to_string().into_bytes()))
            }
            Symbol::BASH_ARGC => {
                let counts = self.arguments_of_calls();
                list(counts.map(|arguments| arguments.len().to_string().into_bytes()))
            }
            Symbol::BASH_ARGV => {
                let calls = self.arguments_of_calls();
                list(calls.flat_map(|arguments| arguments.iter().rev().cloned()))
            }
            Symbol::DIRSTACK => {
                let current = self.state.directory.clone();
                let others = self.state.directories.iter().cloned();
                list(std::iter::once(current).chain(others))
            }
            Symbol::GROUPS => list(std::iter::once(group())),
            Symbol::BASHOPTS => {
                let names = Shopt::ALL.iter().filter(|&&option| self.has_shopt(option));
                joined(names.map(|option| option.name()))
            }
            Symbol::SHELLOPTS => {
                let names = SetOption::ALL.iter().filter(|&&option| self.is_set(option));
                joined(names.map(|option| option.name()))
            }
            Symbol::BASH_ALIASES => {
                let aliases = self.state.aliases.iter();
                pairs(aliases.map(|(name, value)| (name.clone(), value.clone())))
            }
            Symbol::BASH_CMDS => {
                let hashed = self.state.hashed.iter();
                pairs(hashed.map(|(name, (path, _))| (name.clone(), path.clone())))
            }
            Symbol::HISTCMD => number(0),
            Symbol::COMP_WORDBREAKS => Value::Scalar(WORD_BREAKS.to_vec()),
            _ => return None,
        })
    }

    /// The arguments of the calls that are told, the innermost first, and then those of the shell.
    fn arguments_of_calls(&mut self) -> impl Iterator<Item = &Rc<Vec<Text>>> {
        self.state.tells_arguments |= !self.state.calls.is_in_function();
        let own = self.state.tells_arguments.then_some(&self.state.arguments);
        let told = self.state.calls.iter();
        told.filter_map(|call| call.arguments.as_ref()).chain(own)
    }

    /// `FUNCNAME` has a value only in functions.
    fn function_names_now(&self) -> Option<Value> {
        let calls = &self.state.calls;
        let names = calls.iter().map(|call| call.name.clone());
        calls.is_in_function().then(|| list(names))
    }

    /// What an assignment to a special variable does instead of storing the value. Says whether it did.
    pub(super) fn assign_special(
        &mut self,
        name: Symbol,
        key: Option<&Key>,
        value: &Text,
    ) -> Flow<bool> {
        if !self.is_computed(name) {
            return Flow::Continue(false);
        }
        match (name, key) {
            (Symbol::RANDOM, _) => {
                let seed = self.evaluate_number(value)?;
                // The generator has 32 bits.
                self.state.random_seed = seed as u32;
                self.state.last_random = 0;
                self.state.has_inherited_random = false;
                self.state.variables.edit(name).value = Value::Scalar(value.clone());
            }
            (Symbol::SECONDS, _) => {
                let passed = self.evaluate_number(value)?;
                self.state.started = (seconds(now()) - i128::from(passed)) * SECOND;
                self.state.variables.edit(name).value = Value::Scalar(value.clone());
            }
            (Symbol::BASH_ARGV0, _) => self.state.name.clone_from(value),
            (Symbol::BASH_ALIASES, Some(Key::Text(alias))) => {
                Rc::make_mut(&mut self.state.aliases).insert(alias.clone(), value.clone());
            }
            (Symbol::BASH_CMDS, Some(Key::Text(command))) => {
                let entry = (value.clone(), 0);
                Rc::make_mut(&mut self.state.hashed).insert(command.clone(), entry);
            }
            (Symbol::DIRSTACK, Some(&Key::Number(number))) => {
                let place = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1);
                let directories = Rc::make_mut(&mut self.state.directories);
                if let Some(directory) = place.and_then(|place| directories.get_mut(place)) {
                    directory.clone_from(value);
                }
            }
            (Symbol::LINENO, _) => {
                let line = self.evaluate_number(value)?;
                self.state.line = u32::try_from(line).unwrap_or(0);
                self.state.variables.edit(name).value = Value::Scalar(value.clone());
            }
            (Symbol::COMP_WORDBREAKS, _) => {
                Rc::make_mut(&mut self.state.ordinary).insert(name);
                return Flow::Continue(false);
            }
            // Assignments to the others have no effect.
            _ => {}
        }
        Flow::Continue(true)
    }

    /// Does what the new value of a variable asks for.
    pub(super) fn variable_assigned(&mut self, name: Symbol) {
        match name {
            Symbol::OPTIND => self.state.getopts_offset = 0,
            _ => self.variable_restored(name),
        }
    }

    /// Likewise when a scope that hid the variable has ended.
    pub(super) fn variable_restored(&mut self, name: Symbol) {
        match name {
            Symbol::PATH if !self.state.hashed.is_empty() => self.state.hashed = Rc::default(),
            Symbol::LC_ALL | Symbol::LC_CTYPE | Symbol::LANG => self.note_locale(),
            Symbol::POSIXLY_CORRECT => {
                let is_set = self.state.variables.get(name).is_some();
                self.state.options.set(SetOption::Posix, is_set);
            }
            Symbol::GLOBIGNORE => {
                let variable = self.state.variables.get(name);
                let text = variable.and_then(Variable::text);
                // An empty value changes nothing.
                if text.is_none_or(|text| !text.is_empty()) {
                    let is_set = text.is_some();
                    self.state.options.set_shopt(Shopt::DotGlob, is_set);
                }
            }
            _ => {}
        }
    }

    /// Likewise when the variable was unset: it is one like others from then on.
    pub(super) fn variable_unset(&mut self, name: Symbol) {
        if self.is_computed(name) {
            Rc::make_mut(&mut self.state.ordinary).insert(name);
        }
        self.variable_restored(name);
    }

    /// What a character is depends on the locale: in that of C, it is a byte.
    pub(super) fn note_locale(&self) {
        let names = [Symbol::LC_ALL, Symbol::LC_CTYPE, Symbol::LANG];
        let values = names.iter().filter_map(|&name| self.plain_value(name));
        let locale = values.into_iter().find(|value| !value.is_empty());
        locale::set_bytes(locale.is_some_and(|name| locale::is_c(name)));
    }

    /// `SECONDS` and `RANDOM` begin.
    pub(super) fn start_clock(&mut self) {
        self.state.started = now();
        if let Some(Value::Scalar(text)) = self
            .state
            .variables
            .get(Symbol::SECONDS)
            .map(|variable| &variable.value)
            && let Some(passed) = std::str::from_utf8(text)
                .ok()
                .and_then(|text| text.trim().parse::<i64>().ok())
        {
            self.state.started -= i128::from(passed) * SECOND;
        }
        self.reseed_random();
    }

    /// Begins other pseudo-random numbers, as a subshell does.
    pub fn reseed_random(&mut self) {
        let now = now();
        let seed = (now >> 32) as u32 ^ now as u32 ^ process::id().0.rotate_left(16);
        self.state.random_seed = seed;
        self.state.last_random = 0;
        self.state.has_inherited_random = false;
    }

    /// The next number of bash's generator.
    fn random(&mut self) -> u32 {
        if self.state.has_inherited_random {
            self.reseed_random();
        }
        loop {
            self.state.random_seed = next_random(self.state.random_seed);
            let number = mixed(self.state.random_seed);
            // No number comes twice in a row.
            if number != self.state.last_random {
                self.state.last_random = number;
                return number;
            }
        }
    }
}

/// The minimal standard generator of Park and Miller, with 32-bit numbers that wrap around.
fn next_random(seed: u32) -> u32 {
    let seed = if seed == 0 { 123_459_876 } else { seed };
    let high = (seed / 127_773).cast_signed();
    let low = (seed % 127_773).cast_signed();
    let next = 16_807_i32
        .wrapping_mul(low)
        .wrapping_sub(2_836_i32.wrapping_mul(high));
    if next < 0 {
        return next.wrapping_add(i32::MAX).cast_unsigned();
    }
    next.cast_unsigned()
}

/// The 15 bits that scripts see of a state of the generator.
fn mixed(seed: u32) -> u32 {
    ((seed >> 16) ^ (seed & 0xffff)) & 0x7fff
}

/// 32 bits that nobody can tell beforehand.
fn unpredictable() -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // Its keys are random, and differ from one to the next.
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_i128(now());
    hasher.finish() as u32
}

/// Nanoseconds since 1970.
pub fn now() -> i128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i128::try_from(since.as_nanos()).unwrap_or(i128::MAX)
    })
}

fn seconds(time: i128) -> i128 {
    time.div_euclid(SECOND)
}

fn number(number: impl ToString) -> Value {
    Value::Scalar(number.to_string().into_bytes())
}

fn list(texts: impl IntoIterator<Item = Text>) -> Value {
    Value::Indexed(texts.into_iter().collect())
}

fn pairs(pairs: impl Iterator<Item = (Text, Text)>) -> Value {
    let mut array = Associative::default();
    for (key, value) in pairs {
        array.set(key, value);
    }
    Value::Associative(array)
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let names: Vec<_> = names.collect();
    Value::Scalar(names.join(":").into_bytes())
}

/// The group of the user.
fn group() -> Text {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let group = std::fs::metadata("/proc/self").map_or(1000, |metadata| metadata.gid());
        group.to_string().into_bytes()
    }
    #[cfg(not(unix))]
    {
        b"1000".to_vec()
    }
}
