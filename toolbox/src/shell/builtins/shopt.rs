//! `shopt`: the options that have names only.

use super::letters::Letters;
use super::set::{self, Listing};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::{SetOption, Shopt};

#[derive(Default)]
struct Flags {
    set: bool,
    unset: bool,
    quiet: bool,
    reusable: bool,
    /// The names are those of `set -o`.
    of_set: bool,
}

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut flags = Flags::default();
    let mut letters = Letters::new(args, "psuoq");
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => match given.letter {
                b's' => flags.set = true,
                b'u' => flags.unset = true,
                b'q' => flags.quiet = true,
                b'p' => flags.reusable = true,
                _ => flags.of_set = true,
            },
            Ok(None) => break,
            Err(flow) => return flow,
        }
    }
    let names = letters.operands();
    if flags.set && flags.unset {
        let problem = "cannot set and unset shell options simultaneously";
        shell.complain_as("shopt", problem);
        return Flow::Continue(1);
    }
    let sets = flags.set || flags.unset;
    match (names.is_empty(), sets) {
        (true, _) => list(shell, &flags),
        (false, true) => change(shell, &flags, names),
        (false, false) => query(shell, &flags, names),
    }
}

/// Shows all options, or those that are on, or off.
fn list(shell: &mut Shell, flags: &Flags) -> Flow {
    if flags.quiet {
        return Flow::Continue(0);
    }
    let options = shell.state.options;
    let is_shown = |on: bool| !(flags.set || flags.unset) || on == flags.set;
    let out = shell.out();
    if flags.of_set {
        for &option in SetOption::ALL {
            let on = options.has(option);
            if is_shown(on) {
                set::show(option, on, listing(flags), out);
            }
        }
    } else {
        for &option in Shopt::ALL {
            let on = options.has_shopt(option);
            if is_shown(on) {
                show(option, on, flags, out);
            }
        }
    }
    Flow::Continue(0)
}

fn listing(flags: &Flags) -> Listing {
    match flags.reusable {
        true => Listing::Reusable,
        false => Listing::Plain,
    }
}

fn show(option: Shopt, on: bool, flags: &Flags, out: &mut Vec<u8>) {
    let name = option.name();
    let line = match (flags.reusable, on) {
        (true, true) => format!("shopt -s {name}\n"),
        (true, false) => format!("shopt -u {name}\n"),
        (false, true) => format!("{name:<15}\ton\n"),
        (false, false) => format!("{name:<15}\toff\n"),
    };
    out.extend_from_slice(line.as_bytes());
}

/// Shows the options that are named; the status says whether all are on.
fn query(shell: &mut Shell, flags: &Flags, names: &[Text]) -> Flow {
    let mut status = 0;
    for name in names {
        let on = if flags.of_set {
            let Some(option) = SetOption::from_name(name) else {
                status = unknown_set_option(shell, name);
                continue;
            };
            let on = shell.is_set(option);
            if !flags.quiet {
                set::show(option, on, listing(flags), shell.out());
            }
            on
        } else {
            let Some(option) = Shopt::from_name(name) else {
                status = unknown(shell, name);
                continue;
            };
            let on = shell.has_shopt(option);
            if !flags.quiet {
                show(option, on, flags, shell.out());
            }
            on
        };
        if !on {
            status = 1;
        }
    }
    Flow::Continue(status)
}

fn unknown(shell: &mut Shell, name: &[u8]) -> i32 {
    shell.complain_as("shopt", [name, b": invalid shell option name"].concat());
    1
}

fn unknown_set_option(shell: &mut Shell, name: &[u8]) -> i32 {
    shell.complain_as("shopt", [name, b": invalid option name"].concat());
    1
}

fn change(shell: &mut Shell, flags: &Flags, names: &[Text]) -> Flow {
    let mut status = 0;
    for name in names {
        if flags.of_set {
            match SetOption::from_name(name) {
                Some(option) => shell.turn(option, flags.set)?,
                // Bash tells of the name and goes on as if nothing were wrong.
                None => {
                    unknown_set_option(shell, name);
                }
            }
        } else {
            match Shopt::from_name(name) {
                Some(option) => turn(shell, option, flags.set)?,
                None => status = unknown(shell, name),
            }
        }
    }
    Flow::Continue(status)
}

/// Turns an option on or off, with all that this means.
fn turn(shell: &mut Shell, option: Shopt, on: bool) -> Flow<()> {
    match option {
        // These tell how the shell was started.
        Shopt::LoginShell | Shopt::RestrictedShell => return Flow::Continue(()),
        Shopt::InteractiveComments => return shell.turn(SetOption::InteractiveComments, on),
        Shopt::ExtDebug => {
            shell.turn(SetOption::FuncTrace, on)?;
            shell.turn(SetOption::ErrTrace, on)?;
            shell.state.tells_arguments |= on;
        }
        _ => {}
    }
    let levels = [
        Shopt::Compat31,
        Shopt::Compat32,
        Shopt::Compat40,
        Shopt::Compat41,
        Shopt::Compat42,
        Shopt::Compat43,
        Shopt::Compat44,
    ];
    if on && levels.contains(&option) {
        for level in levels {
            shell.state.options.set_shopt(level, false);
        }
    }
    shell.state.options.set_shopt(option, on);
    Flow::Continue(())
}
