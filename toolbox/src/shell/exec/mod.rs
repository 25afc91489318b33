//! The interpreter: what each node of the syntax tree does.

mod substitution;
