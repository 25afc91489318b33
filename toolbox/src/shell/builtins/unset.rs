//! `unset`: takes variables and functions away.

use std::rc::Rc;

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::access::{is_name, is_target};
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut functions, mut variables, mut references) = (false, false, false);
    let mut letters = Letters::new(args, "fnv");
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => match given.letter {
                b'f' => functions = true,
                b'v' => variables = true,
                _ => references = true,
            },
            Ok(None) => break,
            Err(flow) => return flow,
        }
    }
    if functions && variables {
        let problem = "cannot simultaneously unset a function and a variable";
        shell.complain_as("unset", problem);
        return Flow::Continue(1);
    }
    let mut status = 0;
    for name in letters.operands() {
        let done = if functions {
            unset_function(shell, name)
        } else if references {
            unset_reference(shell, name)
        } else if is_target(name) || shell.key_as_written(name).is_some() {
            let symbol = is_name(name).then(|| Symbol::new(name));
            match symbol.is_some_and(|symbol| shell.state.variables.get(symbol).is_none()) {
                // Without a variable of the name, a function is meant.
                true if !variables && shell.function(name).is_some() => unset_function(shell, name),
                _ => shell.unset_named(name)?,
            }
        } else if variables {
            shell.not_an_identifier("unset", name);
            false
        } else {
            unset_function(shell, name)
        };
        if !done {
            status = 1;
        }
    }
    Flow::Continue(status)
}

/// A nameref itself; what is none stays.
fn unset_reference(shell: &mut Shell, name: &[u8]) -> bool {
    if !is_name(name) {
        return true;
    }
    let name = Symbol::new(name);
    !shell.attributes(name).nameref || shell.unset_variable(name)
}

fn unset_function(shell: &mut Shell, name: &[u8]) -> bool {
    let Some(function) = shell.function(name) else {
        return true;
    };
    if function.readonly {
        shell.complain_as(
            "unset",
            [name, b": cannot unset: readonly function"].concat(),
        );
        return false;
    }
    Rc::make_mut(&mut shell.state.functions)
        .by_name
        .remove(name);
    true
}
