//! `set`: options, positional parameters, and all variables.

use std::rc::Rc;

use super::{help, listing};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;

/// How options are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// `set -o`
    Plain,
    /// `set +o`: commands that set them again.
    Reusable,
}

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let args = args.get(1..).unwrap_or_default();
    if args.is_empty() {
        return listing::all(shell, b"set");
    }
    if let Some(flow) = refused(shell, args) {
        return flow;
    }
    let mut rest = args;
    while let [word, behind @ ..] = rest {
        let (on, letters) = match word.as_slice() {
            b"--" => {
                shell.state.positional = Rc::new(behind.to_vec());
                shell.note_set_arguments();
                return Flow::Continue(0);
            }
            b"-" => {
                shell.turn(SetOption::XTrace, false)?;
                shell.turn(SetOption::Verbose, false)?;
                rest = behind;
                break;
            }
            b"+" => {
                rest = behind;
                continue;
            }
            [b'-', letters @ ..] => (true, letters),
            [b'+', letters @ ..] => (false, letters),
            _ => break,
        };
        rest = behind;
        for letter in letters {
            if let Some(option) = SetOption::from_letter(*letter) {
                shell.turn(option, on)?;
                continue;
            }
            match rest {
                [name, behind @ ..] if is_name(name) => {
                    rest = behind;
                    let Some(option) = SetOption::from_name(name) else {
                        return no_such_option(shell, name);
                    };
                    shell.turn(option, on)?;
                }
                _ => show_all(shell, on),
            }
        }
    }
    // Options alone leave the parameters as they are.
    if !rest.is_empty() {
        shell.state.positional = Rc::new(rest.to_vec());
        shell.note_set_arguments();
    }
    Flow::Continue(0)
}

/// Whether `-o` takes the word as a name.
fn is_name(word: &[u8]) -> bool {
    !matches!(word.first(), None | Some(b'-' | b'+'))
}

/// The options before it have been changed.
fn no_such_option(shell: &mut Shell, name: &[u8]) -> Flow {
    shell.complain_as("set", [name, b": invalid option name"].concat());
    match shell.is_posix() {
        true => Flow::Break(Jump::Exit(2)),
        false => Flow::Continue(2),
    }
}

/// What the builtin returns when one of its letters is wrong: nothing is changed then.
fn refused(shell: &mut Shell, args: &[Text]) -> Option<Flow> {
    let mut rest = args;
    while let [word, behind @ ..] = rest {
        let letters = match word.as_slice() {
            b"--" | b"-" => return None,
            b"--help" => {
                help::show(shell, b"set");
                return Some(Flow::Continue(2));
            }
            [b'-' | b'+', letters @ ..] => letters,
            _ => return None,
        };
        rest = behind;
        for letter in letters {
            if *letter == b'o' {
                if let [name, behind @ ..] = rest
                    && is_name(name)
                {
                    rest = behind;
                }
            } else if SetOption::from_letter(*letter).is_none() {
                let sign = match word.first() {
                    Some(b'+') if letters.first() == Some(letter) => b'+',
                    _ => b'-',
                };
                shell.complain_as("set", [&[sign, *letter], &b": invalid option"[..]].concat());
                return Some(shell.misused(b"set"));
            }
        }
    }
    None
}

fn show_all(shell: &mut Shell, plain: bool) {
    let options = shell.state.options;
    let how = match plain {
        true => Listing::Plain,
        false => Listing::Reusable,
    };
    for &option in SetOption::ALL {
        show(option, options.has(option), how, shell.out());
    }
}

/// Prints a line about an option.
pub fn show(option: SetOption, on: bool, how: Listing, out: &mut Vec<u8>) {
    let name = option.name();
    let line = match (how, on) {
        (Listing::Plain, true) => format!("{name:<15}\ton\n"),
        (Listing::Plain, false) => format!("{name:<15}\toff\n"),
        (Listing::Reusable, true) => format!("set -o {name}\n"),
        (Listing::Reusable, false) => format!("set +o {name}\n"),
    };
    out.extend_from_slice(line.as_bytes());
}

impl Shell {
    /// Turns an option on or off, with all that this means.
    pub fn turn(&mut self, option: SetOption, on: bool) -> Flow<()> {
        let options = &mut self.state.options;
        options.set(option, on);
        match option {
            SetOption::Emacs if on => options.set(SetOption::Vi, false),
            SetOption::Vi if on => options.set(SetOption::Emacs, false),
            SetOption::InteractiveComments => {
                options.set_shopt(Shopt::InteractiveComments, on);
            }
            SetOption::Posix => self.turn_posix(on),
            SetOption::IgnoreEof => {
                let value = if on { Some("10") } else { None };
                self.note(Symbol::new("IGNOREEOF"), value);
            }
            _ => {}
        }
        Flow::Continue(())
    }

    fn turn_posix(&mut self, on: bool) {
        let options = &mut self.state.options;
        options.set_shopt(Shopt::ExpandAliases, on);
        options.set_shopt(Shopt::ShiftVerbose, on);
        options.set_shopt(Shopt::SourcePath, true);
        if on {
            options.set(SetOption::InteractiveComments, true);
            options.set_shopt(Shopt::InteractiveComments, true);
            options.set_shopt(Shopt::InheritErrExit, true);
        }
        self.note(Symbol::POSIXLY_CORRECT, on.then_some("y"));
    }

    /// The variable that goes with an option: without the effect that an assignment has on the option.
    fn note(&mut self, name: Symbol, value: Option<&str>) {
        match value {
            Some(value) => {
                self.state.variables.edit(name).value = Value::Scalar(value.into());
            }
            None => self.state.variables.unset(name),
        }
    }
}
