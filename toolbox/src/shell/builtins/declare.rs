//! `declare`, `typeset`, `local`, `export` and `readonly`.

use super::letters::Letters;
use super::{Argument, listing};
use crate::shell::Shell;
use crate::shell::ast::{AssignedValue, Assignment, Subject, Subscript, Text};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::Shopt;
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Associative, Attributes, Indexed, Value, Variable};

/// What the options ask for.
#[derive(Default)]
struct Request {
    name: &'static str,
    /// Attributes to set and to take away, by their letters.
    on: Text,
    off: Text,
    functions: bool,
    names_only: bool,
    global: bool,
    inherits: bool,
    prints: bool,
    local: bool,
    /// `export -n`
    unexports: bool,
}

impl Request {
    fn sets(&self, letter: u8) -> bool {
        self.on.contains(&letter)
    }

    fn clears(&self, letter: u8) -> bool {
        self.off.contains(&letter)
    }
}

pub fn declare(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    run(shell, args, "declare")
}

pub fn typeset(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    run(shell, args, "typeset")
}

pub fn local(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    if !shell.state.calls.is_in_function() {
        shell.complain_as("local", "can only be used in a function");
        return Flow::Continue(1);
    }
    run(shell, args, "local")
}

fn run(shell: &mut Shell, args: &[Argument<'_>], name: &'static str) -> Flow {
    let mut request = Request {
        name,
        local: name == "local" || shell.state.variables.is_in_function(),
        ..Request::default()
    };
    let mut letters = Letters::with_plus(args, "aAfFgiIlnrtucxp");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match (given.letter, given.is_plus()) {
                (b'f', _) => request.functions = true,
                (b'F', _) => {
                    request.functions = true;
                    request.names_only = true;
                }
                (b'g', _) => request.global = true,
                (b'I', _) => request.inherits = true,
                (b'p', _) => request.prints = true,
                (letter, false) => request.on.push(letter),
                (letter, true) => request.off.push(letter),
            },
            Err(flow) => return flow,
        }
    }
    if request.global && name != "local" {
        request.local = false;
    }
    let operands = letters.operands();
    if request.functions {
        return functions(shell, &request, operands);
    }
    if operands.is_empty() || request.prints {
        return show(shell, &request, operands);
    }
    assign_all(shell, &request, operands)
}

pub fn export(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    let mut request = Request {
        name: "export",
        ..Request::default()
    };
    let mut letters = Letters::new(args, "fnp");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'f' => request.functions = true,
                b'n' => request.unexports = true,
                _ => request.prints = true,
            },
            Err(flow) => return flow,
        }
    }
    match request.unexports {
        true => request.off.push(b'x'),
        false => request.on.push(b'x'),
    }
    let operands = letters.operands();
    if operands.is_empty() {
        return show(shell, &request, operands);
    }
    if request.functions {
        return mark_functions(shell, &request, operands);
    }
    assign_all(shell, &request, operands)
}

pub fn readonly(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    let mut request = Request {
        name: "readonly",
        ..Request::default()
    };
    let mut letters = Letters::new(args, "aAfp");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'f' => request.functions = true,
                b'p' => request.prints = true,
                letter => request.on.push(letter),
            },
            Err(flow) => return flow,
        }
    }
    request.on.push(b'r');
    let operands = letters.operands();
    if operands.is_empty() {
        return show(shell, &request, operands);
    }
    if request.functions {
        return mark_functions(shell, &request, operands);
    }
    assign_all(shell, &request, operands)
}

fn assign_all(shell: &mut Shell, request: &Request, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    for operand in operands {
        let flow = match operand {
            Argument::Text(text) if text == b"-" && request.name == "local" => {
                let options = shell.state.options;
                if let Some(call) = shell.state.calls.last_mut() {
                    call.options.get_or_insert(options);
                }
                Flow::Continue(true)
            }
            Argument::Text(text) => assign_text(shell, request, text),
            Argument::Array(assignment) => assign_array(shell, request, assignment),
        };
        match flow {
            Flow::Continue(true) => {}
            Flow::Continue(false) => status = 1,
            Flow::Break(Jump::Discard(failed)) => status = failed,
            Flow::Break(jump) => return Flow::Break(jump),
        }
    }
    Flow::Continue(status)
}

