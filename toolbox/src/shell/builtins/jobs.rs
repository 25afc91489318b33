//! `jobs`, `wait`, `fg`, `bg` and `disown`

use std::ops::ControlFlow;

use crate::shell::Shell;
use crate::shell::access::is_target;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::jobs::{FindError, Job, WaitError, Waited};
use crate::shell::options::SetOption;
use crate::sys::process::{ExitStatus, Pid};

pub fn jobs(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut long, mut pids, mut changed, mut running, mut stopped) =
        (false, false, false, false, false);
    let mut executes = false;
    let mut rest = &args[1..];
    while let [first, others @ ..] = rest {
        if first == b"--" {
            rest = others;
            break;
        }
        let [b'-', letters @ ..] = first.as_slice() else {
            break;
        };
        for letter in letters {
            match letter {
                b'l' => long = true,
                b'p' => pids = true,
                b'n' => changed = true,
                b'r' => running = true,
                b's' => stopped = true,
                b'x' if long || pids || changed || running || stopped => {
                    shell.complain_as("jobs", "no other options allowed with `-x'");
                    return Flow::Continue(1);
                }
                b'x' => executes = true,
                _ => {
                    let message = format!("-{}: invalid option", char::from(*letter));
                    shell.complain_as("jobs", message);
                    shell.write_error(
                        b"jobs: usage: jobs [-lnprs] [jobspec ...] or jobs -x command [args]\n",
                    );
                    return Flow::Continue(2);
                }
            }
        }
        rest = others;
    }
    if executes {
        return run_with_pids(shell, rest);
    }
    shell.reap();
    let mut status = 0;
    let mut shown: Vec<usize> = shell.jobs.list.iter().map(|job| job.number).collect();
    if !rest.is_empty() {
        shown.clear();
        for spec in rest {
            match job_named(shell, "jobs", spec, Ambiguous::IsMissing) {
                Some(job) => shown.push(job.number),
                None => status = 1,
            }
        }
    }
    let marks: Vec<char> = (shell.jobs.list.iter())
        .map(|job| shell.jobs.mark(job.number))
        .collect();
    let mut text = Text::new();
    for (job, mark) in shell.jobs.list.iter_mut().zip(marks) {
        let has_ended = job.member.ended.is_some();
        let is_excluded = running && has_ended || changed && !has_ended || stopped;
        let is_wanted = shown.contains(&job.number) && !is_excluded && !job.is_reported;
        if !is_wanted {
            continue;
        }
        if pids {
            text.extend(format!("{}\n", job.member.pid.0).bytes());
            continue;
        }
        text.extend(job.line(mark, long));
        job.is_reported |= has_ended;
    }
    shell.out().extend(text);
    Flow::Continue(status)
}

/// `jobs -x`: runs a command in whose arguments the names of jobs are process ids.
fn run_with_pids(shell: &mut Shell, args: &[Text]) -> Flow {
    let named = |arg: &Text| {
        let pid = arg
            .starts_with(b"%")
            .then(|| shell.jobs.find(arg).ok())
            .flatten()?
            .member
            .pid;
        Some(pid.0.to_string().into_bytes())
    };
    let fields: Vec<Text> = args
        .iter()
        .map(|arg| named(arg).unwrap_or_else(|| arg.clone()))
        .collect();
    super::lookup::run_named(shell, &fields)
}

pub fn wait(shell: &mut Shell, args: &[Text]) -> Flow {
    let flow = wait_as_asked(shell, args);
    shell.forget_coprocess();
    flow
}

fn wait_as_asked(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut any, mut variable) = (false, None);
    let mut rest = &args[1..];
    while let [first, others @ ..] = rest {
        if first == b"--" {
            rest = others;
            break;
        }
        let [b'-', letters @ ..] = first.as_slice() else {
            break;
        };
        rest = others;
        for letter in letters {
            match letter {
                b'n' => any = true,
                b'f' => {}
                b'p' => {
                    let [name, others @ ..] = rest else {
                        shell.complain_as("wait", "-p: option requires an argument");
                        return usage(shell);
                    };
                    variable = Some(name.clone());
                    rest = others;
                }
                _ => {
                    let message = format!("-{}: invalid option", char::from(*letter));
                    shell.complain_as("wait", message);
                    return usage(shell);
                }
            }
        }
    }
    let _ = shell.flush();
    if let Some(variable) = &variable {
        if !is_target(variable) {
            shell.not_an_identifier("wait", variable);
            return Flow::Continue(1);
        }
        if !shell.unset_named(variable)? {
            return Flow::Continue(1);
        }
    }
    if any {
        return wait_for_next(shell, rest, variable);
    }
    if rest.is_empty() {
        return wait_for_all(shell);
    }
    let mut status = 0;
    for target in rest {
        let pid = match child(shell, target) {
            Ok(pid) => pid,
            Err(failure) => {
                status = failure;
                continue;
            }
        };
        match shell.wait_for_job(pid) {
            Waited::Ended(ended) => {
                status = i32::from(ended.code());
                if let Some(variable) = &variable {
                    shell.assign_text(variable, pid.0.to_string().into_bytes())?;
                }
            }
            Waited::Interrupted(signal) => return interrupted(shell, signal.number()),
            Waited::Unknown => {
                let message = format!("pid {} is not a child of this shell", pid.0);
                shell.complain_as("wait", message);
                status = 127;
            }
        }
    }
    shell.settle_jobs();
    Flow::Continue(status)
}

