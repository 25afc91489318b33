//! The variables that a shell starts with: the environment's, and those that bash sets.

use std::path::{Path, PathBuf};

use super::is_name;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::options::{SetOption, Shopt};
use crate::shell::symbol::Symbol;
use crate::shell::value::{Attributes, Indexed, Value, Variable};
use crate::sys::process;
use crate::sys::{OsStrExt, OsStringExt};

/// The version of bash that the shell behaves like.
pub const VERSION: &str = "5.2.15(1)-release";
const VERSION_PARTS: [&str; 6] = ["5", "2", "15", "1", "release", MACHINE];
const MACHINE: &str = "x86_64-pc-linux-gnu";
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const LOADABLES_PATH: &str =
    "/usr/local/lib/bash:/usr/lib/bash:/opt/local/lib/bash:/usr/pkg/lib/bash:/opt/pkg/lib/bash:.";

/// A shell that is started as deep as this starts to count again.
const TOO_DEEP: i64 = 1000;

/// A function that `export -f` has put into the environment: `BASH_FUNC_name%%=() {…}`.
pub struct ImportedFunction {
    pub name: Text,
    /// The definition, as a script has it.
    pub definition: Text,
}

impl ImportedFunction {
    fn new(name: &[u8], value: &[u8]) -> Option<Self> {
        let name = name.strip_prefix(b"BASH_FUNC_")?.strip_suffix(b"%%")?;
        value.starts_with(b"() {").then(|| Self {
            name: name.to_vec(),
            definition: [name, b" ", value].concat(),
        })
    }
}

impl Shell {
    /// Imports the environment, and sets what bash sets. Gives the functions that the environment holds, which are
    /// for the parser.
    pub fn initialise_variables(&mut self) -> Vec<ImportedFunction> {
        let functions = self.import_environment();
        self.set_where_missing(Symbol::PATH, DEFAULT_PATH);
        self.set_where_missing(Symbol::TERM_NAME, "dumb");
        self.set_where_missing(Symbol::SHELL, "/bin/bash");
        self.set_where_missing(Symbol::PS4, "+ ");
        self.set_where_missing(Symbol::BASH_LOADABLES_PATH, LOADABLES_PATH);
        self.set_where_missing(Symbol::HOSTNAME, "sandbox");
        self.set_where_missing(Symbol::HOSTTYPE, "x86_64");
        self.set_where_missing(Symbol::MACHTYPE, MACHINE);
        self.set_where_missing(Symbol::OSTYPE, "linux-gnu");
        self.reset(Symbol::IFS, " \t\n");
        self.reset(Symbol::OPTERR, "1");
        self.reset(Symbol::OPTIND, "1");
        self.state.variables.edit(Symbol::OPTIND).attributes.integer = true;
        self.reset(Symbol::BASH, "/bin/bash");
        self.reset(Symbol::BASH_VERSION, VERSION);
        let parts = VERSION_PARTS.map(|part| part.as_bytes().to_vec());
        self.set_readonly(
            Symbol::BASH_VERSINFO,
            Value::Indexed(Indexed::from_iter(parts)),
            false,
        );
        let (user, effective) = user_ids();
        self.set_readonly(Symbol::UID, number(user), true);
        self.set_readonly(Symbol::EUID, number(effective), true);
        self.set_readonly(Symbol::PPID, number(process::parent_id().0), true);
        self.set_level();
        self.set_directories();
        let name = self.state.name.clone();
        self.set_where_missing(Symbol::UNDERSCORE, name);
        self.state
            .variables
            .edit(Symbol::UNDERSCORE)
            .attributes
            .exported = false;
        self.start_clock();
        self.note_locale();
        self.declare_computed();
        functions
    }

    fn import_environment(&mut self) -> Vec<ImportedFunction> {
        let mut functions = Vec::new();
        for (name, value) in std::env::vars_os() {
            let (name, value) = (name.into_vec(), value.into_vec());
            if let Some(function) = ImportedFunction::new(&name, &value) {
                functions.push(function);
                continue;
            }
            match name.as_slice() {
                b"SHELLOPTS" => {
                    for name in names_in(&value) {
                        match SetOption::from_name(name) {
                            Some(option) => self.state.options.set(option, true),
                            None => self.complain([name, b": invalid option name"].concat()),
                        }
                    }
                }
                b"BASHOPTS" => {
                    for option in names_in(&value).filter_map(Shopt::from_name) {
                        self.state.options.set_shopt(option, true);
                    }
                }
                b"POSIXLY_CORRECT" => self.state.options.set(SetOption::Posix, true),
                // A shell that is not interactive has no prompts.
                b"PS1" | b"PS2" => continue,
                _ => {}
            }
            // What is no name cannot be seen by scripts, but programs get it.
            let mut variable = Variable::scalar(value);
            variable.attributes.exported = true;
            self.state.variables.set(Symbol::new(&name), variable);
        }
        functions
    }