/// `name`, `name=value`, `name+=value` or `name[subscript]=value`.
fn assign_text(shell: &mut Shell, request: &Request, text: &[u8]) -> Flow<bool> {
    let equals = equals_position(text);
    let (target, value, append) = match equals {
        None => (text, None, false),
        Some(at) => match text[..at].strip_suffix(b"+") {
            Some(target) => (target, Some(&text[at + 1..]), true),
            None => (&text[..at], Some(&text[at + 1..]), false),
        },
    };
    let (name, subscript) = match parser::parameter_name(target) {
        Some(Subject::Variable(name)) => (name, None),
        Some(Subject::Element(name, Subscript::Index(index))) if request.name != "export" => {
            (name, Some(index))
        }
        Some(Subject::Element(name, _)) if value.is_none() => (name, None),
        _ => {
            shell.complain_as(
                request.name,
                [b"`", text, b"': not a valid identifier"].concat(),
            );
            return Flow::Continue(false);
        }
    };
    let is_array_text = value.is_some_and(|value| value.starts_with(b"(") && value.ends_with(b")"));
    let is_element = target != name.name().as_ref();
    let name = prepare(shell, request, name, is_element)?;
    let Some(name) = name else {
        return Flow::Continue(false);
    };
    if let Some(value) = value {
        let is_array = shell
            .state
            .variables
            .get(name)
            .is_some_and(Variable::is_array);
        if is_array_text
            && subscript.is_none()
            && (is_array || request.sets(b'a') || request.sets(b'A'))
        {
            let Ok(elements) = parser::array_text(value) else {
                return Flow::Continue(false);
            };
            shell.assign_array(name, &elements, append)?;
        } else if let Some(index) = subscript {
            shell.put_element(name, &index, value.to_vec(), append)?;
        } else if request.sets(b'n') {
            let is_name = matches!(
                parser::parameter_name(value),
                Some(Subject::Variable(_) | Subject::Element(..))
            );
            if !is_name && !value.is_empty() {
                let problem = b"': invalid variable name for name reference";
                shell.complain_as(request.name, [b"`", value, problem].concat());
                return Flow::Continue(false);
            }
            shell.state.variables.edit(name).value = Value::Scalar(value.to_vec());
        } else if append {
            append_value(shell, name, value)?;
        } else {
            put(shell, request, name, value.to_vec())?;
        }
    }
    finish(shell, request, name);
    Flow::Continue(true)
}

