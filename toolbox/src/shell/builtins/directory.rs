//! `cd` and `pwd`.

use std::ffi::OsStr;
use std::io;

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::{SetOption, Shopt};
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;
use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt};

/// How a directory is to be entered.
#[derive(Clone, Copy)]
struct Way {
    /// `-P`: its path has no links.
    physical: bool,
    /// `-e`: it is a failure if that path cannot be found out.
    strict: bool,
}

/// What a shell sees that no longer can tell where it is.
const LOST: &str = "error retrieving current directory: getcwd: cannot access parent directories: ";

pub fn cd(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut way = Way {
        physical: shell.is_set(SetOption::Physical),
        strict: false,
    };
    let mut letters = Letters::new(args, "LPe@");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'L' => way.physical = false,
                b'P' => way.physical = true,
                b'e' => way.strict = true,
                _ => {}
            },
            Err(flow) => return flow,
        }
    }
    match letters.operands() {
        [] => match shell.value(Symbol::HOME) {
            Some(home) => shell.change_directory("cd", &home, way),
            None => {
                shell.complain_as("cd", "HOME not set");
                Flow::Continue(1)
            }
        },
        [target] => change(shell, "cd", target, way),
        _ => {
            shell.complain_as("cd", "too many arguments");
            Flow::Continue(1)
        }
    }
}

/// Goes where an operand of a builtin says.
pub fn enter(shell: &mut Shell, builtin: &str, target: &[u8]) -> Flow {
    let way = Way {
        physical: shell.is_set(SetOption::Physical),
        strict: false,
    };
    change(shell, builtin, target, way)
}

fn change(shell: &mut Shell, builtin: &str, target: &[u8], way: Way) -> Flow {
    if target != b"-" {
        return shell.change_directory(builtin, target, way);
    }
    let Some(before) = shell.value(Symbol::OLDPWD) else {
        shell.complain_as(builtin, "OLDPWD not set");
        return Flow::Continue(1);
    };
    let entered = shell.go(&before, way);
    shell.entered(builtin, &before, entered, |_| Some(before.clone()))
}

impl Shell {
    fn change_directory(&mut self, builtin: &str, target: &[u8], way: Way) -> Flow {
        if let Some((found, prints)) = in_cdpath(self, target) {
            let entered = self.go(&found, way);
            return self.entered(builtin, target, entered, |shell| {
                let shown = match way.physical {
                    true => found,
                    false => shell.state.directory.clone(),
                };
                prints.then_some(shown)
            });
        }
        let entered = self.go(target, way);
        if entered.is_err()
            && self.has_shopt(Shopt::CdableVars)
            && let Some(value) = self.value(Symbol::new(target))
        {
            let by_value = self.go(&value, way);
            if by_value.is_ok() {
                return self.entered(builtin, target, by_value, |_| Some(value));
            }
        }
        self.entered(builtin, target, entered, |_| None)
    }

    /// Prints the directory that was entered, and sets the variables; or complains.
    fn entered(
        &mut self,
        builtin: &str,
        target: &[u8],
        entered: io::Result<bool>,
        shown: impl FnOnce(&Self) -> Option<Text>,
    ) -> Flow {
        let is_known = match entered {
            Ok(is_known) => is_known,
            Err(error) => {
                let text = sys::error_text(&error);
                self.complain_as(builtin, [target, b": ", text.as_bytes()].concat());
                return Flow::Continue(1);
            }
        };
        if let Some(mut line) = shown(self) {
            line.push(b'\n');
            self.out().extend(line);
        }
        let before = self.value(Symbol::PWD);
        let is_set = self.set_directory_variable(Symbol::OLDPWD, before)?;
        let now = self.state.directory.clone();
        let is_set = self.set_directory_variable(Symbol::PWD, Some(now))? && is_set;
        Flow::Continue(i32::from(!is_set || !is_known))
    }

    /// A readonly variable stays, and the directory has changed all the same.
    fn set_directory_variable(&mut self, name: Symbol, value: Option<Text>) -> Flow<bool> {
        if self.attributes(name).readonly {
            self.complain([&name.name()[..], b": readonly variable"].concat());
            return Flow::Continue(false);
        }
        match value {
            Some(value) => self.assign(name, value)?,
            None => self.state.variables.edit(name).value = Value::Unset,
        }
        Flow::Continue(true)
    }

