//! `alias` and `unalias`

use std::rc::Rc;

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::quote;

pub fn alias(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut prints = false;
    let mut letters = Letters::new(args, "p");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(_)) => prints = true,
            Err(flow) => return flow,
        }
    }
    let operands = letters.operands();
    if operands.is_empty() || prints {
        let names: Vec<Text> = shell.state.aliases.keys().cloned().collect();
        for name in names {
            show(shell, &name);
        }
    }
    let mut status = 0;
    for operand in operands {
        match operand.iter().skip(1).position(|byte| *byte == b'=') {
            Some(at) => {
                let (name, value) = (&operand[..at + 1], &operand[at + 2..]);
                let is_invalid = |byte: &u8| {
                    matches!(
                        byte,
                        b'/' | b'$'
                            | b'`'
                            | b'='
                            | b'\''
                            | b'"'
                            | b'\\'
                            | b' '
                            | b'\t'
                            | b'\n'
                            | b'&'
                            | b'|'
                            | b';'
                            | b'<'
                            | b'>'
                            | b'('
                            | b')'
                    )
                };
                if name.iter().any(is_invalid) {
                    shell.complain_as("alias", [b"`", name, b"': invalid alias name"].concat());
                    status = 1;
                    continue;
                }
                Rc::make_mut(&mut shell.state.aliases).insert(name.to_vec(), value.to_vec());
            }
            None if shell.state.aliases.contains_key(operand) => show(shell, operand),
            None => {
                shell.complain_as("alias", [operand.as_slice(), b": not found"].concat());
                status = 1;
            }
        }
    }
    Flow::Continue(status)
}

fn show(shell: &mut Shell, name: &[u8]) {
    let Some(text) = shell.state.aliases.get(name) else {
        return;
    };
    let before: &[u8] = if shell.is_posix() { b"" } else { b"alias " };
    let line = [before, name, b"=", &quote::single(text), b"\n"].concat();
    shell.out().extend(line);
}

pub fn unalias(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut all = false;
    let mut letters = Letters::new(args, "a");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(_)) => all = true,
            Err(flow) => return flow,
        }
    }
    if all {
        shell.state.aliases = Rc::default();
        return Flow::Continue(0);
    }
    let operands = letters.operands();
    if operands.is_empty() {
        return shell.misused(b"unalias");
    }
    let mut status = 0;
    for name in operands {
        if Rc::make_mut(&mut shell.state.aliases)
            .remove(name)
            .is_none()
        {
            shell.complain_as("unalias", [name.as_slice(), b": not found"].concat());
            status = 1;
        }
    }
    Flow::Continue(status)
}