    fn set_where_missing(&mut self, name: Symbol, value: impl Into<Text>) {
        if self.state.variables.get(name).is_none() {
            self.state.variables.set(name, Variable::scalar(value));
        }
    }

    /// Sets a value that the environment cannot set; a variable of the environment stays exported.
    fn reset(&mut self, name: Symbol, value: &str) {
        self.state.variables.edit(name).value = Value::Scalar(value.into());
    }

    fn set_readonly(&mut self, name: Symbol, value: Value, integer: bool) {
        let attributes = Attributes {
            readonly: true,
            integer,
            ..Attributes::default()
        };
        self.state
            .variables
            .set(name, Variable { value, attributes });
    }

    /// `SHLVL`
    fn set_level(&mut self) {
        let before = self.state.variables.get(Symbol::SHLVL);
        let before = before.and_then(|variable| {
            let text = std::str::from_utf8(variable.text()?).ok()?;
            text.trim().parse::<i64>().ok()
        });
        let mut level = before.unwrap_or(0).saturating_add(1).max(0);
        if level >= TOO_DEEP {
            let name = self.state.name.clone();
            let warning = format!(": warning: shell level ({level}) too high, resetting to 1\n");
            self.write_error(&[&name[..], warning.as_bytes()].concat());
            level = 1;
        }
        let mut variable = Variable::scalar(level.to_string());
        variable.attributes.exported = true;
        self.state.variables.set(Symbol::SHLVL, variable);
    }

    fn set_directories(&mut self) {
        let given = self.state.variables.get(Symbol::PWD);
        let given = given.and_then(Variable::text);
        let current = working_directory(given);
        self.state.directory = current.clone().unwrap_or_default();
        let mut variable = Variable {
            value: current.map_or(Value::Unset, Value::Scalar),
            attributes: Attributes::default(),
        };
        variable.attributes.exported = true;
        self.state.variables.set(Symbol::PWD, variable);
        let is_directory = |text: &Text| Path::new(std::ffi::OsStr::from_bytes(text)).is_dir();
        let before = self.state.variables.edit(Symbol::OLDPWD);
        before.attributes.exported = true;
        if !before.text().is_some_and(is_directory) {
            before.value = Value::Unset;
        }
    }
}

/// The names of a list like that of `SHELLOPTS`.
fn names_in(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let names = list.split(|&byte| byte == b':');
    names.filter(|name| !name.is_empty())
}

fn number(number: u32) -> Value {
    Value::Scalar(number.to_string().into_bytes())
}

/// The directory that the shell runs in, under the name that the environment gives it if that is right.
fn working_directory(given: Option<&Text>) -> Option<Text> {
    let given = given.filter(|path| path.first() == Some(&b'/'));
    // A guest gets it as its starter named it, which may be by way of a link.
    let current = std::env::current_dir().ok()?;
    if let Some(given) = given
        && given == current.as_os_str().as_bytes()
    {
        return Some(given.clone());
    }
    let current = current.canonicalize().unwrap_or(current);
    let is_current = |path: &Text| {
        let path = PathBuf::from(std::ffi::OsString::from_vec(path.clone()));
        path.canonicalize().is_ok_and(|path| path == current)
    };
    if let Some(given) = given.filter(|given| is_current(given)) {
        return Some(given.clone());
    }
    Some(current.into_os_string().into_vec())
}

/// The numbers of the user and of whom the process acts for.
pub(super) fn user_ids() -> (u32, u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let user = std::fs::metadata("/proc/self").map_or(1000, |metadata| metadata.uid());
        (user, user)
    }
    #[cfg(not(unix))]
    {
        (1000, 1000)
    }
}

/// Whether a name of a variable can be written in a script; those of the environment need not.
pub fn is_seen_by_scripts(name: Symbol) -> bool {
    is_name(&name.name())
}
