//! Background jobs: the processes that were started with `&`, and what became of them.

use std::io;
use std::rc::Weak;

use super::Shell;
use super::ast::Text;
use super::descriptors::Open;
use super::options::SetOption;
use super::symbol::Symbol;
use super::traps::Event;
use crate::sys::process::{self, Child, ExitStatus, Pid, Wait};
use crate::sys::signal::Signal;

/// All jobs that the shell still knows.
#[derive(Debug, Default)]
pub struct Jobs {
    /// In the order of their numbers.
    pub list: Vec<Job>,
    /// Children of the shell that are in no job: process substitutions and the stages of a foreground pipeline.
    pub others: Vec<Member>,
    /// The coprocess that was started last.
    pub coprocess: Option<RunningCoprocess>,
    /// Children of a shell around this one whose end was noted here: it is told of them.
    strays: Vec<(Pid, ExitStatus)>,
    /// Of jobs that were told of: `wait` may still ask for a status.
    past: Vec<Member>,
    /// Numbers pids of what has ended before it was a process.
    unborn: u32,
}

/// The most statuses that are remembered of jobs that are gone (POSIX CHILD_MAX is 25 at least).
const MAX_PAST: usize = 4096;

#[derive(Clone, Debug)]
pub struct Job {
    /// `%1` and so on.
    pub number: usize,
    pub member: Member,
    /// The command, for `jobs`.
    pub text: Text,
    /// A notice or `jobs` has told of its end.
    pub is_reported: bool,
    /// It is one of the shell that this one is a substitution of: it is shown and can be sent a signal, but only that shell
    /// waits for it.
    pub is_inherited: bool,
}

/// A coprocess whose variables are there.
#[derive(Debug)]
pub struct RunningCoprocess {
    pub name: Symbol,
    pub pid: Pid,
    /// The shell's ends of its pipes.
    pub ends: [(u32, Weak<Open>); 2],
}

/// A process of the shell.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub pid: Pid,
    /// How it ended, when it has.
    pub ended: Option<ExitStatus>,
}

impl Jobs {
    /// A new job; gives its number.
    pub fn add(&mut self, pid: Pid, text: Text) -> usize {
        self.add_member(Member { pid, ended: None }, text)
    }

    /// A job that has ended before it was a process; gives a number like a pid's.
    pub fn add_ended(&mut self, status: i32, text: Text) -> Pid {
        self.unborn += 1;
        let pid = Pid(u32::MAX / 2 - self.unborn);
        let ended = Some(ExitStatus::exited(u8::try_from(status).unwrap_or(u8::MAX)));
        self.add_member(Member { pid, ended }, text);
        pid
    }

    fn add_member(&mut self, member: Member, text: Text) -> usize {
        let number = self.list.last().map_or(1, |job| job.number + 1);
        self.list.push(Job {
            number,
            member,
            text,
            is_reported: false,
            is_inherited: false,
        });
        number
    }

    /// What a substitution of the shell sees of them.
    pub fn inherited(&self) -> Self {
        let list = self.list.iter().map(|job| Job {
            is_inherited: true,
            ..job.clone()
        });
        Self {
            list: list.collect(),
            ..Self::default()
        }
    }

    /// Notes how a child has ended.
    pub fn note(&mut self, pid: Pid, status: ExitStatus) {
        if !self.knows(pid) {
            self.strays.push((pid, status));
        }
        let of_jobs = self.list.iter_mut().map(|job| &mut job.member);
        let mut all = of_jobs.chain(&mut self.others);
        if let Some(member) = all.find(|member| member.pid == pid && member.ended.is_none()) {
            member.ended = Some(status);
        }
    }

    /// Takes over the children of a subshell that has ended, and what it has learned of others.
    pub fn adopt(&mut self, other: Self) {
        let own = other.list.into_iter().filter(|job| !job.is_inherited);
        let members = own.map(|job| job.member).chain(other.others);
        self.others
            .extend(members.filter(|member| member.ended.is_none()));
        for (pid, status) in other.strays {
            self.note(pid, status);
        }
    }