    /// Makes a directory the current one. Says whether it is known as it should be.
    fn go(&mut self, target: &[u8], way: Way) -> io::Result<bool> {
        if target.is_empty() {
            return Ok(true);
        }
        let before = match self.state.directory.is_empty() {
            true => current()?,
            false => self.state.directory.clone(),
        };
        let logical = normalised(&before, target);
        if !way.physical
            && let Some(path) = logical
        {
            match enter_path(&path) {
                Ok(()) => {
                    self.state.directory = path;
                    return Ok(true);
                }
                // The shell is in a directory that is gone, and stays in it.
                Err(error) if path == before && error.kind() == io::ErrorKind::NotFound => {
                    let text = sys::error_text(&error);
                    self.write_error(format!("cd: {LOST}{text}\n").as_bytes());
                    return Ok(true);
                }
                // A logical path that is not there may still be a physical one.
                Err(error) => enter_path(target).map_err(|_| error)?,
            }
        } else {
            enter_path(target)?;
        }
        match current() {
            Ok(path) => self.state.directory = path,
            Err(error) => {
                let text = sys::error_text(&error);
                let (what, path) = match way.physical {
                    true => ("cd", joined(&before, target)),
                    false => ("chdir", target.to_vec()),
                };
                self.write_error(format!("{what}: {LOST}{text}\n").as_bytes());
                self.state.directory = path;
                return Ok(!(way.physical && way.strict));
            }
        }
        Ok(true)
    }
}

/// A directory below one of CDPATH; whether that is to be printed.
fn in_cdpath(shell: &mut Shell, target: &[u8]) -> Option<(Text, bool)> {
    let is_relative = !target.starts_with(b"/")
        && !matches!(target, b"." | b"..")
        && !target.starts_with(b"./")
        && !target.starts_with(b"../");
    if !is_relative {
        return None;
    }
    let path = shell.value(Symbol::CDPATH)?;
    path.split(|byte| *byte == b':').find_map(|directory| {
        let (candidate, prints) = match directory {
            b"" | b"." => (target.to_vec(), false),
            _ => ([directory, b"/", target].concat(), true),
        };
        is_directory(&candidate).then_some((candidate, prints))
    })
}

fn is_directory(path: &[u8]) -> bool {
    sys::stat(OsStr::from_bytes(path), Follow::Yes)
        .is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Directory)
}

fn enter_path(path: &[u8]) -> io::Result<()> {
    let name = OsStr::from_bytes(path);
    let stat = sys::stat(name, Follow::Yes)?;
    if FileKind::of_mode(stat.mode) != FileKind::Directory {
        return Err(io::Error::from_raw_os_error(libc::ENOTDIR));
    }
    if stat.mode & 0o111 == 0 {
        return Err(io::Error::from_raw_os_error(libc::EACCES));
    }
    std::env::set_current_dir(name)
}

fn current() -> io::Result<Text> {
    let directory = std::env::current_dir()?.into_os_string().into_vec();
    match std::fs::canonicalize(OsStr::from_bytes(&directory)) {
        Ok(path) => Ok(path.into_os_string().into_vec()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        Err(_) => Ok(directory),
    }
}

/// A target seen from a directory.
pub fn joined(directory: &[u8], target: &[u8]) -> Text {
    let between: &[u8] = if directory.ends_with(b"/") { b"" } else { b"/" };
    match target.starts_with(b"/") {
        true => target.to_vec(),
        false => [directory, between, target].concat(),
    }
}

/// The path of a target seen from a directory, without `.` and `..`; none if what `..` leaves is no directory.
fn normalised(directory: &[u8], target: &[u8]) -> Option<Text> {
    let full = joined(directory, target);
    // Where a directory is lost, its name may be a relative one.
    if !full.starts_with(b"/") {
        return None;
    }
    // POSIX leaves open what two slashes mean, so that they stay; three are like one.
    let root: &[u8] = match full.starts_with(b"//") && !full.starts_with(b"///") {
        true => b"//",
        false => b"/",
    };
    let mut names: Vec<&[u8]> = Vec::new();
    for name in full.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => {
                let path = [root, names.join(&b'/').as_slice()].concat();
                // The one that the shell is in may be gone.
                if path != directory && !is_directory(&path) {
                    return None;
                }
                names.pop();
            }
            name => names.push(name),
        }
    }
    Some([root, names.join(&b'/').as_slice()].concat())
}

pub fn pwd(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut physical = shell.is_set(SetOption::Physical);
    let mut letters = Letters::new(args, "LP");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => physical = given.letter == b'P',
            Err(flow) => return flow,
        }
    }
    let known = shell.state.directory.clone();
    let is_good =
        !known.is_empty() && !physical && (!shell.is_posix() || is_current_directory(&known));
    let path = match is_good {
        true => known,
        false => match current() {
            Ok(path) => path,
            Err(error) => {
                let text = sys::error_text(&error);
                shell.write_error(format!("pwd: {LOST}{text}\n").as_bytes());
                return Flow::Continue(1);
            }
        },
    };
    shell.out().extend(path);
    shell.out().push(b'\n');
    Flow::Continue(0)
}

fn is_current_directory(path: &[u8]) -> bool {
    let identity = |path: &[u8]| {
        let stat = sys::stat(OsStr::from_bytes(path), Follow::Yes).ok()?;
        Some((stat.dev, stat.ino))
    };
    identity(path).is_some_and(|found| identity(b".") == Some(found))
}
