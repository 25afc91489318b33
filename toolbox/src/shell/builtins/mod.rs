//! The table of builtins: each is a file of its own and is named here, once.

use super::Shell;
use super::ast::{Assignment, Text};
use super::flow::Flow;

/// A builtin command.
pub struct Builtin {
    pub name: &'static str,
    pub run: Run,
    /// A special builtin of POSIX: found before functions in POSIX mode, where its errors end the shell.
    pub is_special: bool,
    /// What `help` and usage errors show behind the name.
    pub synopsis: &'static str,
}

#[derive(Clone, Copy)]
pub enum Run {
    /// The arguments begin with the builtin's name.
    Plain(fn(&mut Shell, &[Text]) -> Flow),
    /// It takes assignments: `declare`, `local`, `export`, `readonly`, `typeset`.
    Declaration(fn(&mut Shell, &[Argument<'_>]) -> Flow),
}

/// An argument of a declaration builtin.
pub enum Argument<'a> {
    /// An expanded word; of a scalar assignment `name=value`, the value is expanded without being split.
    Text(Text),
    /// `name=(…)`, which the builtin expands itself when it knows the attributes.
    Array(&'a Assignment),
}

/// The builtin of a name.
pub fn find(_name: &[u8]) -> Option<&'static Builtin> {
    None
}
