//! `unset`

use std::rc::Rc;

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::{Subject, Text};
use crate::shell::flow::Flow;
use crate::shell::parser;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut functions, mut variables, mut references) = (false, false, false);
    let mut letters = Letters::new(args, "fnv");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'f' => functions = true,
                b'n' => references = true,
                _ => variables = true,
            },
            Err(flow) => return flow,
        }
    }
    if functions && variables {
        shell.complain_as(
            "unset",
            "cannot simultaneously unset a function and a variable",
        );
        return Flow::Continue(1);
    }
    let mut status = 0;
    for name in letters.operands() {
        if functions {
            if !unset_function(shell, name) {
                status = 1;
            }
            continue;
        }
        match parser::parameter_name(name) {
            Some(Subject::Variable(symbol)) => {
                if references {
                    shell.state.variables.unset(symbol);
                    continue;
                }
                let is_there = shell.state.variables.get(symbol).is_some() || symbol.is_special();
                if !is_there && !variables && shell.function(name).is_some() {
                    if !unset_function(shell, name) {
                        status = 1;
                    }
                } else if !shell.unset_named(name) {
                    status = 1;
                }
            }
            Some(Subject::Element(..)) => {
                if !shell.unset_named(name) {
                    status = 1;
                }
            }
            _ if !variables && shell.function(name).is_some() => {
                if !unset_function(shell, name) {
                    status = 1;
                }
            }
            _ => {
                shell.complain_as(
                    "unset",
                    [b"`", name.as_slice(), b"': not a valid identifier"].concat(),
                );
                status = 1;
            }
        }
    }
    Flow::Continue(status)
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
