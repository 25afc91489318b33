//! Processes, descriptors, waiting and accounting: everything a guest's system
//! calls mean, without a word of WebAssembly or JavaScript.

mod accounting;
mod descriptor;
mod output;
mod path;
mod process;
mod wait;

pub use accounting::{Accounting, MemoryBudget, Usage};
pub use descriptor::{FdTable, OpenFile, Whence};
pub use output::{Captured, Output};
pub use process::Process;
pub use wait::{Interrupt, Job, Reason, drive};
