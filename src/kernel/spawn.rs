//! The system calls on processes: start one, wait for it or for something else, signal it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Instant;

use toolbox_abi::{Disposition, INHERIT_UMASK, SEARCH_PATH, SpawnMessage, Times, WaitStatus};

use crate::vfs::{Errno, FileType, Follow};

use super::process::Start;
use super::program::Search;
use super::signal::Signals;
use super::table::{Pid, Target, Which};
use super::time::thread_time;
use super::{Charge, FdTable, OpenFile, Process, Ready, Signal};

/// How deep foreground processes are polled inside each other. Every level costs at
/// each turn; a process beyond it runs as a task of its own.
const MAX_DEPTH: usize = 32;
/// The most bytes of the arguments and variables of a process (Linux ARG_MAX).
const ARG_MAX: usize = 2 << 20;

/// What a string takes of the host's memory besides its bytes.
const STRING_COST: usize = 80;

impl Process {
    /// Makes the process that a message describes, a child of this one.
    fn child(&self, message: &SpawnMessage) -> Result<Process, Errno> {
        let cwd = message.cwd;
        if !cwd.starts_with(b"/") {
            return Err(Errno::NotFound);
        }
        // It may be gone by now, as on Linux: nothing is found in it then.
        if cwd != self.cwd {
            match self.job.files.metadata(cwd, Follow::Yes) {
                Ok(metadata) if metadata.file_type != FileType::Directory => {
                    return Err(Errno::NotDirectory);
                }
                Ok(_) | Err(Errno::NotFound) => {}
                Err(errno) => return Err(errno),
            }
        }
        let strings = message.args.iter().chain(&message.env);
        let size = strings.map(|string| string.len() + 1).sum::<usize>();
        if size > ARG_MAX {
            return Err(Errno::TooBig);
        }
        let mut strings = Charge::new(&self.job);
        // Once in the message and once in the process.
        let held = 2 * size + (message.args.len() + message.env.len()) * STRING_COST;
        if !strings.add(held as u64) {
            return Err(Errno::OutOfMemory);
        }
        let searched = message.flags & SEARCH_PATH != 0;
        let search = Search {
            files: &self.job.files,
            cwd,
            path: searched.then(|| Search::path_of(message.env.iter().copied())),
            is_ended: &|| self.is_ended(),
        };
        let argv = search.find(message.path, &message.args)?;
        let mut fds = FdTable::default();
        for descriptor in &message.descriptors {
            let file = self.fds.get(descriptor.source)?;
            fds.put(descriptor.target, Arc::clone(file))?;
        }
        let start = Start {
            argv,
            env: message
                .env
                .iter()
                .map(|variable| variable.to_vec())
                .collect(),
            cwd: cwd.to_vec(),
            fds,
            umask: match message.umask {
                INHERIT_UMASK => self.umask,
                mask => mask & 0o777,
            },
        };
        if !self.job.programs.has_room() {
            return Err(Errno::Again);
        }
        let ignored = self.control.signals.ignored() | u64::from(message.ignored);
        let signals = Signals::ignoring(ignored);
        let control = self.job.table().add(self.control.pid, signals)?;
        let lease = self.lease.clone();
        Ok(Process::new(control, start, strings, lease, &self.job))
    }

    /// Starts a process that runs beside this one.
    pub fn spawn(&self, message: &SpawnMessage) -> Result<Pid, Errno> {
        let child = self.child(message)?;
        let pid = child.control.pid;
        self.job.spawn(self.job.supervise(child));
        Ok(pid)
    }

