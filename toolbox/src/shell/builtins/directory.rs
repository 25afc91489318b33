//! `cd`, `pwd`, `pushd`, `popd` and `dirs`.

use std::ffi::OsStr;
use std::rc::Rc;

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::{SetOption, Shopt};
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;
use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt};

pub fn cd(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut physical = shell.is_set(SetOption::Physical);
    let mut letters = Letters::new(args, "LPe@");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'L' => physical = false,
                b'P' => physical = true,
                _ => {}
            },
            Err(flow) => return flow,
        }
    }
    let operands = letters.operands();
    if operands.len() > 1 {
        shell.complain_as("cd", "too many arguments");
        return Flow::Continue(1);
    }
    let mut prints = false;
    let target = match operands.first().map(Vec::as_slice) {
        None => match shell.value(Symbol::HOME) {
            Some(home) => home,
            None => {
                shell.complain_as("cd", "HOME not set");
                return Flow::Continue(1);
            }
        },
        Some(b"-") => match shell.value(Symbol::OLDPWD) {
            Some(old) => {
                prints = true;
                old
            }
            None => {
                shell.complain_as("cd", "OLDPWD not set");
                return Flow::Continue(1);
            }
        },
        Some(target) => target.to_vec(),
    };
    let mut tried = target.clone();
    if let Some(found) = in_cdpath(shell, &target) {
        prints |= found.1;
        tried = found.0;
    } else if shell.has_shopt(Shopt::CdableVars)
        && !is_directory(&target)
        && let Some(value) = shell.value(Symbol::new(&target))
    {
        prints = true;
        tried = value;
    }
    match shell.enter(&tried, physical) {
        Ok(()) => {}
        Err(error) => {
            let text = sys::error_text(&error);
            shell.complain_as("cd", [target.as_slice(), b": ", text.as_bytes()].concat());
            return Flow::Continue(1);
        }
    }
    if prints {
        let mut line = shell.value(Symbol::PWD).unwrap_or_default();
        line.push(b'\n');
        shell.out().extend(line);
    }
    Flow::Continue(0)
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

impl Shell {
    /// Makes a directory the current one, and sets PWD and OLDPWD.
    fn enter(&mut self, target: &[u8], physical: bool) -> std::io::Result<()> {
        let before = match self.value(Symbol::PWD) {
            Some(directory) if directory.starts_with(b"/") => directory,
            _ => current()?,
        };
        if target.is_empty() {
            return Ok(());
        }
        let logical = if physical {
            None
        } else {
            normalised(&before, target)
        };
        let entered = match &logical {
            Some(path) => enter_path(path),
            None => enter_path(target),
        };
        let mut is_physical = logical.is_none();
        if let Err(error) = entered {
            // A logical path that is not there may still be a physical one.
            if is_physical || enter_path(target).is_err() {
                return Err(error);
            }
            is_physical = true;
        }
        let now = match logical {
            Some(path) if !is_physical => path,
            _ => current()?,
        };
        self.set_directory_variable(Symbol::OLDPWD, before);
        self.set_directory_variable(Symbol::PWD, now);
        Ok(())
    }

    fn set_directory_variable(&mut self, name: Symbol, value: Text) {
        // A readonly PWD stays, and the directory changes all the same.
        if !self.attributes(name).readonly {
            let exported =
                self.attributes(name).exported || self.state.variables.get(name).is_none();
            self.state.variables.edit(name).value = Value::Scalar(value);
            self.state.variables.set_exported(name, exported);
        }
    }
}

fn enter_path(path: &[u8]) -> std::io::Result<()> {
    let name = OsStr::from_bytes(path);
    let stat = sys::stat(name, Follow::Yes)?;
    if FileKind::of_mode(stat.mode) != FileKind::Directory {
        return Err(std::io::Error::from_raw_os_error(libc::ENOTDIR));
    }
    if stat.mode & 0o111 == 0 {
        return Err(std::io::Error::from_raw_os_error(libc::EACCES));
    }
    std::env::set_current_dir(name)
}

fn current() -> std::io::Result<Text> {
    let directory = std::env::current_dir()?.into_os_string().into_vec();
    Ok(std::fs::canonicalize(OsStr::from_bytes(&directory))
        .map_or(directory, |path| path.into_os_string().into_vec()))
}

