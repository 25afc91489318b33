//! What `declare` shows.

use super::Request;
use crate::shell::Shell;
use crate::shell::builtins::{Argument, listing};
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;
use crate::shell::printer;
use crate::shell::state::Function;
use crate::shell::symbol::Symbol;

/// Without names: all variables or functions, or those with one of the attributes.
pub fn list(shell: &mut Shell, request: &Request<'_>) -> Flow {
    if request.functions {
        return list_functions(shell, request);
    }
    let is_plain = request.on.is_empty() && !request.shows && !request.is_local;
    if is_plain {
        return listing::all(shell, request.builtin);
    }
    let names = match request.is_local {
        true => {
            let mut names = shell.state.variables.locals();
            names.sort_by_key(|name| name.name());
            names
        }
        false => shell.state.variables.sorted_names(),
    };
    for name in names {
        let Some(variable) = shell.listed_variable(name) else {
            continue;
        };
        if request.on.is_empty() || request.on.any_of(&variable) {
            listing::declaration(&name.name(), &variable, shell.out());
        }
        if !shell.relieve(request.builtin) {
            return Flow::Continue(1);
        }
    }
    Flow::Continue(0)
}

fn list_functions(shell: &mut Shell, request: &Request<'_>) -> Flow {
    let wanted = request.on.attributes;
    for function in shell.sorted_functions() {
        let is_wanted = request.on.is_empty()
            || wanted.exported && function.exported
            || wanted.readonly && function.readonly
            || wanted.traced && function.traced;
        if !is_wanted {
            continue;
        }
        match request.names_only {
            true => listing::function_declaration(&function, shell.out()),
            false => listing::function_definition(&function, shell.out()),
        }
        if !shell.relieve(request.builtin) {
            return Flow::Continue(1);
        }
    }
    Flow::Continue(0)
}

/// `declare -p name`
pub fn named(shell: &mut Shell, request: &Request<'_>, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    for argument in operands {
        let name = match argument {
            Argument::Text(name) => name.clone(),
            Argument::Array(assignment) => assignment.name.name().to_vec(),
        };
        if request.functions {
            if let Some(function) = shell.function(&name).cloned() {
                match request.names_only {
                    true => listing::function_declaration(&function, shell.out()),
                    false => listing::function_definition(&function, shell.out()),
                }
                continue;
            }
        } else if let Some(variable) = shell.shown_variable(Symbol::new(&name)) {
            listing::declaration(&name, &variable, shell.out());
            continue;
        }
        shell.complain_as(request.builtin, [name.as_slice(), b": not found"].concat());
        status = 1;
    }
    Flow::Continue(status)
}

/// `declare -f name` and `declare -F name`.
pub fn function(shell: &mut Shell, request: &Request<'_>, function: &Function) {
    if !request.names_only {
        return shell.out().extend(printer::function(&function.definition));
    }
    let definition = &function.definition;
    let mut line = definition.name.clone();
    if shell.has_shopt(Shopt::ExtDebug) {
        line.extend_from_slice(format!(" {} ", definition.line).as_bytes());
        line.extend_from_slice(&function.file);
    }
    line.push(b'\n');
    shell.out().extend(line);
}
