//! Processes, descriptors, waiting and accounting: everything a guest's system
//! calls mean, without a word of WebAssembly or JavaScript.

mod accounting;
mod admission;
#[cfg(test)]
pub mod at_once;
mod control;
mod descriptor;
mod interrupt;
mod job;
mod output;
mod path;
mod pipe;
mod proc_file;
mod process;
mod program;
mod scheduler;
mod signal;
mod spawn;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod time;
mod waiters;

pub use accounting::{Accounting, Charge, MemoryBudget, Usage};
pub use admission::{Admission, Place};
pub use control::Control;
pub use descriptor::{FdTable, OpenFile, Ready, Whence};
pub use interrupt::{Interrupt, Reason};
pub use job::{Exit, FUEL_SLICE, Job, JobLimits, Lease, ProgramFuture, Programs};
pub use output::{Captured, Output};
pub use process::Process;
pub use program::{Search, tool_file};
pub use scheduler::Scheduler;
pub use signal::Signal;
pub use table::{Pid, Pids, Target, Which};
