//! Background jobs: the processes that were started with `&`, and what became of them.

use super::ast::Text;
use crate::sys::process::{ExitStatus, Pid};

/// All jobs that the shell still knows.
#[derive(Debug, Default)]
pub struct Jobs {
    pub list: Vec<Job>,
    /// Children of the shell that are in no job: process substitutions, and the stages of a foreground pipeline.
    pub others: Vec<Member>,
}

#[derive(Clone, Debug)]
pub struct Job {
    /// `%1` and so on.
    pub number: usize,
    pub members: Vec<Member>,
    /// The command, for `jobs`.
    pub text: Text,
    /// `jobs` or a notice has told of its end.
    pub is_reported: bool,
}

/// A process of a job.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub pid: Pid,
    /// How it ended, when it has.
    pub ended: Option<ExitStatus>,
}
