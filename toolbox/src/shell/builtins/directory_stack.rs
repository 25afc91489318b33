//! `pushd`, `popd` and `dirs`.

use std::rc::Rc;

use super::directory::enter;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;

/// `+N` or `-N`: a place in the stack.
struct Place {
    from_start: bool,
    number: usize,
}

impl Place {
    /// None of what is no number behind a sign.
    fn new(text: &[u8]) -> Option<Self> {
        let (&sign, digits) = text.split_first()?;
        let digits = digits.iter().all(u8::is_ascii_digit).then_some(digits)?;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        Some(Self {
            from_start: sign == b'+',
            number,
        })
    }

    fn among(&self, len: usize) -> Option<usize> {
        let at = match self.from_start {
            true => self.number,
            false => (len - 1).checked_sub(self.number)?,
        };
        (at < len).then_some(at)
    }
}

fn is_signed(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'+' | b'-'))
}

/// All directories, the current one first.
fn stack(shell: &Shell) -> Vec<Text> {
    std::iter::once(&shell.state.directory)
        .chain(shell.state.directories.iter())
        .cloned()
        .collect()
}

fn keep(shell: &mut Shell, mut all: Vec<Text>) {
    all.remove(0);
    shell.state.directories = Rc::new(all);
}

fn is_no_number(shell: &mut Shell, builtin: &str, text: &[u8]) -> Flow {
    shell.complain_as(builtin, [text, b": invalid number"].concat());
    shell.misused(builtin.as_bytes())
}

fn is_out_of_range(shell: &mut Shell, builtin: &str, text: &[u8]) -> Flow {
    match shell.state.directories.is_empty() {
        true => shell.complain_as(builtin, "directory stack empty"),
        false => {
            let message = [text, b": directory stack index out of range"].concat();
            shell.complain_as(builtin, message);
        }
    }
    Flow::Continue(1)
}

pub fn dirs(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut clears, mut long, mut lines, mut numbers) = (false, false, false, false);
    let mut place = None;
    for arg in &args[1..] {
        match arg.as_slice() {
            b"--" => break,
            b"-c" => clears = true,
            b"-l" => long = true,
            b"-p" => lines = true,
            b"-v" => {
                lines = true;
                numbers = true;
            }
            text if is_signed(text) => match Place::new(text) {
                Some(found) => place = Some((found, &text[1..])),
                None => return is_no_number(shell, "dirs", text),
            },
            text => {
                shell.complain_as("dirs", [text, b": invalid option"].concat());
                return shell.misused(b"dirs");
            }
        }
    }
    if clears {
        shell.state.directories = Rc::default();
        return Flow::Continue(0);
    }
    let all = stack(shell);
    let shown = match place {
        None => 0..all.len(),
        Some((place, text)) => match place.among(all.len()) {
            Some(at) => {
                lines = true;
                at..at + 1
            }
            None => return is_out_of_range(shell, "dirs", text),
        },
    };
    let home = match long {
        true => Text::new(),
        false => shell.value(Symbol::HOME).unwrap_or_default(),
    };
    let mut text = Text::new();
    for at in shown {
        if numbers {
            text.extend(format!("{at:2}  ").bytes());
        } else if at > 0 && !lines {
            text.push(b' ');
        }
        text.extend(below_home(&all[at], &home));
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

/// A path with `~` for the home directory, if there is one.
fn below_home(path: &[u8], home: &[u8]) -> Text {
    match path.strip_prefix(home) {
        Some(rest) if !home.is_empty() && (rest.is_empty() || rest[0] == b'/') => {
            [b"~", rest].concat()
        }
        _ => path.to_vec(),
    }
}

fn show(shell: &mut Shell) -> Flow {
    dirs(shell, &[b"dirs".to_vec()])
}

pub fn pushd(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut stays = false;
    let mut rotation = None;
    let mut operands = &args[1..];
    while let [arg, rest @ ..] = operands {
        match arg.as_slice() {
            b"-n" => stays = true,
            b"--" => {
                operands = rest;
                break;
            }
            b"-" => break,
            text if is_signed(text) => {
                let Some(place) = Place::new(text) else {
                    return is_no_number(shell, "pushd", text);
                };
                match place.among(shell.state.directories.len() + 1) {
                    Some(at) => rotation = Some(at),
                    None => return is_out_of_range(shell, "pushd", text),
                }
            }
            _ => break,
        }
        operands = rest;
    }
    if let Some(at) = rotation {
        return rotate(shell, at, stays);
    }
    match operands {
        [] if stays => Flow::Continue(0),
        [] => swap(shell),
        [target, ..] if stays => {
            Rc::make_mut(&mut shell.state.directories).insert(0, target.clone());
            show(shell)
        }
        [target] => {
            let before = stack(shell);
            match enter(shell, "pushd", target)? {
                0 => {
                    shell.state.directories = Rc::new(before);
                    show(shell)
                }
                status => Flow::Continue(status),
            }
        }
        _ => {
            shell.complain_as("pushd", "too many arguments");
            Flow::Continue(1)
        }
    }
}

fn rotate(shell: &mut Shell, at: usize, stays: bool) -> Flow {
    let mut all = stack(shell);
    all.rotate_left(at);
    if stays {
        keep(shell, all);
        return Flow::Continue(0);
    }
    go_to_first(shell, all)
}

/// The current directory and the last one put aside change places.
fn swap(shell: &mut Shell) -> Flow {
    if shell.state.directories.is_empty() {
        shell.complain_as("pushd", "no other directory");
        return Flow::Continue(1);
    }
    let mut all = stack(shell);
    all.swap(0, 1);
    go_to_first(shell, all)
}

/// Makes the first of the directories the current one; the stack is another one even if that fails.
fn go_to_first(shell: &mut Shell, all: Vec<Text>) -> Flow {
    let target = all[0].clone();
    keep(shell, all);
    match enter(shell, "pushd", &target)? {
        0 => show(shell),
        status => Flow::Continue(status),
    }
}

pub fn popd(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut stays = false;
    let mut place = None;
    for arg in &args[1..] {
        match arg.as_slice() {
            b"-n" => stays = true,
            b"--" => break,
            text if is_signed(text) => match Place::new(text) {
                Some(found) => place = Some((found, text)),
                None => return is_no_number(shell, "popd", text),
            },
            b"" => break,
            text => {
                shell.complain_as("popd", [text, b": invalid argument"].concat());
                return shell.misused(b"popd");
            }
        }
    }
    if shell.state.directories.is_empty() {
        shell.complain_as("popd", "directory stack empty");
        return Flow::Continue(1);
    }
    let mut all = stack(shell);
    let at = match place {
        None => usize::from(stays),
        Some((place, text)) => match place.among(all.len()) {
            Some(at) => at,
            None => return is_out_of_range(shell, "popd", text),
        },
    };
    all.remove(at);
    if at == 0 && !stays {
        let target = all[0].clone();
        let status = enter(shell, "popd", &target)?;
        if status != 0 {
            return Flow::Continue(status);
        }
    }
    keep(shell, all);
    show(shell)
}