    /// How a child ended, if that is known.
    pub fn status(&self, pid: Pid) -> Option<ExitStatus> {
        let of_jobs = self.list.iter().map(|job| &job.member);
        let mut all = of_jobs.chain(&self.others).chain(self.past.iter().rev());
        all.find(|member| member.pid == pid)?.ended
    }

    /// Whether a pid is that of a child.
    pub fn knows(&self, pid: Pid) -> bool {
        let own = self.list.iter().filter(|job| !job.is_inherited);
        let of_jobs = own.map(|job| &job.member);
        of_jobs
            .chain(&self.others)
            .chain(&self.past)
            .any(|member| member.pid == pid)
    }

    /// The job that `%n`, `%%`, `%+`, `%-`, `%text` or `%?text` means.
    pub fn find(&self, text: &[u8]) -> Result<&Job, FindError> {
        let name = text.strip_prefix(b"%").unwrap_or(text);
        let found = match name {
            b"" | b"%" | b"+" => self.current(),
            // The only one is both.
            b"-" => self.previous().or_else(|| self.current()),
            _ if name.iter().all(u8::is_ascii_digit) => {
                let number = std::str::from_utf8(name)
                    .ok()
                    .and_then(|text| text.parse().ok());
                self.list.iter().find(|job| Some(job.number) == number)
            }
            _ => {
                let matches = |job: &&Job| match name.strip_prefix(b"?") {
                    Some(part) => job.text.windows(part.len().max(1)).any(|text| text == part),
                    None => job.text.starts_with(name),
                };
                let mut matching = self.list.iter().filter(matches);
                let first = matching.next();
                if matching.next().is_some() {
                    return Err(FindError::Ambiguous);
                }
                first
            }
        };
        found.ok_or(FindError::NoSuchJob)
    }

    /// `%+`: the job that was started last.
    pub fn current(&self) -> Option<&Job> {
        let running = self
            .list
            .iter()
            .rev()
            .find(|job| job.member.ended.is_none());
        running.or_else(|| self.list.last())
    }

    /// How `jobs` marks a job: as the current one, the one before it, or neither.
    pub fn mark(&self, number: usize) -> char {
        let is = |job: Option<&Job>| job.is_some_and(|job| job.number == number);
        match number {
            _ if is(self.current()) => '+',
            _ if is(self.previous()) => '-',
            _ => ' ',
        }
    }

    /// `%-`: the one before.
    pub fn previous(&self) -> Option<&Job> {
        let current = self.current()?.number;
        let others = || self.list.iter().rev().filter(|job| job.number != current);
        others()
            .find(|job| job.member.ended.is_none())
            .or_else(|| others().next())
    }

    /// Lets a job go; `wait` still knows its status.
    pub fn remove(&mut self, number: usize) {
        if let Some(at) = self.list.iter().position(|job| job.number == number) {
            let job = self.list.remove(at);
            if job.member.ended.is_none() {
                self.others.push(job.member);
            } else {
                self.remember(job.member);
            }
        }
    }

    /// Lets a job go for good: it is no child that `wait` knows.
    pub fn disown(&mut self, number: usize) {
        self.list.retain(|job| job.number != number);
    }

    fn remember(&mut self, member: Member) {
        if self.past.len() == MAX_PAST {
            self.past.remove(0);
        }
        self.past.push(member);
    }

    /// Forgets the statuses of all jobs that are gone.
    pub fn forget_past(&mut self) {
        self.past.clear();
    }

    /// Forgets the status of a job that is gone.
    pub fn forget(&mut self, pid: Pid) {
        self.past.retain(|member| member.pid != pid);
    }

