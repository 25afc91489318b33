//! `break`, `continue`, `return`, `exit`, `eval`, `source` and `exec`: builtins that decide where control goes.

use std::ffi::OsStr;
use std::ops::ControlFlow;

use super::directory::joined;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::exec::{ExecOptions, Found, NOT_EXECUTABLE, NOT_FOUND, NotStarted};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::shell::script::TextSource;
use crate::shell::traps::Event;
use crate::sys::{self, FileKind, Follow, OsStrExt};

pub fn break_loop(shell: &mut Shell, args: &[Text]) -> Flow {
    leave(shell, args, Jump::Break)
}

pub fn continue_loop(shell: &mut Shell, args: &[Text]) -> Flow {
    leave(shell, args, Jump::Continue)
}

fn leave(shell: &mut Shell, args: &[Text], jump: fn(usize) -> Jump) -> Flow {
    let args = operands(args);
    let name = args[0].as_slice();
    if shell.loops == 0 {
        shell.complain_as(name, "only meaningful in a `for', `while', or `until' loop");
        return Flow::Continue(0);
    }
    let levels = match args.get(1) {
        None => 1,
        Some(text) => match number(text) {
            Some(levels) if levels > 0 => usize::try_from(levels).unwrap_or(usize::MAX),
            Some(_) => {
                shell.complain_as(
                    name,
                    [text.as_slice(), b": loop count out of range"].concat(),
                );
                if shell.is_set(SetOption::ErrExit) && !shell.in_condition {
                    return ControlFlow::Break(Jump::Exit(1));
                }
                shell.state.status = 1;
                return ControlFlow::Break(Jump::Break(shell.loops));
            }
            None => {
                shell.complain_as(
                    name,
                    [text.as_slice(), b": numeric argument required"].concat(),
                );
                return ControlFlow::Break(Jump::Exit(128));
            }
        },
    };
    if args.len() > 2 {
        shell.complain_as(name, "too many arguments");
        return too_many();
    }
    shell.state.status = 0;
    ControlFlow::Break(jump(levels.min(shell.loops)))
}

pub fn return_from(shell: &mut Shell, args: &[Text]) -> Flow {
    let args = operands(args);
    let status = match status_argument(shell, &args) {
        Ok(status) => status,
        Err(TooMany) => return too_many(),
    };
    if !shell.state.calls.is_returnable() {
        shell.complain_as(
            "return",
            "can only `return' from a function or sourced script",
        );
        return Flow::Continue(2);
    }
    ControlFlow::Break(Jump::Return(status))
}

pub fn exit(shell: &mut Shell, args: &[Text]) -> Flow {
    let args = operands(args);
    match status_argument(shell, &args) {
        Ok(status) => {
            let status = shell.run_logout_file().unwrap_or(status);
            shell.is_exiting = true;
            ControlFlow::Break(Jump::Exit(status))
        }
        Err(TooMany) => too_many(),
    }
}

struct TooMany;

fn too_many() -> Flow {
    ControlFlow::Break(Jump::Discard(Error::Text, 1))
}

/// The status that `return` and `exit` are given; without one it is that of the last command.
fn status_argument(shell: &mut Shell, args: &[&Text]) -> Result<i32, TooMany> {
    let name = args[0].as_slice();
    let Some(text) = args.get(1) else {
        // In a trap, it is the one from before the trap; a subshell in it has its own.
        let (before, subshells) = shell.status_before_trap;
        return Ok(match shell.running_traps.last() {
            Some(Event::Exit | Event::Signal(_)) if subshells == shell.state.subshells => before,
            _ => shell.state.status,
        });
    };
    let Some(number) = number(text) else {
        shell.complain_as(
            name,
            [text.as_slice(), b": numeric argument required"].concat(),
        );
        return Ok(2);
    };
    if args.len() > 2 {
        shell.complain_as(name, "too many arguments");
        return Err(TooMany);
    }
    Ok((number & 0xff) as i32)
}

