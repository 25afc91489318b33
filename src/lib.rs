//! agent-sandbox: a Unix for AI agents inside a Node.js process.
//!
//! The parts, each using only those below it: `js`, `pool`, `call` and `session`
//! (with `root` and `error`), `engine`, `syscall`, `kernel`, `vfs`.

mod call;
mod engine;
mod error;
mod js;
mod kernel;
mod pipeline;
mod pool;
mod root;
mod session;
mod syscall;
mod vfs;
