//! `export` and `readonly`.

use super::operand::{self, Assigned};
use super::{Operand, builtin_name, prefix};
use crate::shell::Shell;
use crate::shell::access::survived;
use crate::shell::builtins::letters::Letters;
use crate::shell::builtins::{Argument, listing};
use crate::shell::flow::{Flow, Jump};
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Associative, Indexed, Value, Variable};

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Exported,
    Readonly,
}

struct Request<'a> {
    builtin: &'a [u8],
    what: What,
    /// `export -n`
    takes_away: bool,
    /// `-f`
    functions: bool,
    /// `-a`
    indexed: bool,
    /// `-A`
    associative: bool,
}

pub fn export(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    run(shell, args, What::Exported, "aAfnp")
}

pub fn readonly(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    run(shell, args, What::Readonly, "aAfp")
}

fn run(shell: &mut Shell, args: &[Argument<'_>], what: What, known: &'static str) -> Flow {
    let mut request = Request {
        builtin: builtin_name(args),
        what,
        takes_away: false,
        functions: false,
        indexed: false,
        associative: false,
    };
    let mut letters = Letters::new(args, known);
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => match given.letter {
                b'a' => request.indexed = true,
                b'A' => request.associative = true,
                b'f' => request.functions = true,
                b'n' => request.takes_away = true,
                _ => {}
            },
            Ok(None) => break,
            Err(flow) => return flow,
        }
    }
    let operands = letters.operands();
    if operands.is_empty() {
        return list(shell, &request);
    }
    let outer = std::mem::replace(&mut shell.arithmetic_prefix, prefix(request.builtin));
    let flow = publish_all(shell, &request, operands);
    shell.arithmetic_prefix = outer;
    flow
}

fn publish_all(shell: &mut Shell, request: &Request<'_>, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    let mut refused = false;
    for argument in operands {
        if request.functions {
            status |= i32::from(!publish_function(shell, request, argument));
            continue;
        }
        let Some(operand) = Operand::new(argument).filter(Operand::is_whole) else {
            if let Argument::Text(text) = argument {
                shell.not_an_identifier(request.builtin, operand::shown(text));
            }
            status = 1;
            continue;
        };
        if !publish(shell, request, &operand)? {
            status = 1;
            refused = true;
        }
    }
    match refused && shell.is_posix() {
        true => Flow::Break(Jump::Exit(1)),
        false => Flow::Continue(status),
    }
}

fn publish_function(shell: &mut Shell, request: &Request<'_>, argument: &Argument<'_>) -> bool {
    let name = match argument {
        Argument::Text(name) => name.clone(),
        Argument::Array(assignment) => assignment.name.name().to_vec(),
    };
    if shell.function(&name).is_none() {
        shell.complain_as(
            request.builtin,
            [name.as_slice(), b": not a function"].concat(),
        );
        return false;
    }
    shell.edit_function(&name, |function| match request.what {
        What::Exported => function.exported = !request.takes_away,
        What::Readonly => function.readonly = true,
    });
    true
}

/// Says whether it was done; it has complained if not.
fn publish(shell: &mut Shell, request: &Request<'_>, operand: &Operand<'_>) -> Flow<bool> {
    if let Some(element) = shell.named_element(operand.name) {
        return publish_element(shell, request, operand, &element);
    }
    let name = shell.resolved(operand.name);
    if !matches!(operand.value, Assigned::Nothing) && shell.attributes(name).readonly {
        shell.complain([&name.name()[..], b": readonly variable"].concat());
        return Flow::Continue(false);
    }
    if name.is_special() {
        // A computed variable is as it would be seen.
        shell.seen(name);
    }
    if !make_array(shell, request, name) {
        return Flow::Continue(false);
    }
    if let Assigned::Text(text) = operand.value {
        let sign: &[u8] = if operand.append { b"+=" } else { b"=" };
        shell.trace_value(&operand.assignment(text), sign, text)?;
    }
    let assigned = match operand.value {
        Assigned::Nothing => Flow::Continue(()),
        Assigned::Array(elements) => shell.assign_declared_array(name, elements, operand.append),
        Assigned::Text(text) => match array_elements(request, text) {
            Some(elements) => shell.assign_array(name, &elements, operand.append),
            None if operand.append => shell.execute_assignment(&operand.assignment(text)),
            None => shell.assign(operand.name, text),
        },
    };
    match request.what {
        What::Exported => {
            if survived(assigned)? {
                shell.state.variables.keep(name);
                shell
                    .state
                    .variables
                    .set_exported(name, !request.takes_away);
                return Flow::Continue(true);
            }
            Flow::Continue(false)
        }
        What::Readonly => {
            let done = survived(assigned)?;
            if done {
                shell.state.variables.keep(name);
                shell.state.variables.edit(name).attributes.readonly = true;
            }
            Flow::Continue(done)
        }
    }
}