/// The arguments without a `--` before them.
fn operands(args: &[Text]) -> Vec<&Text> {
    let skips = args.get(1).is_some_and(|arg| arg == b"--");
    args.iter()
        .enumerate()
        .filter(|(at, _)| !(skips && *at == 1))
        .map(|(_, arg)| arg)
        .collect()
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

pub fn eval(shell: &mut Shell, args: &[Text]) -> Flow {
    let args = operands(args);
    if let Some(option) = args
        .get(1)
        .filter(|arg| arg.len() > 1 && arg.starts_with(b"-"))
    {
        shell.complain_as("eval", [&option[..2], b": invalid option"].concat());
        shell.write_error(b"eval: usage: eval [arg ...]\n");
        return Flow::Continue(2);
    }
    let text = args[1..]
        .iter()
        .map(|arg| arg.as_slice())
        .collect::<Vec<_>>()
        .join(&b' ');
    if text.is_empty() {
        return Flow::Continue(0);
    }
    let line = shell.state.line;
    let flow = shell.run_text(text, line, TextSource::Eval);
    shell.state.line = line;
    flow
}

pub fn source(shell: &mut Shell, args: &[Text]) -> Flow {
    let args = operands(args);
    let name = args[0].clone();
    let Some(file) = args.get(1) else {
        shell.complain_as(&name, "filename argument required");
        let usage = [
            name.as_slice(),
            b": usage: ",
            &name,
            b" filename [arguments]\n",
        ]
        .concat();
        shell.write_error(&usage);
        return Flow::Continue(2);
    };
    if file.len() > 1 && file.starts_with(b"-") && args.len() > 1 && file.as_slice() != b"--" {
        shell.complain_as(&name, [&file[..2], b": invalid option"].concat());
        let usage = [
            name.as_slice(),
            b": usage: ",
            &name,
            b" filename [arguments]\n",
        ]
        .concat();
        shell.write_error(&usage);
        return Flow::Continue(2);
    }
    let arguments: Vec<Text> = args[2..].iter().map(|arg| (*arg).clone()).collect();
    let path = path_of_source(shell, file);
    if let Ok(stat) = sys::stat(OsStr::from_bytes(&path), Follow::Yes)
        && FileKind::of_mode(stat.mode) == FileKind::Directory
    {
        shell.complain_as(&name, [path.as_slice(), b": is a directory"].concat());
        return Flow::Continue(1);
    }
    let arguments = (!arguments.is_empty()).then_some(arguments);
    shell.run_file(&path, arguments)
}

/// A name without a slash is looked for on PATH, and then here.
fn path_of_source(shell: &mut Shell, file: &[u8]) -> Text {
    if file.contains(&b'/') || !shell.has_shopt(Shopt::SourcePath) {
        return file.to_vec();
    }
    let is_file = |path: &Text| {
        sys::stat(OsStr::from_bytes(path), Follow::Yes)
            .is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Regular)
    };
    let found = shell.candidates(file).into_iter().find(is_file);
    found.unwrap_or_else(|| file.to_vec())
}

pub fn exec(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut options = ExecOptions::default();
    let mut login = false;
    let mut rest = args.iter().skip(1).peekable();
    while let Some(arg) = rest.next_if(|arg| arg.len() > 1 && arg.starts_with(b"-")) {
        if arg == b"--" {
            break;
        }
        let mut letters = arg[1..].iter();
        while let Some(letter) = letters.next() {
            match letter {
                b'c' => options.empty_environment = true,
                b'l' => login = true,
                b'a' => {
                    let attached: Text = letters.by_ref().copied().collect();
                    options.argv0 = match attached.is_empty() {
                        false => Some(attached),
                        true => rest.next().cloned(),
                    };
                    if options.argv0.is_none() {
                        shell.complain_as("exec", "-a: option requires an argument");
                        return usage(shell);
                    }
                }
                _ => {
                    shell.complain_as("exec", [b"-", &[*letter][..], b": invalid option"].concat());
                    return usage(shell);
                }
            }
        }
    }
    let fields: Vec<Text> = rest.cloned().collect();
    let Some(name) = fields.first() else {
        return Flow::Continue(0);
    };
    if login {
        let argv0 = options.argv0.take().unwrap_or_else(|| name.clone());
        options.argv0 = Some([b"-", argv0.as_slice()].concat());
    }
    let found = match name.contains(&b'/') {
        true => Some(name.clone()),
        // Also one that cannot be executed.
        false => shell.find_program(name).map(Found::path),
    };
    let Some(path) = found else {
        shell.complain_as("exec", [name.as_slice(), b": not found"].concat());
        return failed(shell, NOT_FOUND);
    };
    let path = absolute(&shell.state.directory, &path);
    match shell.exec_program(&path, &fields, &options) {
        // The program has run in the shell's place.
        Ok(status) => {
            shell.state.traps.take(Event::Exit);
            ControlFlow::Break(Jump::Exit(status))
        }
        Err(NotStarted { status, reason }) => {
            if let Some(reason) = reason.filter(|_| status == NOT_EXECUTABLE) {
                let message = [b": cannot execute: ", reason.as_bytes()].concat();
                shell.complain_as("exec", [path, message].concat());
            }
            if !shell.has_shopt(Shopt::ExecFail) {
                // As in bash, the end comes without the EXIT trap, unlike that of a name which is not found.
                shell.state.traps.take(Event::Exit);
            }
            failed(shell, status)
        }
    }
}

/// A path from the root, where the shell knows the directory that it is in.
fn absolute(directory: &[u8], path: &[u8]) -> Text {
    match directory.is_empty() {
        true => path.to_vec(),
        false => joined(directory, path.strip_prefix(b"./").unwrap_or(path)),
    }
}

fn usage(shell: &mut Shell) -> Flow {
    shell.write_error(
        b"exec: usage: exec [-cl] [-a name] [command [argument ...]] [redirection ...]\n",
    );
    Flow::Continue(2)
}

/// A program that cannot be run ends the shell, unless the option says otherwise.
fn failed(shell: &mut Shell, status: i32) -> Flow {
    match shell.has_shopt(Shopt::ExecFail) {
        true => Flow::Continue(status),
        false => ControlFlow::Break(Jump::Exit(status)),
    }
}
