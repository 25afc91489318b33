//! `type`, `command`, `builtin` and `enable`: what a name means.

use std::rc::Rc;

use super::letters::Letters;
use super::{TABLE, find};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::exec::{Found, is_program};
use crate::shell::flow::Flow;
use crate::shell::printer;
use crate::shell::quote;

/// Reserved words, in the order of the manual.
pub const KEYWORDS: &[&[u8]] = &[
    b"if",
    b"then",
    b"else",
    b"elif",
    b"fi",
    b"case",
    b"esac",
    b"for",
    b"select",
    b"while",
    b"until",
    b"do",
    b"done",
    b"in",
    b"function",
    b"time",
    b"{",
    b"}",
    b"!",
    b"[[",
    b"]]",
    b"coproc",
];

/// What a name may mean, in the order in which it is looked up.
enum Meaning {
    Alias(Text),
    Keyword,
    Function,
    Builtin,
    Hashed(Text),
    File(Text),
}

fn meanings(shell: &mut Shell, name: &[u8], all: bool, functions: bool) -> Vec<Meaning> {
    let mut found = Vec::new();
    let expands = shell.has_shopt(crate::shell::options::Shopt::ExpandAliases);
    if let Some(text) = shell.state.aliases.get(name).filter(|_| expands) {
        found.push(Meaning::Alias(text.clone()));
    }
    if KEYWORDS.contains(&name) {
        found.push(Meaning::Keyword);
    }
    if functions && shell.function(name).is_some() {
        found.push(Meaning::Function);
    }
    if shell.builtin(name).is_some() {
        found.push(Meaning::Builtin);
    }
    if !all && !found.is_empty() {
        found.truncate(1);
        return found;
    }
    found.extend(files(shell, name, all));
    found
}

fn files(shell: &mut Shell, name: &[u8], all: bool) -> Vec<Meaning> {
    if name.contains(&b'/') {
        return match is_program(name) {
            Some(true) => vec![Meaning::File(name.to_vec())],
            _ => Vec::new(),
        };
    }
    if all {
        let candidates = shell.candidates(name).into_iter();
        return candidates
            .filter(|path| is_program(path) == Some(true))
            .map(Meaning::File)
            .collect();
    }
    if let Some((path, _)) = shell.state.hashed.get(name) {
        return vec![Meaning::Hashed(path.clone())];
    }
    match shell.find_program(name) {
        Some(Found::Executable(path)) => vec![Meaning::File(path)],
        _ => Vec::new(),
    }
}

pub fn type_of(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut all, mut no_functions, mut kind, mut path, mut force_path) =
        (false, false, false, false, false);
    let mut letters = Letters::new(args, "afptP");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'a' => all = true,
                b'f' => no_functions = true,
                b'p' => path = true,
                b'P' => {
                    path = true;
                    force_path = true;
                }
                _ => kind = true,
            },
            Err(flow) => return flow,
        }
    }
    let mut status = 0;
    for name in letters.operands() {
        let found = match force_path {
            // A remembered program is the only one.
            true => files(shell, name, all && !shell.state.hashed.contains_key(name)),
            false => meanings(shell, name, all, !no_functions),
        };
        if found.is_empty() {
            if !kind && !path {
                shell.complain_as("type", [name.as_slice(), b": not found"].concat());
            }
            status = 1;
        }
        for meaning in found {
            let line = if kind {
                kind_of(&meaning).to_vec()
            } else if path {
                match meaning {
                    Meaning::Hashed(path) | Meaning::File(path) => path,
                    _ => continue,
                }
            } else {
                match &meaning {
                    Meaning::Alias(text) => {
                        [name.as_slice(), b" is aliased to `", text, b"'"].concat()
                    }
                    Meaning::Keyword => [name.as_slice(), b" is a shell keyword"].concat(),
                    Meaning::Function => {
                        let line = [name.as_slice(), b" is a function\n"].concat();
                        shell.out().extend(line);
                        if let Some(function) = shell.function(name).cloned() {
                            let text = printer::function(&function.definition);
                            shell.out().extend(text);
                        }
                        continue;
                    }
                    Meaning::Builtin => {
                        let special = shell.is_posix()
                            && find(name).is_some_and(|builtin| builtin.is_special);
                        let what: &[u8] = if special {
                            b" is a special shell builtin"
                        } else {
                            b" is a shell builtin"
                        };
                        [name.as_slice(), what].concat()
                    }
                    Meaning::Hashed(path) => {
                        [name.as_slice(), b" is hashed (", path, b")"].concat()
                    }
                    Meaning::File(path) => [name.as_slice(), b" is ", path].concat(),
                }
            };
            shell.out().extend(line);
            shell.out().push(b'\n');
        }
    }
    Flow::Continue(status)
}

fn kind_of(meaning: &Meaning) -> &'static [u8] {
    match meaning {
        Meaning::Alias(_) => b"alias",
        Meaning::Keyword => b"keyword",
        Meaning::Function => b"function",
        Meaning::Builtin => b"builtin",
        Meaning::Hashed(_) | Meaning::File(_) => b"file",
    }
}

pub fn command(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut short, mut long, mut standard) = (false, false, false);
    let mut letters = Letters::new(args, "pvV");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'v' => short = true,
                b'V' => long = true,
                _ => standard = true,
            },
            Err(flow) => return flow,
        }
    }
    let operands = letters.operands();
    if short || long {
        return describe(shell, operands, long, standard);
    }
    match operands.first() {
        Some(name) if standard && shell.builtin(name).is_none() => {
            with_standard_path(shell, operands)
        }
        _ => run_named(shell, operands),
    }
}