fn usage(shell: &mut Shell) -> Flow {
    shell.write_error(b"wait: usage: wait [-fn] [-p var] [id ...]\n");
    Flow::Continue(2)
}

/// The process that an argument of `wait` means; a status if it means none, which is said.
fn child(shell: &mut Shell, target: &[u8]) -> Result<Pid, i32> {
    if target.starts_with(b"%") {
        let job = job_named(shell, "wait", target, Ambiguous::IsAmbiguous);
        return job.map(|job| job.member.pid).ok_or(127);
    }
    let number = std::str::from_utf8(target)
        .ok()
        .filter(|text| text.starts_with(|first: char| first.is_ascii_digit()))
        .and_then(|text| text.parse().ok());
    match number {
        Some(number) => Ok(Pid(number)),
        None => {
            let problem = b"': not a pid or valid job spec";
            shell.complain_as("wait", [b"`", target, problem].concat());
            Err(1)
        }
    }
}

/// What a builtin says of a name that means more than one job.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ambiguous {
    IsAmbiguous,
    /// Also that there is none.
    IsMissing,
}

/// The job that a builtin is given by its name; if there is none, that is said.
pub(super) fn job_named<'s>(
    shell: &'s mut Shell,
    builtin: &str,
    spec: &[u8],
    ambiguous: Ambiguous,
) -> Option<&'s Job> {
    match shell.jobs.find(spec).map(|job| job.number) {
        Ok(number) => return shell.jobs.list.iter().find(|job| job.number == number),
        Err(FindError::Ambiguous) => {
            let name = spec.strip_prefix(b"%").unwrap_or(spec);
            let name = name.strip_prefix(b"?").unwrap_or(name);
            shell.complain_as(builtin, [name, b": ambiguous job spec"].concat());
            if ambiguous == Ambiguous::IsAmbiguous {
                return None;
            }
        }
        Err(FindError::NoSuchJob) => {}
    }
    shell.complain_as(builtin, [spec, b": no such job"].concat());
    None
}

/// The process of a job that `wait -n` is given by its name or its process id; if there is none, that is said.
fn next_of(shell: &mut Shell, spec: &[u8]) -> Option<Pid> {
    let by_pid = std::str::from_utf8(spec)
        .ok()
        .and_then(|text| text.parse().ok())
        .map(Pid);
    if let Some(pid) = by_pid
        && shell.jobs.list.iter().any(|job| job.member.pid == pid)
    {
        return Some(pid);
    }
    job_named(shell, "wait", spec, Ambiguous::IsMissing).map(|job| job.member.pid)
}

/// A signal with a trap ends `wait` at once (POSIX 2.11).
fn interrupted(shell: &mut Shell, signal: u8) -> Flow {
    shell
        .run_pending_traps()
        .map_continue(|()| 128 + i32::from(signal))
}

fn wait_for_all(shell: &mut Shell) -> Flow {
    shell.reap();
    shell.forget_coprocess();
    shell.jobs.forget_past();
    while let Some(job) = (shell.jobs.list.iter()).find(|job| !job.is_inherited) {
        let (pid, number, has_ended) = (job.member.pid, job.number, job.member.ended.is_some());
        match shell.wait_for_job(pid) {
            Waited::Interrupted(signal) => return interrupted(shell, signal.number()),
            Waited::Ended(_) => shell.settle_job(number),
            Waited::Unknown => shell.jobs.remove(number),
        }
        shell.forget_coprocess();
        // As in bash, only of those that had ended before is the status still known.
        if !has_ended {
            shell.jobs.forget(pid);
        }
    }
    Flow::Continue(0)
}

