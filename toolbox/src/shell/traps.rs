//! What `trap` has set.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::ast::Text;

/// When a trap's command runs. The order is that of `trap -p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Event {
    Exit,
    Signal(u8),
    Debug,
    Error,
    Return,
}

/// The commands by their events; an empty one ignores a signal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Traps {
    commands: Rc<BTreeMap<Event, Text>>,
    /// Those of the parent of a subshell, which `trap -p` shows until it sets its own.
    inherited: Rc<BTreeMap<Event, Text>>,
}

impl Traps {
    pub fn get(&self, event: Event) -> Option<&Text> {
        self.commands.get(&event)
    }

    pub fn set(&mut self, event: Event, command: Text) {
        self.inherited = Rc::default();
        Rc::make_mut(&mut self.commands).insert(event, command);
    }

    pub fn remove(&mut self, event: Event) {
        self.inherited = Rc::default();
        Rc::make_mut(&mut self.commands).remove(&event);
    }

    /// Takes a trap away and gives its command. What `trap -p` shows of the parent stays.
    pub fn take(&mut self, event: Event) -> Option<Text> {
        if !self.commands.contains_key(&event) {
            return None;
        }
        Rc::make_mut(&mut self.commands).remove(&event)
    }

    /// The numbers of the signals that have a trap.
    pub fn signals(&self) -> impl Iterator<Item = u8> + '_ {
        self.commands.keys().filter_map(|event| match event {
            Event::Signal(number) => Some(*number),
            _ => None,
        })
    }

    pub fn has_signals(&self) -> bool {
        self.signals().next().is_some()
    }

    /// All that are set, or those of the parent.
    pub fn shown(&self) -> &BTreeMap<Event, Text> {
        if self.inherited.is_empty() {
            &self.commands
        } else {
            &self.inherited
        }
    }

    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// What a subshell starts with: signals that are ignored stay so, and with `errtrace` and `functrace` the traps of
    /// those options; others are reset.
    pub fn for_subshell(&self, keeps_error: bool, keeps_debug: bool) -> Self {
        let keeps = |event: &Event, command: &Text| match event {
            Event::Signal(_) => command.is_empty(),
            Event::Error => keeps_error,
            Event::Debug | Event::Return => keeps_debug,
            Event::Exit => false,
        };
        let kept = self
            .commands
            .iter()
            .filter(|(event, command)| keeps(event, command));
        let commands = kept.map(|(event, command)| (*event, command.clone()));
        Self {
            commands: Rc::new(commands.collect()),
            inherited: Rc::clone(&self.commands),
        }
    }

    /// The traps without those of the parent, which are not shown any more.
    pub fn shown_alone(self) -> Self {
        Self {
            inherited: Rc::default(),
            ..self
        }
    }
}
