//! `compgen`: the words that completion would offer.

use std::ffi::OsStr;
use std::path::Path;

use super::TABLE;
use super::letters::Letters;
use super::lookup::KEYWORDS;
use crate::shell::Shell;
use crate::shell::access::is_seen_by_scripts;
use crate::shell::ast::Text;
use crate::shell::exec::is_program;
use crate::shell::flow::Flow;
use crate::shell::options::{SetOption, Shopt};
use crate::shell::parser;
use crate::shell::pattern::Pattern;
use crate::shell::symbol::Symbol;
use crate::sys::OsStrExt;
use crate::sys::signal::Signal;

/// The letters that are short for an action.
const SHORT: &[(u8, &[u8])] = &[
    (b'a', b"alias"),
    (b'b', b"builtin"),
    (b'c', b"command"),
    (b'd', b"directory"),
    (b'e', b"export"),
    (b'f', b"file"),
    (b'g', b"group"),
    (b'j', b"job"),
    (b'k', b"keyword"),
    (b's', b"service"),
    (b'u', b"user"),
    (b'v', b"variable"),
];

/// Actions whose words the sandbox does not have.
const NOT_SUPPORTED: &[&[u8]] = &[
    b"binding",
    b"hostname",
    b"job",
    b"running",
    b"service",
    b"stopped",
];

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut found: Vec<Text> = Vec::new();
    let mut filter = None;
    let (mut before, mut after) = (Text::new(), Text::new());
    let mut letters = Letters::new(args, "abcdefgjksuvA:o:C:F:G:P:S:V:W:X:");
    let mut asked = Vec::new();
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'P' => before = given.value.to_vec(),
                b'S' => after = given.value.to_vec(),
                b'X' => filter = Some(given.value.to_vec()),
                b'C' | b'F' => {
                    shell.complain_as(
                        "compgen",
                        format!("-{}: not supported", char::from(given.letter)),
                    );
                    return Flow::Continue(1);
                }
                letter => asked.push((letter, given.value.to_vec())),
            },
            Err(flow) => return flow,
        }
    }
    let word = letters.operands().first().cloned().unwrap_or_default();
    if asked.is_empty() {
        return Flow::Continue(0);
    }
    for (letter, value) in asked {
        let kind: &[u8] = match letter {
            b'A' => &value,
            b'W' => {
                let list = parser::double_quoted(&value);
                let text = match list {
                    Ok(word) => shell.expand_text(&word)?,
                    Err(_) => value.clone(),
                };
                let separators = shell.value(Symbol::IFS).unwrap_or_default();
                let words = text
                    .split(|byte| separators.contains(byte))
                    .filter(|word| !word.is_empty());
                found.extend(words.map(<[u8]>::to_vec));
                continue;
            }
            b'G' => {
                found.extend(shell.glob(&value));
                continue;
            }
            letter => match SHORT.iter().find(|(short, _)| *short == letter) {
                Some((_, action)) => action,
                None => continue,
            },
        };
        match candidates(shell, kind, &word) {
            Some(words) => found.extend(words),
            None if NOT_SUPPORTED.contains(&kind) => {
                shell.complain_as("compgen", [kind, b": action not supported"].concat());
                return Flow::Continue(1);
            }
            None => {
                shell.complain_as("compgen", [kind, b": invalid action name"].concat());
                return Flow::Continue(2);
            }
        }
    }
    found.retain(|candidate| candidate.starts_with(&word));
    if let Some(filter) = filter {
        let (negated, source) = match filter.strip_prefix(b"!") {
            Some(source) => (true, source.to_vec()),
            None => (false, filter),
        };
        let pattern = Pattern::new(&source, shell.has_shopt(Shopt::ExtGlob), false);
        found.retain(|candidate| pattern.matches(candidate) == negated);
    }
    let status = i32::from(found.is_empty());
    for candidate in found {
        let line = [before.as_slice(), &candidate, &after, b"\n"].concat();
        shell.out().extend(line);
    }
    Flow::Continue(status)
}

