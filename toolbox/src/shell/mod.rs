//! The shell: bash, as scripts and agents write it.

pub mod ast;
pub mod symbol;
