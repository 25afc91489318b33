//! The command line of `bash` and `sh`.

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::os::fd::RawFd;
use std::rc::Rc;

use super::Shell;
use super::ast::Text;
use super::calls::{Call, CallKind};
use super::descriptors::Descriptors;
use super::exec::{NOT_EXECUTABLE, NOT_FOUND, RESUME};
use super::options::{SetOption, Shopt};
use super::parser::Parser;
use super::script::looks_binary;
use super::state::{ScriptSource, State};
use crate::sys::{self, OsStrExt, OsStringExt, process};

/// What `--version` says.
const VERSION: &str =
    "agent-sandbox bash, compatible with GNU bash, version 5.2.15(1)-release (wasm32)\n";
const USAGE: &str = "Usage:\tbash [long option] [option] [script-file [argument ...]]\n\
    \tbash [option] -c command [name [argument ...]]\n\
    Long options: --debugger --help --init-file --login --noediting --noprofile --norc --posix\n\
    \t--rcfile --verbose --version\n\
    Options: -ils or -c command or -O shopt_option, and those of set: -abefhkmnptuvxBCEHPT or -o option\n";

/// The command line, taken apart.
#[derive(Debug, Default)]
struct Invocation {
    command: bool,
    reads_stdin: bool,
    options: Vec<(SetOption, bool)>,
    shopts: Vec<(Shopt, bool)>,
    posix: bool,
    login: bool,
    no_profile: bool,
    /// The command that lists what `-o`, `+o`, `-O` or `+O` without a name ask for.
    lists: Option<[&'static str; 2]>,
    operands: Vec<Text>,
}

/// What to do instead of running a script.
enum Instead {
    Print(String),
    /// A usage error: the message.
    Misuse(Text),
    /// Another error: the message.
    Fail(Text),
}

/// Runs the shell; the result is the exit status.
pub fn main(args: &[OsString]) -> i32 {
    let args: Vec<Text> = args.iter().map(|arg| arg.clone().into_vec()).collect();
    if let [_, resume, fd, ..] = args.as_slice()
        && resume == RESUME.as_bytes()
        && let Some(fd) = std::str::from_utf8(fd).ok().and_then(|fd| fd.parse().ok())
    {
        return Shell::resume(fd);
    }
    let name = args.first().cloned().unwrap_or_else(|| b"bash".to_vec());
    let invocation = match parse(&args) {
        Ok(invocation) => invocation,
        Err(Instead::Print(text)) => return crate::stdio::print("bash", text.as_bytes()),
        Err(Instead::Misuse(message)) => {
            return refuse(&[&name, &b": "[..], &message, b"\n", USAGE.as_bytes()].concat());
        }
        Err(Instead::Fail(message)) => {
            return refuse(&[&name, &b": "[..], &message, b"\n"].concat());
        }
    };
    let inherited = (3..10).filter(|fd| is_inherited(*fd as RawFd));
    let shell = Shell::with_state(State::default(), Descriptors::inherited(inherited));
    // Its memory goes with the process.
    let mut shell = ManuallyDrop::new(shell);
    shell.state.name = name.clone();
    let is_sh = name.rsplit(|byte| *byte == b'/').next() == Some(b"sh");
    let is_posix = is_sh || invocation.posix;
    let is_login = invocation.login || name.starts_with(b"-");
    shell.state.options.set_shopt(Shopt::LoginShell, is_login);
    shell.state.reads_profiles = !invocation.no_profile;
    for (option, on) in &invocation.options {
        shell.state.options.set(*option, *on);
    }
    for (option, on) in &invocation.shopts {
        shell.state.options.set_shopt(*option, *on);
    }
    for function in shell.initialise_variables() {
        let _ = shell.run_definition(function.definition, &function.name);
    }
    if is_posix {
        let _ = shell.turn(SetOption::Posix, true);
    }
    shell.run_invocation(invocation)
}

fn refuse(message: &[u8]) -> i32 {
    let _ = std::io::Write::write_all(&mut sys::Descriptor(2), message);
    2
}

/// Whether a descriptor was given to the shell. A directory is the root that paths are relative to.
fn is_inherited(fd: RawFd) -> bool {
    process::is_open(fd)
        && sys::Descriptor(fd)
            .metadata()
            .is_ok_and(|metadata| !metadata.is_dir())
}

fn parse(args: &[Text]) -> Result<Invocation, Instead> {
    let mut invocation = Invocation::default();
    let mut rest = args.iter().skip(1).peekable();
    // Long options come first, and one dash is enough for them.
    loop {
        let mut behind = rest.clone();
        let Some([b'-', name @ ..]) = behind.next().map(Vec::as_slice) else {
            break;
        };
        let name = name.strip_prefix(b"-").unwrap_or(name);
        if !long_option(name, &mut behind, &mut invocation)? {
            break;
        }
        rest = behind;
    }
    while let Some(arg) = rest.peek() {
        let arg = arg.as_slice();
        match arg {
            b"--" | b"-" => {
                rest.next();
                break;
            }
            [b'-', b'-', ..] => {
                return Err(Instead::Misuse([arg, b": invalid option"].concat()));
            }
            [sign @ (b'-' | b'+'), letters @ ..] if !letters.is_empty() => {
                rest.next();
                short_options(*sign == b'-', letters, &mut rest, &mut invocation)?;
            }
            _ => break,
        }
    }
    invocation.operands = rest.cloned().collect();
    Ok(invocation)
}

/// Takes an option by its name, which says whether it is one.
fn long_option<'a>(
    name: &[u8],
    rest: &mut impl Iterator<Item = &'a Text>,
    invocation: &mut Invocation,
) -> Result<bool, Instead> {
    match name {
        b"version" => return Err(Instead::Print(VERSION.into())),
        b"help" => return Err(Instead::Print([VERSION, USAGE].concat())),
        b"posix" => invocation.posix = true,
        b"verbose" => invocation.options.push((SetOption::Verbose, true)),
        b"login" => invocation.login = true,
        b"noprofile" => invocation.no_profile = true,
        b"rcfile" | b"init-file" => {
            if rest.next().is_none() {
                let message = [name, b": option requires an argument"].concat();
                return Err(Instead::Fail(message));
            }
        }
        b"dump-strings" | b"dump-po-strings" | b"pretty-print" | b"restricted" => {
            let message = [b"--", name, b": not supported"].concat();
            return Err(Instead::Fail(message));
        }
        // They are about interactive shells, and about a debugger that is not there.
        b"norc" | b"noediting" | b"debugger" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn short_options<'a>(
    on: bool,
    letters: &[u8],
    rest: &mut impl Iterator<Item = &'a Text>,
    invocation: &mut Invocation,
) -> Result<(), Instead> {
    for letter in letters {
        match letter {
            b'c' => invocation.command = true,
            b's' => invocation.reads_stdin = true,
            // There is no terminal: what these say does not matter.
            b'i' => {}
            b'l' => invocation.login = on,
            b'r' | b'D' => {
                let message = format!("-{}: not supported", char::from(*letter));
                return Err(Instead::Fail(message.into_bytes()));
            }
            b'o' => match rest.next() {
                None => invocation.lists = Some(["set", if on { "-o" } else { "+o" }]),
                Some(name) => {
                    let Some(option) = SetOption::from_name(name) else {
                        let message = [b"line 0: bash: ", &name[..], b": invalid option name"];
                        return Err(Instead::Fail(message.concat()));
                    };
                    invocation.options.push((option, on));
                }
            },
            b'O' => match rest.next() {
                None => invocation.lists = Some(["shopt", if on { "--" } else { "-p" }]),
                Some(name) => {
                    let Some(option) = Shopt::from_name(name) else {
                        let message = [b"line 0: ", &name[..], b": invalid shell option name"];
                        return Err(Instead::Fail(message.concat()));
                    };
                    invocation.shopts.push((option, on));
                }
            },
            _ => match SetOption::from_letter(*letter) {
                Some(option) => invocation.options.push((option, on)),
                None => {
                    let sign = if on { '-' } else { '+' };
                    let message = format!("{sign}{}: invalid option", char::from(*letter));
                    return Err(Instead::Misuse(message.into_bytes()));
                }
            },
        }
    }
    Ok(())
}

impl Shell {
    fn run_invocation(&mut self, invocation: Invocation) -> i32 {
        if let Some(command) = invocation.lists {
            let _ = self.run_builtin_named(&command.map(|word| word.as_bytes().to_vec()));
        }
        let mut operands = invocation.operands.into_iter();
        if invocation.command {
            let Some(script) = operands.next() else {
                self.write_error(b"bash: -c: option requires an argument\n");
                return 2;
            };
            self.state.source = ScriptSource::Argument;
            let text = super::value::Variable::scalar(script.clone());
            self.state
                .variables
                .set(super::symbol::Symbol::BASH_EXECUTION_STRING, text);
            if let Some(name) = operands.next() {
                self.state.name = name;
            }
            self.set_arguments(operands.collect());
            return self.run_script(&mut Parser::new(script, 1));
        }
        if !invocation.reads_stdin
            && let Some(path) = operands.next()
        {
            self.set_arguments(operands.collect());
            return self.run_script_file(path);
        }
        self.set_arguments(operands.collect());
        self.run_standard_input()
    }

    fn set_arguments(&mut self, arguments: Vec<Text>) {
        self.state.positional = Rc::new(arguments);
        self.state.arguments = Rc::clone(&self.state.positional);
    }

    fn run_script_file(&mut self, path: Text) -> i32 {
        let found = self.find_script(&path);
        let text = match self.read_file(&found) {
            Ok(text) => text,
            Err(error) => {
                let status = match error.raw_os_error() {
                    Some(libc::ENOENT) => NOT_FOUND,
                    _ => NOT_EXECUTABLE,
                };
                let text = sys::error_text(&error);
                // What was found to be no script names itself, as a script would.
                let name = match error.raw_os_error() {
                    Some(libc::EISDIR) => &path,
                    _ => &self.state.name,
                };
                let message = [name.as_slice(), b": ", &path, b": ", text.as_bytes(), b"\n"];
                self.write_error(&message.concat());
                return status;
            }
        };
        if looks_binary(&text) {
            let message = b": cannot execute binary file\n";
            self.write_error(&[path.as_slice(), b": ", &path, message].concat());
            return NOT_EXECUTABLE;
        }
        self.state.source = ScriptSource::File;
        self.state.name.clone_from(&path);
        self.state.calls.push(Call {
            kind: CallKind::Main,
            name: b"main".to_vec(),
            file: path,
            line: 0,
            arguments: None,
            options: None,
            has_set_arguments: false,
        });
        self.run_script(&mut Parser::of_file(text))
    }

    /// A script without a slash in its name may also stand on PATH.
    fn find_script(&mut self, path: &[u8]) -> Text {
        let here = std::ffi::OsStr::from_bytes(path);
        if !path.contains(&b'/')
            && sys::stat(here, sys::Follow::Yes).is_err()
            && let Some(found) = self.find_program(path)
        {
            return found.path();
        }
        path.to_vec()
    }

    /// The script comes line by line, so that its commands can read what follows them.
    fn run_standard_input(&mut self) -> i32 {
        self.state.source = ScriptSource::StandardInput;
        let input = Rc::clone(&self.script_input);
        let more = move || {
            let mut line = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                match process::read_until(input.get(), &mut buffer, b'\n') {
                    Ok(0) => return (!line.is_empty()).then_some(line),
                    Ok(count) => {
                        line.extend_from_slice(&buffer[..count]);
                        if line.last() == Some(&b'\n') {
                            return Some(line);
                        }
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(_) => return None,
                }
            }
        };
        self.run_script(&mut Parser::with_input(Box::new(more)))
    }

    /// Runs a text that must be one definition of this function.
    fn run_definition(&mut self, text: Text, name: &[u8]) -> Option<()> {
        let list = super::parser::parse_script(&text).ok()?;
        let [item] = list.items.as_slice() else {
            return None;
        };
        let [super::ast::Command::Function(definition)] = item.command.first.stages.as_slice()
        else {
            return None;
        };
        if definition.name != name {
            return None;
        }
        self.set_function(super::state::Function {
            definition: definition.clone(),
            file: b"environment".to_vec(),
            exported: true,
            readonly: false,
            traced: false,
        });
        Some(())
    }
}
