//! `printf`, as GNU coreutils and as bash have it: formats, escapes, and numbers as a C library prints them.

pub mod decimal;
pub mod escape;
pub mod extended;
mod natural;
mod printf;
pub mod quote;
pub mod read;
pub mod spec;

pub use printf::{Host, When, printf};

/// Whose printf it is: they differ in what they allow and in what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `/usr/bin/printf` of GNU coreutils.
    Gnu,
    /// The builtin of bash.
    Bash,
}