/// The path of a target seen from a directory, without `.` and `..`; none if what `..` leaves is no directory.
fn normalised(directory: &[u8], target: &[u8]) -> Option<Text> {
    let full = match target.starts_with(b"/") {
        true => target.to_vec(),
        false => [directory, b"/", target].concat(),
    };
    let mut names: Vec<&[u8]> = Vec::new();
    for name in full.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => {
                let path = [b"/", names.join(&b'/').as_slice()].concat();
                if !is_directory(&path) {
                    return None;
                }
                names.pop();
            }
            name => names.push(name),
        }
    }
    let mut path = Text::new();
    for name in names {
        path.push(b'/');
        path.extend_from_slice(name);
    }
    if path.is_empty() {
        path.push(b'/');
    }
    Some(path)
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
    let logical = shell
        .value(Symbol::PWD)
        .filter(|path| path.starts_with(b"/"));
    let path = match logical {
        Some(path) if !physical => path,
        _ => match current() {
            Ok(path) => path,
            Err(error) => {
                let text = sys::error_text(&error);
                shell.complain_as("pwd", format!("error retrieving current directory: {text}"));
                return Flow::Continue(1);
            }
        },
    };
    shell.out().extend(path);
    shell.out().push(b'\n');
    Flow::Continue(0)
}

pub fn dirs(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut clears, mut long, mut lines, mut numbers) = (false, false, false, false);
    let mut index = None;
    for arg in &args[1..] {
        match arg.as_slice() {
            [sign @ (b'+' | b'-'), digits @ ..]
                if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
            {
                let number = std::str::from_utf8(digits)
                    .ok()
                    .and_then(|text| text.parse::<usize>().ok());
                index = number.map(|number| (*sign == b'+', number));
            }
            [b'-', letters @ ..] if !letters.is_empty() => {
                for letter in letters {
                    match letter {
                        b'c' => clears = true,
                        b'l' => long = true,
                        b'p' => lines = true,
                        b'v' => {
                            lines = true;
                            numbers = true;
                        }
                        _ => {
                            shell.complain_as(
                                "dirs",
                                format!("-{}: invalid option", char::from(*letter)),
                            );
                            return shell.misused(b"dirs");
                        }
                    }
                }
            }
            _ => {
                shell.complain_as("dirs", [arg.as_slice(), b": invalid option"].concat());
                return shell.misused(b"dirs");
            }
        }
    }
    if clears {
        shell.state.directories = Rc::default();
        return Flow::Continue(0);
    }
    let stack = stack(shell);
    let home = shell.value(Symbol::HOME).unwrap_or_default();
    let shown = |path: &Text| match path.strip_prefix(home.as_slice()) {
        Some(rest) if !long && !home.is_empty() && (rest.is_empty() || rest[0] == b'/') => {
            [b"~", rest].concat()
        }
        _ => path.clone(),
    };
    if let Some((from_start, number)) = index {
        let at = if from_start {
            Some(number)
        } else {
            (stack.len() - 1).checked_sub(number)
        };
        return match at.and_then(|at| stack.get(at)) {
            Some(path) => {
                let line = [shown(path).as_slice(), b"\n"].concat();
                shell.out().extend(line);
                Flow::Continue(0)
            }
            None => {
                shell.complain_as(
                    "dirs",
                    format!("{number}: directory stack index out of range"),
                );
                Flow::Continue(1)
            }
        };
    }
    let mut text = Text::new();
    for (at, path) in stack.iter().enumerate() {
        if numbers {
            text.extend(format!("{at:2}  ").bytes());
        } else if at > 0 && !lines {
            text.push(b' ');
        }
        text.extend(shown(path));
        if lines {
            text.push(b'\n');
        }
    }
    if !lines {
        text.push(b'\n');
    }
    shell.out().extend(text);
    Flow::Continue(0)
}

/// All directories, the current one first.
fn stack(shell: &mut Shell) -> Vec<Text> {
    let current = shell.value(Symbol::PWD).unwrap_or_default();
    std::iter::once(current)
        .chain(shell.state.directories.iter().cloned())
        .collect()
}