/// The words of an action; none if there is no such action here.
fn candidates(shell: &mut Shell, action: &[u8], word: &[u8]) -> Option<Vec<Text>> {
    Some(match action {
        b"alias" => shell.state.aliases.keys().cloned().collect(),
        b"builtin" | b"helptopic" => builtins(|_| true),
        b"disabled" => builtins(|name| shell.state.disabled.contains(name)),
        b"enabled" => builtins(|name| !shell.state.disabled.contains(name)),
        b"function" => shell.function_names(),
        b"keyword" => KEYWORDS.iter().map(|name| name.to_vec()).collect(),
        b"variable" => variables(shell, |_, _| true),
        b"export" => variables(shell, |shell, name| shell.attributes(name).exported),
        b"arrayvar" => variables(shell, |shell, name| {
            let variable = shell.state.variables.get(name);
            variable.is_some_and(|variable| variable.is_array())
        }),
        b"setopt" => names(SetOption::ALL.iter().map(|option| option.name())),
        b"shopt" => names(Shopt::ALL.iter().map(|option| option.name())),
        b"signal" => {
            let signals = (1..=64).filter_map(|number| Signal::from_number(number)?.name());
            let signals = signals.map(|name| format!("SIG{name}").into_bytes());
            let first = std::iter::once(b"EXIT".to_vec()).chain(signals);
            let last = ["DEBUG", "ERR", "RETURN"].map(|name| name.as_bytes().to_vec());
            first.chain(last).collect()
        }
        b"user" => first_fields("/etc/passwd"),
        b"group" => first_fields("/etc/group"),
        b"file" => files(shell, word, false),
        b"directory" => files(shell, word, true),
        b"command" => {
            let mut found = Vec::new();
            for kind in ["alias", "keyword", "function", "builtin"] {
                found.extend(candidates(shell, kind.as_bytes(), word).unwrap_or_default());
            }
            found.extend(programs(shell, word));
            found
        }
        _ => return None,
    })
}

fn names(names: impl Iterator<Item = &'static str>) -> Vec<Text> {
    names.map(|name| name.as_bytes().to_vec()).collect()
}

fn builtins(is_wanted: impl Fn(&[u8]) -> bool) -> Vec<Text> {
    let all = TABLE.iter().map(|builtin| builtin.name);
    names(all.filter(|name| is_wanted(name.as_bytes())))
}

fn variables(shell: &Shell, is_wanted: impl Fn(&Shell, Symbol) -> bool) -> Vec<Text> {
    let all = shell.state.variables.sorted_names().into_iter();
    all.filter(|name| is_seen_by_scripts(*name) && is_wanted(shell, *name))
        .map(|name| name.name().to_vec())
        .collect()
}

/// The names in a table like `/etc/passwd`.
fn first_fields(path: &str) -> Vec<Text> {
    let table = std::fs::read(path).unwrap_or_default();
    let lines = table.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| line.split(|byte| *byte == b':').next())
        .filter(|name| !name.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

fn files(shell: &mut Shell, word: &[u8], directories: bool) -> Vec<Text> {
    let mut found = shell.glob(&[word, b"*"].concat());
    found.retain(|path| !directories || Path::new(OsStr::from_bytes(path)).is_dir());
    found
}

/// The programs on `PATH` whose names begin with the word.
fn programs(shell: &mut Shell, word: &[u8]) -> Vec<Text> {
    let path = shell.value(Symbol::PATH).unwrap_or_default();
    let mut found = Vec::new();
    for directory in path.split(|byte| *byte == b':') {
        let pattern = [directory, b"/", word, b"*"].concat();
        for path in shell.glob(&pattern) {
            if is_program(&path) == Some(true) {
                found.extend(path.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec));
            }
        }
    }
    found
}
