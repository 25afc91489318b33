//! `declare`, `typeset` and `local`; and what they have in common with `export` and `readonly`.

mod apply;
mod operand;
pub mod publish;
mod show;

use super::Argument;
use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::flow::Flow;
use crate::shell::value::{Attributes, Value, Variable};

pub use self::operand::Operand;

/// Attributes that are named together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Flags {
    attributes: Attributes,
    /// `-a`
    indexed: bool,
    /// `-A`
    associative: bool,
}

impl Flags {
    fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn is_array(self) -> bool {
        self.indexed || self.associative
    }

    fn add(&mut self, letter: u8) {
        match letter {
            b'a' => self.indexed = true,
            b'A' => self.associative = true,
            b'c' => self.attributes.capitalized = true,
            b'i' => self.attributes.integer = true,
            b'l' => self.attributes.lowercase = true,
            b'n' => self.attributes.nameref = true,
            b'r' => self.attributes.readonly = true,
            b't' => self.attributes.traced = true,
            b'u' => self.attributes.uppercase = true,
            _ => self.attributes.exported = true,
        }
    }

    /// Whether a variable has one of them.
    fn any_of(self, variable: &Variable) -> bool {
        let has = variable.attributes;
        let wanted = self.attributes;
        self.indexed && matches!(variable.value, Value::Indexed(_))
            || self.associative && matches!(variable.value, Value::Associative(_))
            || wanted.capitalized && has.capitalized
            || wanted.exported && has.exported
            || wanted.integer && has.integer
            || wanted.lowercase && has.lowercase
            || wanted.nameref && has.nameref
            || wanted.readonly && has.readonly
            || wanted.traced && has.traced
            || wanted.uppercase && has.uppercase
    }
}

/// What a command line asks for.
struct Request<'a> {
    /// The builtin's name.
    builtin: &'a [u8],
    on: Flags,
    off: Flags,
    /// `-f` or `-F`: it is about functions.
    functions: bool,
    /// `-F`: only their names.
    names_only: bool,
    /// `-p`
    shows: bool,
    /// `-g`
    global: bool,
    /// `-I`
    inherits: bool,
    /// It is `local`.
    is_local: bool,
}

impl<'a> Request<'a> {
    fn new(builtin: &'a [u8], is_local: bool) -> Self {
        Self {
            builtin,
            on: Flags::default(),
            off: Flags::default(),
            functions: false,
            names_only: false,
            shows: false,
            global: false,
            inherits: false,
            is_local,
        }
    }
}

/// `declare` and `typeset`.
pub fn run(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    declare(shell, args, false)
}

pub fn local(shell: &mut Shell, args: &[Argument<'_>]) -> Flow {
    if !shell.state.variables.is_in_function() {
        shell.complain_as("local", "can only be used in a function");
        return Flow::Continue(1);
    }
    declare(shell, args, true)
}

fn declare(shell: &mut Shell, args: &[Argument<'_>], is_local: bool) -> Flow {
    let name = builtin_name(args);
    let mut request = Request::new(name, is_local);
    let mut letters = Letters::with_plus(args, "acfgilnprtuxAFI");
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => match given.letter {
                b'p' => request.shows = true,
                b'g' => request.global = !is_local,
                b'I' => request.inherits = true,
                // With a plus, these ask for nothing.
                b'f' | b'F' if given.is_plus() => {}
                b'f' => request.functions = true,
                b'F' => {
                    request.functions = true;
                    request.names_only = true;
                }
                letter if given.is_plus() => request.off.add(letter),
                letter => request.on.add(letter),
            },
            Ok(None) => break,
            Err(flow) => return flow,
        }
    }
    // An array is no reference.
    request.on.attributes.nameref &= !request.on.is_array();
    let operands = letters.operands();
    if operands.is_empty() {
        return show::list(shell, &request);
    }
    if request.shows {
        return show::named(shell, &request, operands);
    }
    if request.functions {
        return functions(shell, &request, operands);
    }
    let outer = std::mem::replace(&mut shell.arithmetic_prefix, prefix(name));
    let flow = apply_all(shell, &request, operands);
    shell.arithmetic_prefix = outer;
    flow
}

fn builtin_name<'a>(args: &'a [Argument<'_>]) -> &'a [u8] {
    match args.first() {
        Some(Argument::Text(name)) => name,
        _ => b"declare",
    }
}

/// What messages about arithmetic begin with.
fn prefix(builtin: &[u8]) -> &'static [u8] {
    match builtin {
        b"local" => b"local: ",
        b"typeset" => b"typeset: ",
        b"export" => b"export: ",
        b"readonly" => b"readonly: ",
        _ => b"declare: ",
    }
}

fn apply_all(shell: &mut Shell, request: &Request<'_>, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    for argument in operands {
        if request.is_local
            && let Argument::Text(text) = argument
            && text == b"-"
        {
            keep_options(shell);
            continue;
        }
        let Some(operand) = Operand::new(argument) else {
            if let Argument::Text(text) = argument {
                shell.not_an_identifier(request.builtin, text);
            }
            status = 1;
            continue;
        };
        if !shell.declare_one(request, &operand)? {
            status = 1;
        }
    }
    Flow::Continue(status)
}

/// `local -`: the options are those of now again when the function ends.
fn keep_options(shell: &mut Shell) {
    let options = shell.state.options;
    if let Some(call) = shell.state.calls.last_mut() {
        call.options.get_or_insert(options);
    }
}

/// `declare -f name`: shows a function, or changes its attributes.
fn functions(shell: &mut Shell, request: &Request<'_>, operands: &[Argument<'_>]) -> Flow {
    let mut status = 0;
    for argument in operands {
        let name = match argument {
            Argument::Text(name) if !name.contains(&b'=') => name,
            _ => {
                shell.complain_as(request.builtin, "cannot use `-f' to make functions");
                return Flow::Continue(1);
            }
        };
        let Some(function) = shell.function(name).cloned() else {
            status = 1;
            continue;
        };
        let (on, off) = (request.on.attributes, request.off.attributes);
        if request.on.is_empty() && request.off.is_empty() {
            show::function(shell, request, &function);
        } else if off.readonly && function.readonly {
            let message = [name.as_slice(), b": readonly function"].concat();
            shell.complain_as(request.builtin, message);
            status = 1;
        } else {
            shell.edit_function(name, |function| {
                function.exported = (function.exported || on.exported) && !off.exported;
                function.traced = (function.traced || on.traced) && !off.traced;
                function.readonly |= on.readonly;
            });
        }
    }
    Flow::Continue(status)
}

impl Shell {
    /// Says that a word is no name, as builtins do.
    pub(super) fn not_an_identifier(&mut self, builtin: impl AsRef<[u8]>, word: &[u8]) {
        self.complain_as(builtin, [b"`", word, b"': not a valid identifier"].concat());
    }

    /// Says that a variable is readonly, with the builtin's name.
    fn is_refused(&mut self, builtin: &[u8], name: &[u8]) {
        self.complain_as(builtin, [name, b": readonly variable"].concat());
    }
}