/// Where the `=` of an assignment stands: not one in a subscript.
fn equals_position(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn put(shell: &mut Shell, request: &Request, name: Symbol, value: Text) -> Flow<()> {
    if request.global && shell.state.variables.is_local(name) {
        let attributes = shell
            .state
            .variables
            .global(name)
            .map(|variable| variable.attributes);
        let value = shell.converted(attributes.unwrap_or_default(), value)?;
        shell.state.variables.edit_global(name).value = Value::Scalar(value);
        return Flow::Continue(());
    }
    shell.assign(name, value)
}

fn append_value(shell: &mut Shell, name: Symbol, more: &[u8]) -> Flow<()> {
    let before = shell.value(name).unwrap_or_default();
    let value = if shell.attributes(name).integer {
        let sum = shell.evaluate_text(&before)?;
        sum.wrapping_add(shell.evaluate_text(more)?)
            .to_string()
            .into_bytes()
    } else {
        [before.as_slice(), more].concat()
    };
    shell.assign(name, value)
}

fn assign_array(shell: &mut Shell, request: &Request, assignment: &Assignment) -> Flow<bool> {
    let AssignedValue::Array(elements) = &assignment.value else {
        return Flow::Continue(true);
    };
    // The values are expanded while a local variable still hides nothing.
    let Some(name) = prepare(shell, request, assignment.name, true)? else {
        return Flow::Continue(false);
    };
    shell.assign_array(name, elements, assignment.append)?;
    finish(shell, request, name);
    Flow::Continue(true)
}

/// Makes the variable, in the scope that is meant and with the attributes that matter to its value. None, after it was
/// said, when that cannot be.
fn prepare(
    shell: &mut Shell,
    request: &Request,
    name: Symbol,
    is_array: bool,
) -> Flow<Option<Symbol>> {
    let mut name = name;
    let follows = !request.sets(b'n') && !request.clears(b'n');
    if follows && !request.local {
        name = shell.resolved(name);
    }
    if request.local {
        let inherited = shell.state.variables.get(name).cloned();
        let is_readonly = inherited
            .as_ref()
            .is_some_and(|variable| variable.attributes.readonly);
        if is_readonly && !shell.state.variables.is_local(name) && is_global_readonly(shell, name) {
            shell.complain_as(
                request.name,
                [&name.name()[..], b": readonly variable"].concat(),
            );
            return Flow::Continue(None);
        }
        let is_new = shell.state.variables.make_local(name);
        let inherits = request.inherits || shell.has_shopt(Shopt::LocalVarInherit);
        if is_new {
            let mut variable = Variable::default();
            if let Some(inherited) = inherited {
                if inherits {
                    variable = inherited;
                    variable.attributes.nameref = false;
                } else if inherited.attributes.exported {
                    // What is exported stays so.
                    variable.attributes.exported = true;
                }
            }
            shell.state.variables.set(name, variable);
        } else if follows {
            name = shell.resolved(name);
        }
    }
    let variable = shell.state.variables.get(name);
    if variable.is_some_and(|variable| variable.attributes.readonly) && changes(request) {
        shell.complain_as(
            request.name,
            [&name.name()[..], b": readonly variable"].concat(),
        );
        return Flow::Continue(None);
    }
    let value = variable.map(|variable| &variable.value);
    let problem = match value {
        Some(Value::Indexed(_)) if request.sets(b'A') => {
            Some("cannot convert indexed to associative array")
        }
        Some(Value::Associative(_)) if request.sets(b'a') => {
            Some("cannot convert associative to indexed array")
        }
        Some(Value::Indexed(_)) if request.clears(b'a') => {
            Some("cannot destroy array variables in this way")
        }
        Some(Value::Associative(_)) if request.clears(b'A') => {
            Some("cannot destroy array variables in this way")
        }
        _ => None,
    };
    if let Some(problem) = problem {
        shell.complain_as(
            request.name,
            [&name.name()[..], b": ", problem.as_bytes()].concat(),
        );
        return Flow::Continue(None);
    }
    let edit = |shell: &mut Shell, change: &dyn Fn(&mut Variable)| match request.global {
        true => change(shell.state.variables.edit_global(name)),
        false => change(shell.state.variables.edit(name)),
    };
    edit(shell, &|variable| {
        if request.sets(b'A') && !matches!(variable.value, Value::Associative(_)) {
            let mut array = Associative::declared();
            if let Value::Scalar(text) = std::mem::take(&mut variable.value) {
                array.set(b"0".to_vec(), text);
            }
            variable.value = Value::Associative(array);
        } else if request.sets(b'a') && !variable.is_array() {
            let mut array = Indexed::declared();
            if let Value::Scalar(text) = std::mem::take(&mut variable.value) {
                array.set(0, text);
            }
            variable.value = Value::Indexed(array);
        }
        if is_array && matches!(variable.value, Value::Unset) {
            variable.value = Value::Indexed(Indexed::declared());
        }
        set_attributes(&mut variable.attributes, request);
    });
    Flow::Continue(Some(name))
}

/// Whether the readonly variable that is seen is the global one, which no function may hide.
fn is_global_readonly(shell: &Shell, name: Symbol) -> bool {
    shell
        .state
        .variables
        .global(name)
        .is_some_and(|variable| variable.attributes.readonly)
}

/// Whether attributes are asked for that a readonly variable does not take.
fn changes(request: &Request) -> bool {
    request.off.contains(&b'r')
        || request.sets(b'i')
        || request.sets(b'l')
        || request.sets(b'u')
        || request.sets(b'n')
}

/// The attributes that have to be there before the value.
fn set_attributes(attributes: &mut Attributes, request: &Request) {
    for (letters, on) in [(&request.on, true), (&request.off, false)] {
        for letter in letters {
            match letter {
                b'i' => attributes.integer = on,
                b'l' => {
                    attributes.lowercase = on;
                    attributes.uppercase &= !on;
                    attributes.capitalized &= !on;
                }
                b'u' => {
                    attributes.uppercase = on;
                    attributes.lowercase &= !on;
                    attributes.capitalized &= !on;
                }
                b'c' => {
                    attributes.capitalized = on;
                    attributes.lowercase &= !on;
                    attributes.uppercase &= !on;
                }
                b'n' => attributes.nameref = on,
                b't' => attributes.traced = on,
                _ => {}
            }
        }
    }
}

/// The attributes that come after the value.
fn finish(shell: &mut Shell, request: &Request, name: Symbol) {
    if request.sets(b'x') || request.clears(b'x') {
        match request.global {
            true => {
                shell.state.variables.edit_global(name).attributes.exported = request.sets(b'x')
            }
            false => shell.state.variables.set_exported(name, request.sets(b'x')),
        }
    }
    if request.sets(b'r') {
        match request.global {
            true => shell.state.variables.edit_global(name).attributes.readonly = true,
            false => shell.state.variables.edit(name).attributes.readonly = true,
        }
    }
}

/// Prints variables: all with the attributes asked for, or those that are named.
fn show(shell: &mut Shell, request: &Request, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    if operands.is_empty() {
        let names = match request.name == "local" {
            true => {
                let mut names = shell.state.variables.locals();
                names.sort_by_key(|name| name.name());
                names
            }
            false => shell.state.variables.sorted_names(),
        };
        let plain = request.on.is_empty()
            && !request.prints
            && matches!(request.name, "declare" | "typeset");
        if plain {
            return listing::all(shell);
        }
        for name in names {
            let Some(variable) = shell.shown_variable(name) else {
                continue;
            };
            if !has_attributes(&variable, &request.on) {
                continue;
            }
            if request.name == "local" && !request.prints {
                listing::assignment(&name.name(), &variable, shell.out());
                continue;
            }
            show_one(shell, request, name, &variable);
        }
        return Flow::Continue(0);
    }
    for operand in operands {
        let Argument::Text(text) = operand else {
            continue;
        };
        let name = Symbol::new(text);
        let found = match shell.state.variables.get(name) {
            Some(variable) if variable.attributes.nameref => Some(variable.clone()),
            _ => shell.shown_variable(name),
        };
        match found {
            Some(variable) => show_one(shell, request, name, &variable),
            None => {
                shell.complain_as(request.name, [text.as_slice(), b": not found"].concat());
                status = 1;
            }
        }
    }
    Flow::Continue(status)
}

fn show_one(shell: &mut Shell, request: &Request, name: Symbol, variable: &Variable) {
    if shell.is_posix() && matches!(request.name, "export" | "readonly") {
        shell.out().extend_from_slice(request.name.as_bytes());
        listing::named_value(&name.name(), variable, shell.out());
        return;
    }
    listing::declaration(&name.name(), variable, shell.out());
}

fn has_attributes(variable: &Variable, letters: &[u8]) -> bool {
    letters.is_empty()
        || letters.iter().any(|letter| match letter {
            b'a' => matches!(variable.value, Value::Indexed(_)),
            b'A' => matches!(variable.value, Value::Associative(_)),
            b'i' => variable.attributes.integer,
            b'l' => variable.attributes.lowercase,
            b'u' => variable.attributes.uppercase,
            b'c' => variable.attributes.capitalized,
            b'n' => variable.attributes.nameref,
            b'r' => variable.attributes.readonly,
            b't' => variable.attributes.traced,
            b'x' => variable.attributes.exported,
            _ => true,
        })
}

/// `declare -f` and `-F`.
fn functions(shell: &mut Shell, request: &Request, operands: &[Argument<'_>]) -> Flow {
    if !request.on.is_empty() || !request.off.is_empty() {
        return mark_functions(shell, request, operands);
    }
    if operands.is_empty() {
        for name in shell.function_names() {
            match request.names_only {
                true => {
                    let letters = function_letters(shell, &name);
                    let line = [b"declare -f", letters.as_slice(), b" ", &name, b"\n"].concat();
                    shell.out().extend(line);
                }
                false => shell.print_function(&name),
            }
        }
        return Flow::Continue(0);
    }
    let mut status = 0;
    for operand in operands {
        let Argument::Text(name) = operand else {
            continue;
        };
        match shell.function(name).is_some() {
            true if request.names_only => {
                let line = [name.as_slice(), b"\n"].concat();
                shell.out().extend(line);
            }
            true => shell.print_function(name),
            false => status = 1,
        }
    }
    Flow::Continue(status)
}

fn function_letters(shell: &Shell, name: &[u8]) -> Text {
    let mut letters = Text::new();
    if let Some(function) = shell.function(name) {
        if function.readonly {
            letters.push(b'r');
        }
        if function.traced {
            letters.push(b't');
        }
        if function.exported {
            letters.push(b'x');
        }
    }
    letters
}

fn mark_functions(shell: &mut Shell, request: &Request, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    for operand in operands {
        let Argument::Text(name) = operand else {
            continue;
        };
        if shell.function(name).is_none() {
            shell.complain_as(
                request.name,
                [name.as_slice(), b": not a function"].concat(),
            );
            status = 1;
            continue;
        }
        shell.edit_function(name, |function| {
            if request.sets(b'x') {
                function.exported = true;
            }
            if request.clears(b'x') {
                function.exported = false;
            }
            if request.sets(b'r') {
                function.readonly = true;
            }
            if request.sets(b't') {
                function.traced = true;
            }
        });
    }
    Flow::Continue(status)
}
