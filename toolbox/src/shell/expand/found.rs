//! What a parameter has for a value, kept as it is while words of the expansion are evaluated.

use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::access::{Key, Referent};
use crate::shell::ast::{Subject, Subscript, Text};
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::state::ScriptSource;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Value, Variable};

pub enum Found {
    /// One value, or none.
    One(One),
    /// `$@`, `${a[*]}` and the like.
    Many(Many, Joined),
}

pub enum One {
    Unset,
    /// A subscript before the first element, of this array.
    Nowhere(Symbol),
    Text(Text),
    Variable(Rc<Variable>),
    Element(Rc<Variable>, Key),
    /// A positional parameter, from 0 up.
    Positional(Rc<Vec<Text>>, usize),
}

pub enum Many {
    Positional(Rc<Vec<Text>>),
    Elements(Rc<Variable>),
    None,
}

/// Whether several values are one text in double quotes (`*`), or stay apart (`@`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    Yes,
    No,
}

impl Joined {
    pub fn when(joined: bool) -> Self {
        if joined { Self::Yes } else { Self::No }
    }
}

impl One {
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Unset | Self::Nowhere(_) => None,
            Self::Text(text) => Some(text),
            Self::Variable(variable) => variable.text(),
            Self::Element(variable, key) => variable.element(key),
            Self::Positional(parameters, at) => parameters.get(*at),
        }
    }
}

impl Many {
    pub fn texts(&self) -> Vec<&Text> {
        match self {
            Self::None => Vec::new(),
            Self::Positional(parameters) => parameters.iter().collect(),
            Self::Elements(variable) => variable.elements(),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Positional(parameters) => parameters.len(),
            Self::Elements(variable) => match &variable.value {
                Value::Unset => 0,
                Value::Scalar(_) => 1,
                Value::Indexed(array) => array.len(),
                Value::Associative(array) => array.len(),
            },
        }
    }
}

impl Shell {
    pub(super) fn find(&mut self, subject: &Subject) -> Flow<Found> {
        Flow::Continue(Found::One(match subject {
            Subject::Variable(name) => return self.find_variable(*name),
            Subject::Element(name, subscript) => return self.find_element(*name, subscript),
            Subject::Positional(0) => One::Text(self.state.name.clone()),
            Subject::Positional(number) => {
                One::Positional(Rc::clone(&self.state.positional), number - 1)
            }
            Subject::Special(mark @ (b'@' | b'*')) => {
                let parameters = Rc::clone(&self.state.positional);
                let joined = Joined::when(*mark == b'*');
                return Flow::Continue(Found::Many(Many::Positional(parameters), joined));
            }
            Subject::Special(mark) => self.find_special(*mark),
        }))
    }

    fn find_variable(&mut self, name: Symbol) -> Flow<Found> {
        Flow::Continue(Found::One(match self.resolve(name) {
            Referent::Variable(name) => match self.seen(name) {
                Some(variable) => One::Variable(variable),
                None => One::Unset,
            },
            Referent::Global(name) => match self.state.variables.global(name) {
                Some(variable) => One::Variable(Rc::new(variable.clone())),
                None => One::Unset,
            },
            Referent::Element(name, subscript) => return self.find_element_of(name, &subscript),
            Referent::Nothing => One::Unset,
        }))
    }

    fn find_element(&mut self, name: Symbol, subscript: &Subscript) -> Flow<Found> {
        // What a nameref with a subscript stands for has no elements.
        if self.named_element(name).is_some() {
            return Flow::Continue(match subscript {
                Subscript::Each => Found::Many(Many::None, Joined::No),
                Subscript::Joined => Found::Many(Many::None, Joined::Yes),
                Subscript::Index(_) => Found::One(One::Unset),
            });
        }
        self.find_element_of(name, subscript)
    }

    fn find_element_of(&mut self, name: Symbol, subscript: &Subscript) -> Flow<Found> {
        let name = self.follow(name);
        let variable = self.seen(name);
        let joined = match subscript {
            Subscript::Each => Joined::No,
            Subscript::Joined => Joined::Yes,
            Subscript::Index(index) => {
                let key = self.key_to_read(variable.as_deref(), index)?;
                let one = match (variable, key) {
                    (_, None) => One::Nowhere(name),
                    (Some(variable), Some(key)) => One::Element(variable, key),
                    (None, Some(_)) => One::Unset,
                };
                return Flow::Continue(Found::One(one));
            }
        };
        let many = variable.map_or(Many::None, Many::Elements);
        Flow::Continue(Found::Many(many, joined))
    }

    fn find_special(&self, mark: u8) -> One {
        let text = match mark {
            b'#' => self.state.positional.len().to_string(),
            b'?' => self.state.status.to_string(),
            b'$' => self.state.pid.to_string(),
            b'!' => match self.state.last_background {
                Some(pid) => pid.to_string(),
                None => return One::Unset,
            },
            b'-' => return One::Text(self.option_letters()),
            _ => return One::Unset,
        };
        One::Text(text.into_bytes())
    }

    /// `$-`
    pub fn option_letters(&self) -> Text {
        let is_on =
            |letter: &u8| SetOption::from_letter(*letter).is_some_and(|option| self.is_set(option));
        let mut letters: Text = b"abefhkmnprtuvxBCEHPT"
            .iter()
            .copied()
            .filter(is_on)
            .collect();
        match self.state.source {
            ScriptSource::Argument => letters.push(b'c'),
            ScriptSource::StandardInput => letters.push(b's'),
            ScriptSource::File => {}
        }
        letters
    }
}