    /// Starts a process and waits for its end. It is polled by this one, so
    /// nothing is handed to another thread.
    pub async fn run(&self, message: &SpawnMessage<'_>) -> Result<WaitStatus, Errno> {
        let mut child = self.child(message)?;
        let pid = child.control.pid;
        if self.depth >= MAX_DEPTH {
            self.job.spawn(self.job.supervise(child));
            let ended = self.wait_for_child(Which::Pid(pid), None, false).await?;
            return ended.map(|(_, status)| status).ok_or(Errno::NoChild);
        }
        child.depth = self.depth + 1;
        child.polled_by = Some(Arc::clone(&self.control));
        let mut child = pin!(self.job.supervise(child));
        poll_fn(|context| match child.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => self.control.pending(),
        })
        .await;
        let ended = self.job.reap(self.control.pid, Which::Pid(pid))?;
        ended.map(|(_, status)| status).ok_or(Errno::NoChild)
    }

    /// Waits for the end of a child, until `deadline` at the most.
    pub async fn wait_for(
        &self,
        which: Which,
        deadline: Option<Instant>,
    ) -> Result<Option<(Pid, WaitStatus)>, Errno> {
        self.wait_for_child(which, deadline, true).await
    }

    async fn wait_for_child(
        &self,
        which: Which,
        deadline: Option<Instant>,
        by_signals: bool,
    ) -> Result<Option<(Pid, WaitStatus)>, Errno> {
        let reap = |_: &_| self.job.reap(self.control.pid, which).transpose();
        let ended = self
            .control
            .wait(self.job.scheduler(), deadline, by_signals, reap)
            .await?;
        ended.transpose()
    }

    /// Waits until `deadline`.
    pub async fn sleep(&self, deadline: Option<Instant>) -> Result<(), Errno> {
        let never = |_: &_| None::<()>;
        let wait = self
            .control
            .wait(self.job.scheduler(), deadline, true, never);
        wait.await.map(|_| ())
    }

    /// Says what a signal does to this process.
    pub fn set_signal(&self, signal: Signal, disposition: Disposition) -> Result<(), Errno> {
        match self.control.signals.set(signal, disposition) {
            true => Ok(()),
            false => Err(Errno::Invalid),
        }
    }

    /// The processor time so far, that of the turn under way included.
    pub fn times(&self) -> Times {
        self.control.time.settle(thread_time());
        self.control.time.times()
    }

    /// Sends a signal, or asks with none whether there is such a process.
    pub fn kill(&self, target: Target, signal: Option<Signal>) -> Result<(), Errno> {
        self.job.kill(self.control.pid, target, signal)
    }

    /// Waits until a read or write would not wait any more.
    pub async fn ready(&self, fd: u32, ready: Ready) -> Result<(), Errno> {
        self.any_ready(&[(fd, ready)], None).await.map(|_| ())
    }

    /// Waits until one of several descriptors is ready, until `deadline` at the most. A
    /// caught signal ends that, if one is waited for to be read.
    pub async fn any_ready(
        &self,
        wanted: &[(u32, Ready)],
        deadline: Option<Instant>,
    ) -> Result<(), Errno> {
        let files = wanted
            .iter()
            .map(|&(fd, ready)| Ok((Arc::clone(self.fds.get(fd)?), ready)))
            .collect::<Result<Vec<_>, Errno>>()?;
        let by_signals = wanted.iter().any(|(_, ready)| *ready == Ready::Read);
        let any = |waker: &_| {
            let is_ready = |(file, ready): &(Arc<OpenFile>, Ready)| file.is_ready(*ready, waker);
            files.iter().any(is_ready).then_some(())
        };
        let wait = self
            .control
            .wait(self.job.scheduler(), deadline, by_signals, any);
        wait.await.map(|_| ())
    }

    /// The bytes that can be read (or written) at once; none if that would wait.
    pub fn readiness(&self, fd: u32, ready: Ready) -> Result<Option<usize>, Errno> {
        let file = self.fds.get(fd)?;
        let is_ready = file.is_ready(ready, Waker::noop());
        Ok(is_ready.then(|| file.available()))
    }

    /// A new pipe: the descriptors of its reading and its writing end.
    pub fn pipe(&mut self) -> Result<[u32; 2], Errno> {
        let ends = OpenFile::pipe(&self.job);
        self.open_ends(ends)
    }

    /// As `pipe`, but writers never wait.
    pub fn collector(&mut self) -> Result<[u32; 2], Errno> {
        let ends = OpenFile::collector(&self.job);
        self.open_ends(ends)
    }

    fn open_ends(&mut self, ends: Option<(OpenFile, OpenFile)>) -> Result<[u32; 2], Errno> {
        let (reader, writer) = ends.ok_or(Errno::OutOfMemory)?;
        let reader = self.fds.insert(Arc::new(reader))?;
        match self.fds.insert(Arc::new(writer)) {
            Ok(writer) => Ok([reader, writer]),
            Err(errno) => {
                self.fds.close(reader)?;
                Err(errno)
            }
        }
    }

    /// Gives an open file one more descriptor.
    pub fn dup(&mut self, fd: u32, least: u32) -> Result<u32, Errno> {
        let file = Arc::clone(self.fds.get(fd)?);
        self.fds.insert_from(least, file)
    }

    /// Makes `to` a descriptor of what `from` has open (POSIX `dup2`).
    pub fn dup2(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        let file = Arc::clone(self.fds.get(from)?);
        if from == to {
            return Ok(());
        }
        self.fds.put(to, file)
    }
}