    /// The coprocess, if it has ended: it is so no more.
    pub fn ended_coprocess(&mut self) -> Option<RunningCoprocess> {
        self.status(self.coprocess.as_ref()?.pid)?;
        self.coprocess.take()
    }

    /// The numbers of the shell's own jobs that have ended.
    fn ended(&self) -> Vec<usize> {
        let own = self.list.iter().filter(|job| !job.is_inherited);
        own.filter(|job| job.member.ended.is_some())
            .map(|job| job.number)
            .collect()
    }

    /// Lets all jobs go that have ended and were told of.
    pub fn forget_reported(&mut self) {
        let reported: Vec<usize> = self
            .list
            .iter()
            .filter(|job| job.member.ended.is_some() && job.is_reported)
            .map(|job| job.number)
            .collect();
        for number in reported {
            self.remove(number);
        }
        self.others.retain(|member| member.ended.is_none());
    }
}

impl Job {
    /// The job as `jobs` shows it.
    pub fn line(&self, mark: char, long: bool) -> Text {
        let pid = match long {
            true => format!("{} ", self.member.pid.0),
            false => " ".to_owned(),
        };
        let state = self.state();
        let mut text = format!("[{}]{mark} {pid}{state:<24}", self.number).into_bytes();
        text.extend_from_slice(&self.text);
        if self.member.ended.is_none() {
            text.extend_from_slice(b" &");
        }
        text.push(b'\n');
        text
    }

    fn state(&self) -> String {
        let Some(status) = self.member.ended else {
            return "Running".to_owned();
        };
        match (status.signal(), status.code()) {
            (None, 0) => "Done".to_owned(),
            (None, code) => format!("Exit {code}"),
            (Some(number), _) => match Signal::from_number(number.into()) {
                Some(signal) => signal.description(),
                None => format!("Signal {number}"),
            },
        }
    }
}

/// Why there is no job of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindError {
    NoSuchJob,
    Ambiguous,
}

/// How a wait ended.
pub enum Waited {
    Ended(ExitStatus),
    /// A signal that has a trap came first.
    Interrupted(Signal),
    /// There is no such child.
    Unknown,
}

