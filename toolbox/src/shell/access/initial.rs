//! The variables that a shell has at its start.

use std::ffi::OsString;

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::options::SetOption;
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Associative, Indexed, Value, Variable};
use crate::sys::OsStringExt;
use crate::sys::process;

/// The version of bash that this shell behaves like.
const VERSION: &str = "5.2.15(1)-release";
const VERSION_INFO: [&str; 6] = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];

impl Shell {
    /// Imports the environment, and sets what bash sets.
    pub fn initialise_variables(&mut self) {
        for (name, value) in std::env::vars_os() {
            let name = name.into_vec();
            let is_name = matches!(
                parser::parameter_name(&name),
                Some(crate::shell::ast::Subject::Variable(_))
            );
            if is_name {
                let mut variable = Variable::scalar(OsString::into_vec(value));
                variable.attributes.exported = true;
                self.state.variables.set(Symbol::new(&name), variable);
            }
        }
        self.state.random_seed = initial_seed();
        self.state.started = super::super::special::now();
        let set = |shell: &mut Self, name: Symbol, value: &str| {
            shell.state.variables.set(name, Variable::scalar(value));
        };
        set(self, Symbol::IFS, " \t\n");
        set(self, Symbol::PS4, "+ ");
        set(self, Symbol::OPTIND, "1");
        set(self, Symbol::OPTERR, "1");
        set(self, Symbol::BASH, "/bin/bash");
        set(self, Symbol::BASH_VERSION, VERSION);
        set(self, Symbol::HOSTTYPE, "x86_64");
        set(self, Symbol::MACHTYPE, "x86_64-pc-linux-gnu");
        set(self, Symbol::OSTYPE, "linux-gnu");
        for (name, default) in [
            (Symbol::PATH, "/usr/local/bin:/usr/bin:/bin"),
            (Symbol::HOSTNAME, "sandbox"),
            (Symbol::SHELL, "/bin/bash"),
            (Symbol::TERM_NAME, "dumb"),
        ] {
            if self.state.variables.get(name).is_none() {
                set(self, name, default);
            }
        }
        let info = VERSION_INFO.map(Text::from);
        self.set_readonly(
            Symbol::BASH_VERSINFO,
            Value::Indexed(Indexed::from_iter(info)),
            false,
        );
        for (name, id) in [
            (Symbol::UID, 1000),
            (Symbol::EUID, 1000),
            (Symbol::PPID, process::parent_id().0),
        ] {
            self.set_readonly(name, Value::Scalar(id.to_string().into_bytes()), true);
        }
        // It is the shell's own from here on.
        self.state.variables.set_exported(Symbol::UNDERSCORE, false);
        for name in [Symbol::BASH_ALIASES, Symbol::BASH_CMDS] {
            self.state.variables.edit(name).value = Value::Associative(Associative::default());
        }
        self.count_level();
        self.set_directory();
    }

    fn set_readonly(&mut self, name: Symbol, value: Value, integer: bool) {
        let variable = self.state.variables.edit(name);
        variable.value = value;
        variable.attributes.readonly = true;
        variable.attributes.integer = integer;
    }

    /// `SHLVL`: one more than the parent's.
    fn count_level(&mut self) {
        let level = self
            .state
            .variables
            .get(Symbol::SHLVL)
            .and_then(|variable| {
                std::str::from_utf8(variable.text()?)
                    .ok()?
                    .trim()
                    .parse::<i64>()
                    .ok()
            });
        let level = level.unwrap_or(0).saturating_add(1).clamp(0, 999);
        let mut variable = Variable::scalar(level.to_string());
        variable.attributes.exported = true;
        self.state.variables.set(Symbol::SHLVL, variable);
    }

    /// `PWD`: what the environment says if it is right, else where we are.
    fn set_directory(&mut self) {
        if let Ok(directory) = std::env::current_dir() {
            let directory = directory.into_os_string().into_vec();
            let inherited = self
                .state
                .variables
                .get(Symbol::PWD)
                .and_then(Variable::text);
            if inherited != Some(&directory) && !self.is_here(inherited) {
                let mut variable = Variable::scalar(directory);
                variable.attributes.exported = true;
                self.state.variables.set(Symbol::PWD, variable);
            }
        }
        if self.state.variables.get(Symbol::OLDPWD).is_none() {
            self.state
                .variables
                .edit(Symbol::OLDPWD)
                .attributes
                .exported = true;
        }
    }

    /// Whether a path is that of the current directory.
    fn is_here(&self, path: Option<&Text>) -> bool {
        let Some(path) = path.filter(|path| path.starts_with(b"/")) else {
            return false;
        };
        let stat = |path: &[u8]| {
            let path = <std::ffi::OsStr as crate::sys::OsStrExt>::from_bytes(path);
            crate::sys::stat(path, crate::sys::Follow::Yes)
                .ok()
                .map(|stat| (stat.dev, stat.ino))
        };
        stat(path).is_some() && stat(path) == stat(b".")
    }

    /// Functions and options that POSIX mode changes are told of by this variable.
    pub fn enter_posix_mode(&mut self) {
        self.state.options.set(SetOption::Posix, true);
        self.state.variables.edit(Symbol::POSIXLY_CORRECT).value = Value::Scalar(b"y".to_vec());
    }
}

/// What pseudo-random numbers begin with.
fn initial_seed() -> u32 {
    let now = super::super::special::now();
    (now as u32) ^ process::id().0.wrapping_mul(0x9e37_79b9)
}
