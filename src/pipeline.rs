//! A pipeline without a shell: the first process of its job is a program of the
//! host, which starts the stages and waits for them. For the bench.

use std::sync::Arc;

use toolbox_abi::{Descriptor, INHERIT_UMASK, SEARCH_PATH, SpawnMessage, WaitStatus};

use crate::engine::Image;
use crate::kernel::{Exit, Process, ProgramFuture, Programs, Which};
use crate::vfs::Errno;

/// The commands, each with its arguments.
pub struct Pipeline {
    pub image: Arc<Image>,
    pub stages: Vec<Vec<String>>,
}

impl Programs for Pipeline {
    fn run(self: Arc<Self>, process: Process) -> ProgramFuture {
        if process.control.parent != 0 {
            return Arc::clone(&self.image).run(process);
        }
        Box::pin(async move {
            match self.run_stages(process).await {
                Ok(status) => Exit::Status(status.code()),
                Err(errno) => Exit::Failed(format!("the pipeline: {errno:?}")),
            }
        })
    }
}

impl Pipeline {
    /// Gives the status of the last stage, when all have ended.
    async fn run_stages(&self, mut process: Process) -> Result<WaitStatus, Errno> {
        let mut input = 0;
        let mut last = 0;
        for (index, stage) in self.stages.iter().enumerate() {
            let is_last = index + 1 == self.stages.len();
            let [reader, writer] = if is_last { [0, 1] } else { process.pipe()? };
            last = process.spawn(&message(&process, stage, input, writer))?;
            for fd in [input, writer] {
                if fd > 2 {
                    process.close(fd)?;
                }
            }
            input = reader;
        }
        let mut status = WaitStatus::exited(0);
        for _ in &self.stages {
            if let Some((pid, ended)) = process.wait_for(Which::Any, None).await?
                && pid == last
            {
                status = ended;
            }
        }
        Ok(status)
    }
}

fn message<'a>(
    process: &'a Process,
    stage: &'a [String],
    input: u32,
    output: u32,
) -> SpawnMessage<'a> {
    let given = |target, source| Descriptor { target, source };
    SpawnMessage {
        flags: SEARCH_PATH,
        umask: INHERIT_UMASK,
        ignored: 0,
        path: stage.first().map_or(b"", |name| name.as_bytes()),
        cwd: &process.cwd,
        args: stage.iter().map(|arg| arg.as_bytes()).collect(),
        env: process.env.iter().map(Vec::as_slice).collect(),
        descriptors: vec![given(0, input), given(1, output), given(2, 2)],
    }
}
