//! The files that a shell runs before its script and at its end (bash manual, Bash Startup Files).

use std::ops::ControlFlow;

use super::Shell;
use super::ast::Text;
use super::flow::Jump;
use super::options::{SetOption, Shopt};
use super::parser;
use super::symbol::Symbol;

/// Of a login shell the first one that is there.
const PROFILES: [&str; 3] = [".bash_profile", ".bash_login", PROFILE];
/// The one that `sh` knows.
const PROFILE: &str = ".profile";

impl Shell {
    /// Runs the profiles of a login shell, and `BASH_ENV`. Gives the status with which one of them has ended the shell.
    pub(super) fn run_startup_files(&mut self) -> Option<i32> {
        if self.has_shopt(Shopt::LoginShell) && self.state.reads_profiles {
            let home = self.value(Symbol::HOME).unwrap_or_default();
            let is_sh = self.is_set(SetOption::Posix);
            let names = PROFILES.iter().filter(|name| !is_sh || **name == PROFILE);
            let mut of_user = names.map(|name| [&home[..], b"/", name.as_bytes()].concat());
            let own = of_user.find(|path| is_readable(path));
            for path in std::iter::once(b"/etc/profile".to_vec()).chain(own) {
                if let Some(status) = self.run_startup_file(&path) {
                    return Some(status);
                }
            }
        }
        if self.is_set(SetOption::Posix) {
            return None;
        }
        let path = self.value(Symbol::BASH_ENV)?;
        let word = parser::double_quoted(&path).ok()?;
        let path = match self.expand_text(&word) {
            ControlFlow::Continue(path) => path,
            ControlFlow::Break(Jump::Exit(status)) => return Some(status),
            ControlFlow::Break(_) => return None,
        };
        let path = match path.strip_prefix(b"~/") {
            Some(rest) => [
                &self.value(Symbol::HOME).unwrap_or_default(),
                &b"/"[..],
                rest,
            ]
            .concat(),
            None => path,
        };
        self.run_startup_file(&path)
    }

    /// Runs `~/.bash_logout`, once, when a login shell is told to exit.
    pub fn run_logout_file(&mut self) -> Option<i32> {
        if !self.has_shopt(Shopt::LoginShell) || self.state.subshells > 0 {
            return None;
        }
        self.state.options.set_shopt(Shopt::LoginShell, false);
        let home = self.value(Symbol::HOME).unwrap_or_default();
        self.run_startup_file(&[&home[..], b"/.bash_logout"].concat())
    }

    /// A file that cannot be read is as good as none.
    fn run_startup_file(&mut self, path: &Text) -> Option<i32> {
        if !is_readable(path) {
            return None;
        }
        match self.run_file(path, None) {
            ControlFlow::Break(Jump::Exit(status)) => Some(status),
            _ => None,
        }
    }
}

fn is_readable(path: &[u8]) -> bool {
    use crate::sys::OsStrExt;

    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    path.is_file() && std::fs::File::open(path).is_ok()
}