/// Runs a builtin or a program, but no function.
pub fn run_named(shell: &mut Shell, fields: &[Text]) -> Flow {
    let Some(name) = fields.first() else {
        return Flow::Continue(0);
    };
    match shell.builtin(name) {
        Some(_) => shell
            .run_builtin_named(fields)
            .unwrap_or(Flow::Continue(127)),
        None => run_program(shell, fields),
    }
}

fn run_program(shell: &mut Shell, fields: &[Text]) -> Flow {
    let flow = shell.run_program(fields);
    shell.settle_jobs();
    flow
}

/// Where the standard tools are.
const STANDARD_PATH: &str = "/bin:/usr/bin";

/// The file of a name there.
fn standard_program(name: &[u8]) -> Option<Text> {
    let directories = STANDARD_PATH.split(':');
    let mut paths = directories.map(|directory| [directory.as_bytes(), b"/", name].concat());
    paths.find(|path| is_program(path) == Some(true))
}

/// Runs a program that is looked for where the standard tools are; the shell remembers it.
fn with_standard_path(shell: &mut Shell, operands: &[Text]) -> Flow {
    let name = &operands[0];
    if name.contains(&b'/') {
        return run_program(shell, operands);
    }
    if let Some(path) = standard_program(name) {
        Rc::make_mut(&mut shell.state.hashed).insert(name.clone(), (path, 0));
        return run_program(shell, operands);
    }
    without_program(shell, operands)
}

/// Says that there is no such program among the standard tools.
fn without_program(shell: &mut Shell, operands: &[Text]) -> Flow {
    use crate::shell::symbol::Symbol;
    use crate::shell::variables::ScopeKind;

    shell.state.variables.push_scope(ScopeKind::Command);
    shell.state.variables.make_temporary(Symbol::PATH);
    shell.state.variables.set(
        Symbol::PATH,
        crate::shell::value::Variable::scalar(STANDARD_PATH),
    );
    let hashed = std::mem::take(&mut shell.state.hashed);
    let flow = run_program(shell, operands);
    shell.state.hashed = hashed;
    shell.state.variables.pop_scope();
    flow
}

/// `command -v` and `command -V`.
fn describe(shell: &mut Shell, names: &[Text], long: bool, standard: bool) -> Flow {
    let mut status = 1;
    for name in names {
        let meaning = meanings(shell, name, false, true).into_iter().next();
        let meaning = match meaning {
            None | Some(Meaning::File(_)) if standard && !name.contains(&b'/') => {
                standard_program(name).map(Meaning::File)
            }
            meaning => meaning,
        };
        let line = match meaning {
            None if long => {
                shell.complain_as("command", [name.as_slice(), b": not found"].concat());
                continue;
            }
            None => continue,
            Some(Meaning::File(path)) if long => [name.as_slice(), b" is ", &path].concat(),
            Some(_) if long => {
                status = 0;
                type_of(shell, &[b"type".to_vec(), b"--".to_vec(), name.clone()])?;
                continue;
            }
            Some(Meaning::Alias(text)) => {
                [b"alias ", name.as_slice(), b"=", &quote::single(&text)].concat()
            }
            Some(Meaning::Keyword | Meaning::Function | Meaning::Builtin) => name.clone(),
            Some(Meaning::Hashed(path) | Meaning::File(path)) => path,
        };
        status = 0;
        shell.out().extend(line);
        shell.out().push(b'\n');
    }
    Flow::Continue(status)
}

pub fn builtin(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut letters = Letters::new(args, "");
    if let Err(flow) = letters.next(shell) {
        return flow;
    }
    let operands = letters.operands();
    let Some(name) = operands.first() else {
        return Flow::Continue(0);
    };
    match shell
        .builtin(name)
        .and_then(|_| shell.run_builtin_named(operands))
    {
        Some(flow) => flow,
        None => {
            shell.complain_as(
                "builtin",
                [name.as_slice(), b": not a shell builtin"].concat(),
            );
            Flow::Continue(1)
        }
    }
}

pub fn enable(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut disables, mut all, mut special) = (false, false, false);
    let mut letters = Letters::new(args, "anpsdf:");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'n' => disables = true,
                b'a' => all = true,
                b's' => special = true,
                b'p' => {}
                _ => {
                    shell.complain_as("enable", "dynamic loading not available");
                    return Flow::Continue(1);
                }
            },
            Err(flow) => return flow,
        }
    }
    let operands = letters.operands();
    if operands.is_empty() {
        for builtin in TABLE {
            let disabled = shell.state.disabled.contains(builtin.name.as_bytes());
            if !(all || disabled == disables) || special && !builtin.is_special {
                continue;
            }
            let line = match disabled {
                true => format!("enable -n {}\n", builtin.name),
                false => format!("enable {}\n", builtin.name),
            };
            shell.out().extend(line.bytes());
        }
        return Flow::Continue(0);
    }
    let mut status = 0;
    for name in operands {
        if find(name).is_none() {
            shell.complain_as(
                "enable",
                [name.as_slice(), b": not a shell builtin"].concat(),
            );
            status = 1;
            continue;
        }
        let disabled = Rc::make_mut(&mut shell.state.disabled);
        match disables {
            true => drop(disabled.insert(name.clone())),
            false => drop(disabled.remove(name)),
        }
    }
    Flow::Continue(status)
}