pub fn pushd(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut stays, mut target) = (false, None);
    for arg in &args[1..] {
        match arg.as_slice() {
            b"-n" => stays = true,
            b"--" => {}
            _ if target.is_none() => target = Some(arg.clone()),
            _ => {
                shell.complain_as("pushd", "too many arguments");
                return Flow::Continue(1);
            }
        }
    }
    let mut all = stack(shell);
    match target {
        None => {
            if all.len() < 2 {
                shell.complain_as("pushd", "no other directory");
                return Flow::Continue(1);
            }
            all.swap(0, 1);
        }
        Some(target) => match rotation(&target, all.len()) {
            Rotation::By(count) => all.rotate_left(count),
            Rotation::OutOfRange => {
                shell.complain_as(
                    "pushd",
                    [target.as_slice(), b": directory stack index out of range"].concat(),
                );
                return Flow::Continue(1);
            }
            Rotation::None if target.len() > 1 && target.starts_with(b"-") => {
                shell.complain_as("pushd", [target.as_slice(), b": invalid option"].concat());
                return shell.misused(b"pushd");
            }
            Rotation::None if stays => {
                Rc::make_mut(&mut shell.state.directories).insert(0, target);
                return dirs(shell, &[b"dirs".to_vec()]);
            }
            Rotation::None => {
                let before = all.clone();
                if let Err(error) = shell.enter(&target, false) {
                    let text = sys::error_text(&error);
                    shell.complain_as(
                        "pushd",
                        [target.as_slice(), b": ", text.as_bytes()].concat(),
                    );
                    return Flow::Continue(1);
                }
                shell.state.directories = Rc::new(before);
                return dirs(shell, &[b"dirs".to_vec()]);
            }
        },
    }
    if !stays && let Err(error) = shell.enter(&all[0], false) {
        let text = sys::error_text(&error);
        shell.complain_as(
            "pushd",
            [all[0].as_slice(), b": ", text.as_bytes()].concat(),
        );
        return Flow::Continue(1);
    }
    all.remove(0);
    shell.state.directories = Rc::new(all);
    dirs(shell, &[b"dirs".to_vec()])
}

enum Rotation {
    By(usize),
    OutOfRange,
    None,
}

/// What `+N` and `-N` mean for a stack.
fn rotation(text: &[u8], len: usize) -> Rotation {
    let (from_start, digits) = match text {
        [b'+', digits @ ..] => (true, digits),
        [b'-', digits @ ..] => (false, digits),
        _ => return Rotation::None,
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Rotation::None;
    }
    let number = std::str::from_utf8(digits)
        .ok()
        .and_then(|text| text.parse::<usize>().ok());
    match number.filter(|number| *number < len) {
        Some(number) if from_start => Rotation::By(number),
        Some(number) => Rotation::By(len - 1 - number),
        None => Rotation::OutOfRange,
    }
}

pub fn popd(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut stays, mut target) = (false, None);
    for arg in &args[1..] {
        match arg.as_slice() {
            b"-n" => stays = true,
            b"--" => {}
            _ => target = Some(arg.clone()),
        }
    }
    let mut all = stack(shell);
    if all.len() < 2 {
        shell.complain_as("popd", "directory stack empty");
        return Flow::Continue(1);
    }
    let at = match &target {
        None => usize::from(stays),
        Some(target) => match rotation(target, all.len()) {
            Rotation::By(at) => at,
            Rotation::OutOfRange => {
                shell.complain_as(
                    "popd",
                    [target.as_slice(), b": directory stack index out of range"].concat(),
                );
                return Flow::Continue(1);
            }
            Rotation::None => {
                shell.complain_as("popd", [target.as_slice(), b": invalid argument"].concat());
                return shell.misused(b"popd");
            }
        },
    };
    all.remove(at);
    if at == 0
        && !stays
        && let Err(error) = shell.enter(&all[0], false)
    {
        let text = sys::error_text(&error);
        shell.complain_as("popd", [all[0].as_slice(), b": ", text.as_bytes()].concat());
        return Flow::Continue(1);
    }
    all.remove(0);
    shell.state.directories = Rc::new(all);
    dirs(shell, &[b"dirs".to_vec()])
}