impl Shell {
    /// Waits for a child of the foreground; signals that come meanwhile are kept for afterwards, but for one that ends the
    /// shell.
    pub fn wait_for_child(&mut self, pid: Pid) -> Option<ExitStatus> {
        self.commands_to_signals = 0;
        loop {
            if let Some(status) = self.jobs.status(pid) {
                return Some(status);
            }
            if self.ended_by.is_some() {
                return None;
            }
            match process::wait(Child::Pid(pid), Wait::Forever) {
                Ok(Some((_, status))) => return Some(status),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    self.ending_signal();
                }
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// Waits for a child of the background.
    pub fn wait_for_job(&mut self, pid: Pid) -> Waited {
        if let Some(status) = self.jobs.status(pid) {
            return Waited::Ended(status);
        }
        if !self.jobs.knows(pid) {
            return Waited::Unknown;
        }
        match self.wait_once(Child::Pid(pid)) {
            Ok((pid, status)) => {
                self.jobs.note(pid, status);
                Waited::Ended(status)
            }
            Err(WaitError::Interrupted(signal)) => Waited::Interrupted(signal),
            Err(WaitError::NoChild) => Waited::Unknown,
        }
    }

    /// Waits until any child has ended, and notes it.
    pub fn wait_for_any(&mut self) -> Result<Pid, WaitError> {
        let (pid, status) = self.wait_once(Child::Any)?;
        self.jobs.note(pid, status);
        Ok(pid)
    }

    fn wait_once(&mut self, child: Child) -> Result<(Pid, ExitStatus), WaitError> {
        self.commands_to_signals = 0;
        loop {
            match process::wait(child, Wait::Forever) {
                Ok(Some(ended)) => match self.take_trapped_signal() {
                    // It came first, or as well as: the end of the child is noted for the next wait.
                    Some(signal) => {
                        self.jobs.note(ended.0, ended.1);
                        return Err(WaitError::Interrupted(signal));
                    }
                    None => return Ok(ended),
                },
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if let Some(signal) = self.take_trapped_signal() {
                        return Err(WaitError::Interrupted(signal));
                    }
                }
                Err(_) => return Err(WaitError::NoChild),
            }
        }
    }

    /// A signal with a trap that has come; it is kept, so that the trap runs before the next command.
    fn take_trapped_signal(&mut self) -> Option<Signal> {
        self.pending_signals |= process::take_signals();
        let number = self
            .state
            .traps
            .signals()
            .find(|number| self.pending_signals & 1 << (number - 1) != 0)?;
        Signal::from_number(number.into())
    }

    /// After a command of the foreground that was a process, and after `wait`: lets the jobs go that have ended by now. `wait`
    /// still knows their statuses by their process ids.
    pub fn settle_jobs(&mut self) {
        if self.jobs.list.is_empty() {
            return;
        }
        self.reap();
        for number in self.jobs.ended() {
            self.settle_job(number);
        }
    }

    /// Lets a job go that has ended; tells of it as far as bash does in scripts.
    pub fn settle_job(&mut self, number: usize) {
        let mark = self.jobs.mark(number);
        let Some(job) = self.jobs.list.iter().find(|job| job.number == number) else {
            return;
        };
        if !job.is_reported {
            let signal = job.member.ended.and_then(|status| status.signal());
            if self.is_set(SetOption::Monitor) {
                self.write_error(&job.line(mark, false));
            } else if signal.is_some_and(|signal| self.tells_of(signal)) {
                let start = format!("{:5} {:<24}", job.member.pid.0, job.state());
                self.complain([start.as_bytes(), &job.text].concat());
            }
        }
        self.jobs.remove(number);
    }

    /// Whether the end of a job by a signal is told of.
    fn tells_of(&self, signal: u8) -> bool {
        let is_silent = [Signal::INT, Signal::PIPE, Signal::TERM]
            .iter()
            .any(|silent| silent.number() == signal);
        !is_silent && self.state.traps.get(Event::Signal(signal)).is_none()
    }

    /// Notes the children that have ended by now.
    pub fn reap(&mut self) {
        while let Ok(Some((pid, status))) = process::wait(Child::Any, Wait::NOT) {
            self.jobs.note(pid, status);
        }
    }
}

/// Why a wait found no child that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitError {
    NoChild,
    Interrupted(Signal),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs() -> Jobs {
        let mut jobs = Jobs::default();
        jobs.add(Pid(10), b"sleep 1".to_vec());
        jobs.add(Pid(11), b"sleep 2".to_vec());
        jobs.add(Pid(12), b"cat".to_vec());
        jobs
    }

    #[test]
    fn a_job_is_found_by_number_place_and_text() {
        let jobs = jobs();
        let number = |text: &str| jobs.find(text.as_bytes()).map(|job| job.number);
        assert_eq!(number("%2"), Ok(2));
        assert_eq!(
            (number("%%"), number("%+"), number("%-")),
            (Ok(3), Ok(3), Ok(2))
        );
        assert_eq!(number("%cat"), Ok(3));
        assert_eq!(number("%?2"), Ok(2));
        assert_eq!(number("%sleep"), Err(FindError::Ambiguous));
        assert_eq!(number("%9"), Err(FindError::NoSuchJob));
    }

    #[test]
    fn the_status_of_a_job_that_is_gone_is_still_known() {
        let mut jobs = jobs();
        jobs.note(Pid(11), ExitStatus::exited(7));
        jobs.remove(2);
        assert_eq!(jobs.status(Pid(11)), Some(ExitStatus::exited(7)));
        assert!(jobs.knows(Pid(11)) && !jobs.knows(Pid(99)));
        assert_eq!(jobs.status(Pid(10)), None);
    }
}