/// The operand is a nameref that leads to an element: that is assigned to, and no variable.
fn publish_element(
    shell: &mut Shell,
    request: &Request<'_>,
    operand: &Operand<'_>,
    element: &[u8],
) -> Flow<bool> {
    match operand.value {
        Assigned::Nothing => {}
        Assigned::Array(elements) => {
            shell.assign_array(operand.name, elements, operand.append)?;
        }
        Assigned::Text(text) => {
            let assigned = shell.execute_assignment(&operand.assignment(text));
            if !survived(assigned)? {
                return Flow::Continue(false);
            }
        }
    }
    if !request.takes_away {
        shell.not_an_identifier(request.builtin, element);
    }
    Flow::Continue(true)
}

/// With `-a` or `-A`, a value in parentheses is a list.
fn array_elements(
    request: &Request<'_>,
    text: &[u8],
) -> Option<Vec<crate::shell::ast::ArrayElement>> {
    let is_list = (request.indexed || request.associative)
        && text.len() > 1
        && text.starts_with(b"(")
        && text.ends_with(b")");
    parser::array_text(text).ok().filter(|_| is_list)
}

fn make_array(shell: &mut Shell, request: &Request<'_>, name: Symbol) -> bool {
    if !request.indexed && !request.associative {
        return true;
    }
    let variable = shell.state.variables.edit(name);
    let problem = match (&variable.value, request.associative) {
        (Value::Indexed(_), true) => "cannot convert indexed to associative array",
        (Value::Associative(_), false) => "cannot convert associative to indexed array",
        (Value::Indexed(_) | Value::Associative(_), _) => return true,
        (_, associative) => {
            let text = variable.text().cloned();
            variable.value = match associative {
                true => {
                    let mut array = Associative::declared();
                    text.into_iter()
                        .for_each(|text| array.set(b"0".to_vec(), text));
                    Value::Associative(array)
                }
                false => {
                    let mut array = Indexed::declared();
                    text.into_iter().for_each(|text| array.set(0, text));
                    Value::Indexed(array)
                }
            };
            return true;
        }
    };
    let message = [&name.name()[..], b": ", problem.as_bytes()].concat();
    shell.complain_as(request.builtin, message);
    false
}

/// All that are exported, or readonly.
fn list(shell: &mut Shell, request: &Request<'_>) -> Flow {
    if request.functions {
        for function in shell.sorted_functions() {
            let is_wanted = match request.what {
                What::Exported => function.exported,
                What::Readonly => function.readonly,
            };
            if is_wanted {
                listing::function_definition(&function, shell.out());
            }
        }
        return Flow::Continue(0);
    }
    let posix = shell.is_posix();
    for name in shell.state.variables.sorted_names() {
        let Some(variable) = shell.listed_variable(name) else {
            continue;
        };
        if !is_listed(request, &variable) {
            continue;
        }
        if posix {
            let out = shell.out();
            out.extend_from_slice(request.builtin);
            listing::named_value(&name.name(), &variable, out);
        } else {
            listing::declaration(&name.name(), &variable, shell.out());
        }
        if !shell.relieve(request.builtin) {
            return Flow::Continue(1);
        }
    }
    Flow::Continue(0)
}

fn is_listed(request: &Request<'_>, variable: &Variable) -> bool {
    let has = match request.what {
        What::Exported => variable.attributes.exported,
        What::Readonly => variable.attributes.readonly,
    };
    let is_wanted = match &variable.value {
        Value::Indexed(_) => request.indexed || !request.associative,
        Value::Associative(_) => request.associative || !request.indexed,
        _ => !request.indexed && !request.associative,
    };
    has && is_wanted
}
