//! `~`

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::symbol::Symbol;

/// The home of the sandbox's user.
const HOME: &[u8] = b"/home/agent";

impl Shell {
    /// What `~name` stands for; itself if there is no such user.
    pub(super) fn expand_tilde(&mut self, name: &[u8]) -> Text {
        let found = match name {
            b"" => Some(self.value(Symbol::HOME).unwrap_or_else(|| HOME.to_vec())),
            b"+" => self.value(Symbol::PWD),
            b"-" => self.value(Symbol::OLDPWD),
            b"agent" => Some(HOME.to_vec()),
            b"root" => Some(b"/root".to_vec()),
            _ => self.stacked_directory(name),
        };
        found.unwrap_or_else(|| [b"~", name].concat())
    }

    /// `~2` and `~-1`: a directory of the stack.
    fn stacked_directory(&mut self, name: &[u8]) -> Option<Text> {
        let (from_end, digits) = match name {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let number: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let count = self.state.directories.len();
        let at = if from_end { count.checked_sub(number)? } else { number };
        match at {
            0 => self.value(Symbol::PWD),
            _ => self.state.directories.get(at - 1).cloned(),
        }
    }
}
