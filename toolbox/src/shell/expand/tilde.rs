//! `~`, `~name`, `~+`, `~-` and `~N`.

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::symbol::Symbol;

impl Shell {
    /// The directory that a tilde with a name behind it stands for; itself, if there is none.
    pub(super) fn home_of(&mut self, name: &[u8]) -> Text {
        let directory = match name {
            b"" => Some(
                self.value(Symbol::HOME)
                    .unwrap_or_else(|| home(None).unwrap_or_default()),
            ),
            b"+" => self.value(Symbol::PWD),
            b"-" => self.value(Symbol::OLDPWD),
            _ => self.stacked_directory(name).or_else(|| home(Some(name))),
        };
        directory.unwrap_or_else(|| [b"~", name].concat())
    }

    /// `~1`, `~+1` and `~-1`: from the left or the right of `dirs`.
    fn stacked_directory(&mut self, name: &[u8]) -> Option<Text> {
        let (digits, from_end) = match name {
            [b'-', digits @ ..] => (digits, true),
            [b'+', digits @ ..] => (digits, false),
            digits => (digits, false),
        };
        let number: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let others = self.state.directories.len();
        let place = if from_end {
            others.checked_sub(number)?
        } else {
            number
        };
        match place.checked_sub(1) {
            None => self.value(Symbol::PWD),
            Some(place) => self.state.directories.get(place).cloned(),
        }
    }
}

/// The home directory of a user, or of the one that runs the shell.
fn home(name: Option<&[u8]>) -> Option<Text> {
    let users = std::fs::read("/etc/passwd").ok()?;
    let is_meant = |fields: &[&[u8]]| match name {
        Some(name) => fields[0] == name,
        None => fields[2] == crate::shell::access::user_number().as_bytes(),
    };
    users.split(|&byte| byte == b'\n').find_map(|line| {
        let fields: Vec<_> = line.split(|&byte| byte == b':').collect();
        (fields.len() > 5 && is_meant(&fields)).then(|| fields[5].to_vec())
    })
}
