//! The shell: bash, as scripts and agents write it.

pub mod access;
pub mod arithmetic;
pub mod ast;
pub mod builtins;
pub mod calls;
pub mod conditions;
pub mod descriptors;
pub mod exec;
pub mod expand;
pub mod flow;
pub mod glob;
pub mod invocation;
pub mod jobs;
pub mod options;
pub mod parser;
pub mod pattern;
pub mod printer;
pub mod quote;
pub mod script;
pub mod special;
mod startup_files;
pub mod state;
pub mod streams;
pub mod symbol;
pub mod traps;
pub mod value;
pub mod variables;

pub use state::{Shell, State};
