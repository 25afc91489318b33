//! `hash`: the programs whose paths the shell remembers.

use std::ffi::OsStr;
use std::path::Path;
use std::rc::Rc;

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::exec::Found;
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::quote;
use crate::shell::value::bucket;
use crate::sys::OsStrExt;

/// What is done with each operand.
enum Action {
    /// Looks the program up anew.
    Find,
    /// `-d`
    Forget,
    /// `-t`
    Show,
    /// `-p`: remembers this path, whatever is there.
    Remember(Text),
}

/// The number of bash's hash buckets for programs: it lists them in that order.
const BUCKETS: u32 = 256;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    if !shell.is_set(SetOption::HashAll) {
        shell.complain_as("hash", "hashing disabled");
        return Flow::Continue(1);
    }
    let (mut clears, mut reuses) = (false, false);
    let mut action = Action::Find;
    let mut letters = Letters::new(args, "dlp:rt");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match (given.letter, &action) {
                (b'r', _) => clears = true,
                (b'l', _) => reuses = true,
                (b't', _) => action = Action::Show,
                (b'd', Action::Find) => action = Action::Forget,
                (b'p', Action::Find | Action::Forget) => {
                    action = Action::Remember(given.value.to_vec());
                }
                _ => {}
            },
            Err(flow) => return flow,
        }
    }
    let operands = letters.operands();
    let lacking = match &action {
        Action::Show if operands.is_empty() => Some("-t: option requires an argument"),
        Action::Forget if operands.is_empty() => Some("-d: option requires an argument"),
        _ => None,
    };
    if let Some(problem) = lacking {
        shell.complain_as("hash", problem);
        return Flow::Continue(1);
    }
    if clears {
        shell.state.hashed = Rc::default();
    } else if operands.is_empty() {
        list(shell, reuses);
    }
    if let Action::Remember(path) = &action
        && Path::new(OsStr::from_bytes(path)).is_dir()
    {
        shell.complain_as("hash", [path.as_slice(), b": Is a directory"].concat());
        return Flow::Continue(1);
    }
    let mut status = 0;
    for name in operands {
        let is_found = match &action {
            Action::Find => find(shell, name),
            Action::Forget => Rc::make_mut(&mut shell.state.hashed).remove(name).is_some(),
            Action::Show => show(shell, name, reuses, operands.len() > 1),
            Action::Remember(path) => {
                Rc::make_mut(&mut shell.state.hashed).insert(name.clone(), (path.clone(), 0));
                true
            }
        };
        if !is_found {
            shell.complain_as("hash", [name.as_slice(), b": not found"].concat());
            status = 1;
        }
    }
    Flow::Continue(status)
}

fn list(shell: &mut Shell, reuses: bool) {
    let hashed = Rc::clone(&shell.state.hashed);
    if !reuses {
        let header: &[u8] = match hashed.is_empty() {
            true => b"hash: hash table empty\n",
            false => b"hits\tcommand\n",
        };
        shell.out().extend_from_slice(header);
    }
    let mut entries: Vec<_> = hashed.iter().collect();
    entries.sort_by_key(|(name, _)| bucket(name, BUCKETS));
    for (name, (path, uses)) in entries {
        let line = match reuses {
            true => command(name, &quote::for_trace(path)),
            false => [format!("{uses:4}\t").as_bytes(), path, b"\n"].concat(),
        };
        shell.out().extend(line);
    }
}

/// The command that remembers a path.
fn command(name: &[u8], path: &[u8]) -> Text {
    [b"builtin hash -p ", path, b" ", name, b"\n"].concat()
}

/// Remembers a program. A builtin, a function and a path need not be remembered.
fn find(shell: &mut Shell, name: &Text) -> bool {
    if name.contains(&b'/') || shell.builtin(name).is_some() || shell.function(name).is_some() {
        return true;
    }
    let hashed = Rc::make_mut(&mut shell.state.hashed);
    hashed.remove(name);
    match shell.find_program(name) {
        Some(Found::Executable(path)) => {
            Rc::make_mut(&mut shell.state.hashed).insert(name.clone(), (path, 0));
            true
        }
        _ => false,
    }
}

fn show(shell: &mut Shell, name: &[u8], reuses: bool, is_named: bool) -> bool {
    let hashed = Rc::make_mut(&mut shell.state.hashed);
    let Some((path, uses)) = hashed.get_mut(name) else {
        return false;
    };
    *uses += 1;
    let line = match (reuses, is_named) {
        // Other than in the list, the path is not quoted.
        (true, _) => command(name, path),
        (false, true) => [name, b"\t", path, b"\n"].concat(),
        (false, false) => [path.as_slice(), b"\n"].concat(),
    };
    shell.out().extend(line);
    true
}