/// `wait -n`: the next job (of these) that ends.
fn wait_for_next(shell: &mut Shell, targets: &[Text], variable: Option<Text>) -> Flow {
    let mut wanted = Vec::new();
    for target in targets {
        wanted.extend(next_of(shell, target));
    }
    if !targets.is_empty() && wanted.is_empty() {
        return Flow::Continue(127);
    }
    loop {
        let is_wanted = |job: &&Job| {
            !job.is_inherited
                && !job.is_reported
                && (wanted.is_empty() || wanted.contains(&job.member.pid))
        };
        let candidates = shell.jobs.list.iter().filter(is_wanted);
        let ended: Option<(usize, Pid, ExitStatus)> = candidates
            .clone()
            .find_map(|job| Some((job.number, job.member.pid, job.member.ended?)));
        if let Some((number, pid, status)) = ended {
            shell.settle_job(number);
            if let Some(variable) = &variable {
                shell.assign_text(variable, pid.0.to_string().into_bytes())?;
            }
            return Flow::Continue(i32::from(status.code()));
        }
        if candidates.count() == 0 {
            return Flow::Continue(127);
        }
        match shell.wait_for_any() {
            Ok(_) => {}
            Err(WaitError::Interrupted(signal)) => return interrupted(shell, signal.number()),
            Err(WaitError::NoChild) => return Flow::Continue(127),
        }
    }
}

pub fn foreground(shell: &mut Shell, args: &[Text]) -> Flow {
    if !shell.is_set(SetOption::Monitor) {
        shell.complain_as("fg", "no job control");
        return Flow::Continue(1);
    }
    let spec = args.get(1).map_or(&b"%+"[..], Vec::as_slice).to_vec();
    let Some(job) = job_named(shell, "fg", &spec, Ambiguous::IsAmbiguous) else {
        return Flow::Continue(1);
    };
    let (number, pid) = (job.number, job.member.pid);
    let text = [job.text.as_slice(), b"\n"].concat();
    shell.out().extend(text);
    let _ = shell.flush();
    let waited = shell.wait_for_job(pid);
    shell.jobs.remove(number);
    match waited {
        Waited::Ended(status) => Flow::Continue(i32::from(status.code())),
        Waited::Interrupted(signal) => interrupted(shell, signal.number()),
        Waited::Unknown => Flow::Continue(127),
    }
}

pub fn background(shell: &mut Shell, args: &[Text]) -> Flow {
    if !shell.is_set(SetOption::Monitor) {
        shell.complain_as("bg", "no job control");
        return Flow::Continue(1);
    }
    let spec = args.get(1).map_or(&b"%+"[..], Vec::as_slice).to_vec();
    let Some(job) = job_named(shell, "bg", &spec, Ambiguous::IsAmbiguous) else {
        return Flow::Continue(1);
    };
    // No job is ever stopped.
    let number = job.number;
    shell.complain_as("bg", format!("job {number} already in background"));
    Flow::Continue(0)
}

pub fn disown(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut all, mut running, mut keeps) = (false, false, false);
    let mut rest = &args[1..];
    while let [first, others @ ..] = rest {
        if first == b"--" {
            rest = others;
            break;
        }
        let [b'-', letters @ ..] = first.as_slice() else {
            break;
        };
        for letter in letters {
            match letter {
                b'a' => all = true,
                b'r' => running = true,
                b'h' => keeps = true,
                _ => {
                    let message = format!("-{}: invalid option", char::from(*letter));
                    shell.complain_as("disown", message);
                    shell
                        .write_error(b"disown: usage: disown [-h] [-ar] [jobspec ... | pid ...]\n");
                    return Flow::Continue(2);
                }
            }
        }
        rest = others;
    }
    let mut numbers = Vec::new();
    let mut status = 0;
    if rest.is_empty() && (all || running) {
        let jobs = shell.jobs.list.iter();
        let wanted = jobs.filter(|job| !running || job.member.ended.is_none());
        numbers.extend(wanted.map(|job| job.number));
    } else {
        let current = vec![b"%+".to_vec()];
        for spec in if rest.is_empty() { &current } else { rest } {
            let by_pid = std::str::from_utf8(spec)
                .ok()
                .and_then(|text| text.parse().ok());
            let by_pid = by_pid.and_then(|pid| {
                let mut jobs = shell.jobs.list.iter();
                jobs.find(|job| job.member.pid == Pid(pid))
            });
            let number = by_pid.map(|job| job.number);
            let job = match (number, shell.jobs.current()) {
                (Some(number), _) => Some(number),
                (None, None) if rest.is_empty() => {
                    shell.complain_as("disown", "current: no such job");
                    None
                }
                _ => job_named(shell, "disown", spec, Ambiguous::IsMissing).map(|job| job.number),
            };
            match job {
                Some(number) => numbers.push(number),
                None => status = 1,
            }
        }
    }
    if !keeps {
        for number in numbers {
            shell.jobs.disown(number);
        }
    }
    match status {
        0 => ControlFlow::Continue(0),
        status => Flow::Continue(status),
    }
}
