//! Why a run failed, as the user of the API learns it. A command that fails is
//! not an error; a bug is `Internal`.

use std::time::Duration;

use crate::engine::ImageError;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("the run was stopped at its time limit of {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("the run was aborted")]
    Aborted,
    #[error("the run was stopped at its fuel limit of {0}")]
    Fuel(u64),
    #[error("the run was stopped at its memory limit of {0} bytes")]
    Memory(u64),
    #[error("the run was stopped at its limit of {0} bytes written to files")]
    Disk(u64),
    #[error("the host could not give a process its memory: {0}")]
    HostMemory(String),
    #[error("the sandbox is closed")]
    Closed,
    #[error("option '{option}' {problem}")]
    InvalidOption { option: String, problem: String },
    #[error("option 'workDir' {0}")]
    WorkDir(String),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error("internal error, please report it: {0}")]
    Internal(String),
}

impl Error {
    pub fn invalid(option: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidOption {
            option: option.into(),
            problem: problem.into(),
        }
    }

    /// `SandboxError.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Timeout(_) => "ERR_SANDBOX_TIMEOUT",
            Self::Aborted => "ERR_SANDBOX_ABORTED",
            Self::Fuel(_) => "ERR_SANDBOX_FUEL",
            Self::Memory(_) | Self::HostMemory(_) => "ERR_SANDBOX_MEMORY",
            Self::Disk(_) => "ERR_SANDBOX_DISK",
            Self::Closed => "ERR_SANDBOX_CLOSED",
            Self::InvalidOption { .. } => "ERR_SANDBOX_INVALID_OPTION",
            Self::WorkDir(_) => "ERR_SANDBOX_WORKDIR",
            Self::Image(_) => "ERR_SANDBOX_IMAGE",
            Self::Internal(_) => "ERR_SANDBOX_INTERNAL",
        }
    }
}
