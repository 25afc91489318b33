//! Redirections: what the descriptors of a command stand for while it runs.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::ast::{RedirectedFd, Redirection, RedirectionTarget, Text, Word};
use crate::shell::descriptors::{self, Open};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::sys::{self, FileKind, Follow, OsStrExt};

/// What descriptors stood for before they were redirected, in the order of the redirections.
pub struct Saved(Vec<(u32, Option<Rc<Open>>)>);

/// Why a redirection failed, for a message.
enum Problem {
    /// Of this file or descriptor.
    Of(Text, String),
    /// It was said already.
    Said,
}

type Redirected<T> = Flow<Result<T, Problem>>;

impl Shell {
    /// Carries out redirections one after another. When one fails, those before it are undone, the failure is said, and
    /// the status is given.
    pub fn redirect(&mut self, redirections: &[Redirection]) -> Flow<Result<Saved, i32>> {
        // What was printed so far goes where it was meant to.
        let flushed = self.flush();
        if let Err(error) = flushed {
            let text = sys::error_text(&error);
            self.complain(format!("write error: {text}"));
        }
        let mut saved = Saved(Vec::with_capacity(redirections.len()));
        for redirection in redirections {
            let done = self.redirect_one(redirection, &mut saved);
            match done {
                ControlFlow::Continue(Ok(())) => {}
                ControlFlow::Continue(Err(problem)) => {
                    self.restore(saved);
                    if let Problem::Of(subject, text) = problem {
                        self.complain([subject.as_slice(), b": ", text.as_bytes()].concat());
                    }
                    return Flow::Continue(Err(1));
                }
                ControlFlow::Break(Jump::Discard(Error::Command | Error::Expansion, status)) => {
                    self.restore(saved);
                    return Flow::Continue(Err(status));
                }
                // What has no value ends the command alone.
                ControlFlow::Break(Jump::Exit(status)) if !self.is_posix() => {
                    self.restore(saved);
                    return Flow::Continue(Err(status));
                }
                ControlFlow::Break(jump) => {
                    self.restore(saved);
                    return ControlFlow::Break(jump);
                }
            }
        }
        Flow::Continue(Ok(saved))
    }

    /// Lets descriptors stand for what they stood for before.
    pub fn restore(&mut self, saved: Saved) {
        if !self.streams.out.is_empty()
            && let Err(error) = self.flush()
        {
            let text = sys::error_text(&error);
            self.complain(format!("write error: {text}"));
        }
        for (fd, file) in saved.0.into_iter().rev() {
            self.streams.descriptors.set(fd, file);
        }
    }

    fn redirect_one(&mut self, redirection: &Redirection, saved: &mut Saved) -> Redirected<()> {
        let fd = &redirection.fd;
        match &redirection.target {
            RedirectionTarget::Read(word) => self.open_to(fd, 0, word, saved, Mode::Read),
            RedirectionTarget::Write(word) => {
                let mode = match self.is_set(SetOption::NoClobber) {
                    true => Mode::Create,
                    false => Mode::Write,
                };
                self.open_to(fd, 1, word, saved, mode)
            }
            RedirectionTarget::Clobber(word) => self.open_to(fd, 1, word, saved, Mode::Write),
            RedirectionTarget::Append(word) => self.open_to(fd, 1, word, saved, Mode::Append),
            RedirectionTarget::ReadWrite(word) => self.open_to(fd, 0, word, saved, Mode::ReadWrite),
            RedirectionTarget::WriteBoth(word) => {
                let mode = match self.is_set(SetOption::NoClobber) {
                    true => Mode::Create,
                    false => Mode::Write,
                };
                self.open_both(word, saved, mode)
            }
            RedirectionTarget::AppendBoth(word) => self.open_both(word, saved, Mode::Append),
            RedirectionTarget::DuplicateInput(word) => self.duplicate(fd, 0, word, saved),
            RedirectionTarget::DuplicateOutput(word) => self.duplicate(fd, 1, word, saved),
            RedirectionTarget::HereDocument(document) => {
                let text = self.expand_here_document(document)?;
                self.here(fd, &text, saved)
            }
            RedirectionTarget::HereString(word) => {
                let mut text = self.expand_text(word)?;
                text.push(b'\n');
                self.here(fd, &text, saved)
            }
        }
    }

    fn here(&mut self, fd: &RedirectedFd, text: &[u8], saved: &mut Saved) -> Redirected<()> {
        match descriptors::here_file(text) {
            Ok(file) => self.put(fd, 0, file, saved),
            Err(error) => problem(b"here-document".to_vec(), &error),
        }
    }

    fn open_to(
        &mut self,
        fd: &RedirectedFd,
        default: u32,
        word: &Word,
        saved: &mut Saved,
        mode: Mode,
    ) -> Redirected<()> {
        let path = match self.redirection_target(word)? {
            Ok(path) => path,
            Err(problem) => return Flow::Continue(Err(problem)),
        };
        match self.open_file(&path, mode) {
            Ok(file) => self.put(fd, default, file, saved),
            Err(OpenError::Exists) => Flow::Continue(Err(Problem::Of(
                path,
                "cannot overwrite existing file".to_owned(),
            ))),
            Err(OpenError::System(error)) => problem(path, &error),
        }
    }

    fn open_both(&mut self, word: &Word, saved: &mut Saved, mode: Mode) -> Redirected<()> {
        match self.open_to(&RedirectedFd::Number(1), 1, word, saved, mode)? {
            Ok(()) => {
                let file = self.streams.descriptors.get(1).cloned();
                self.set_descriptor(2, file, saved);
                Flow::Continue(Ok(()))
            }
            Err(problem) => Flow::Continue(Err(problem)),
        }
    }

    /// The one field that a target expands to.
    fn redirection_target(&mut self, word: &Word) -> Redirected<Text> {
        Flow::Continue(match self.expand_redirection(word)? {
            Some(path) => Ok(path),
            None => Err(Problem::Of(
                word.source.clone(),
                "ambiguous redirect".to_owned(),
            )),
        })
    }

    fn open_file(&mut self, path: &[u8], mode: Mode) -> Result<Rc<Open>, OpenError> {
        if let Some(number) = descriptors::number_in_path(path)
            && let Some(file) = self.streams.descriptors.get(number)
        {
            return Ok(Rc::clone(file));
        }
        let name = OsStr::from_bytes(path);
        if mode == Mode::Create
            && let Ok(stat) = sys::stat(name, Follow::Yes)
            && FileKind::of_mode(stat.mode) == FileKind::Regular
        {
            return Err(OpenError::Exists);
        }
        if path.is_empty() {
            return Err(OpenError::System(io::Error::from_raw_os_error(
                libc::ENOENT,
            )));
        }
        let file = mode.open(name).map_err(OpenError::System)?;
        Ok(descriptors::owned(file))
    }

    /// `n>&word`: the word is a number, a number to be moved, `-`, or a file.
    fn duplicate(
        &mut self,
        fd: &RedirectedFd,
        default: u32,
        word: &Word,
        saved: &mut Saved,
    ) -> Redirected<()> {
        let target = match self.redirection_target(word)? {
            Ok(target) => target,
            Err(problem) => return Flow::Continue(Err(problem)),
        };
        if target == b"-" {
            return self.close(fd, default, saved);
        }
        let digits = target.strip_suffix(b"-").unwrap_or(&target);
        let moves = digits.len() < target.len();
        let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        if !is_number {
            if default == 1 && matches!(fd, RedirectedFd::Default) {
                // `>&file` is `&>file`.
                return match self.open_file(&target, Mode::Write) {
                    Ok(file) => {
                        self.set_descriptor(1, Some(Rc::clone(&file)), saved);
                        self.set_descriptor(2, Some(file), saved);
                        Flow::Continue(Ok(()))
                    }
                    Err(OpenError::System(error)) => problem(target, &error),
                    Err(OpenError::Exists) => Flow::Continue(Err(Problem::Said)),
                };
            }
            let text = "ambiguous redirect".to_owned();
            return Flow::Continue(Err(Problem::Of(word.source.clone(), text)));
        }
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|text| text.parse().ok());
        let file = number.and_then(|number| self.streams.descriptors.get(number).cloned());
        let (Some(number), Some(file)) = (number, file) else {
            let error = io::Error::from_raw_os_error(libc::EBADF);
            let is_said_first = match fd {
                RedirectedFd::Default => moves,
                RedirectedFd::Number(own) => moves && self.streams.descriptors.get(*own).is_some(),
                RedirectedFd::Variable(..) => true,
            };
            if is_said_first {
                self.cannot_duplicate(&error);
            }
            return problem(named_in_message(fd, default, word), &error);
        };
        let put = self.put(fd, default, file, saved)?;
        if moves && put.is_ok() {
            let own = match fd {
                RedirectedFd::Number(own) => *own,
                _ => default,
            };
            if own != number {
                self.set_descriptor(number, None, saved);
            }
        }
        Flow::Continue(put)
    }

    /// What bash says first of a descriptor that it duplicates at once: without a line.
    fn cannot_duplicate(&mut self, error: &io::Error) {
        let text = sys::error_text(error);
        let message = format!(": redirection error: cannot duplicate fd: {text}\n");
        self.write_error(&[self.name_in_messages(), message.as_bytes()].concat());
    }

    fn close(&mut self, fd: &RedirectedFd, default: u32, saved: &mut Saved) -> Redirected<()> {
        let number = match fd {
            RedirectedFd::Default => default,
            RedirectedFd::Number(number) => *number,
            RedirectedFd::Variable(name, index) => {
                let value = match index {
                    None => self.value(*name),
                    Some(index) => self.element(*name, index)?,
                };
                let value = value.unwrap_or_default();
                let number = std::str::from_utf8(&value)
                    .ok()
                    .and_then(|text| text.parse().ok());
                match number {
                    Some(number) => {
                        // It is closed for good.
                        self.streams.descriptors.set(number, None);
                        return Flow::Continue(Ok(()));
                    }
                    None => {
                        let text = "ambiguous redirect".to_owned();
                        return Flow::Continue(Err(Problem::Of(name.name().to_vec(), text)));
                    }
                }
            }
        };
        self.set_descriptor(number, None, saved);
        Flow::Continue(Ok(()))
    }

    /// Lets a descriptor stand for a file.
    fn put(
        &mut self,
        fd: &RedirectedFd,
        default: u32,
        file: Rc<Open>,
        saved: &mut Saved,
    ) -> Redirected<()> {
        match fd {
            RedirectedFd::Default => self.set_descriptor(default, Some(file), saved),
            RedirectedFd::Number(number) => {
                if *number >= MAX_NUMBER {
                    let error = io::Error::from_raw_os_error(libc::EBADF);
                    return problem(number.to_string().into_bytes(), &error);
                }
                self.set_descriptor(*number, Some(file), saved);
            }
            RedirectedFd::Variable(name, index) => {
                let number = self.streams.descriptors.free_from(10);
                // It outlives the command, unless the option says otherwise.
                if self.has_shopt(Shopt::VarRedirClose) {
                    self.set_descriptor(number, Some(file), saved);
                } else {
                    self.streams.descriptors.set(number, Some(file));
                }
                let value = number.to_string().into_bytes();
                match index {
                    None => self.assign(*name, value)?,
                    Some(index) => self.assign_element(*name, index, value)?,
                }
            }
        }
        Flow::Continue(Ok(()))
    }

    fn set_descriptor(&mut self, fd: u32, file: Option<Rc<Open>>, saved: &mut Saved) {
        let before = self.streams.descriptors.set(fd, file);
        saved.0.push((fd, before));
    }
}

/// Numbers of descriptors are below this (RLIMIT_NOFILE).
const MAX_NUMBER: u32 = 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Read,
    /// `>`
    Write,
    /// `>` with `noclobber`.
    Create,
    Append,
    ReadWrite,
}

impl Mode {
    fn open(self, name: &OsStr) -> io::Result<File> {
        let mut options = OpenOptions::new();
        match self {
            Self::Read => options.read(true),
            Self::Write => options.write(true).create(true).truncate(true),
            Self::Create => options.write(true).create(true),
            Self::Append => options.append(true).create(true),
            Self::ReadWrite => options.read(true).write(true).create(true),
        };
        options.open(name)
    }
}

enum OpenError {
    /// `noclobber` protects it.
    Exists,
    System(io::Error),
}

/// How a message names `n>&word` whose source is no open descriptor: a literal number by itself, and what is expanded by
/// the number before it or as it is written.
fn named_in_message(fd: &RedirectedFd, default: u32, word: &Word) -> Text {
    let source = &word.source;
    let digits = source.strip_suffix(b"-").unwrap_or(source);
    let moves = digits.len() < source.len();
    if digits.iter().all(u8::is_ascii_digit) {
        return digits.to_vec();
    }
    match fd {
        RedirectedFd::Number(number) if moves || *number != default => {
            number.to_string().into_bytes()
        }
        RedirectedFd::Default if moves => default.to_string().into_bytes(),
        _ => source.clone(),
    }
}

fn problem<T>(subject: Text, error: &io::Error) -> Redirected<T> {
    Flow::Continue(Err(Problem::Of(subject, sys::error_text(error))))
}

/// Whether redirections give a command another standard input.
pub(super) fn redirects_input(redirections: &[Redirection]) -> bool {
    redirections.iter().any(|redirection| match redirection.fd {
        RedirectedFd::Number(number) => number == 0,
        RedirectedFd::Variable(..) => false,
        RedirectedFd::Default => matches!(
            redirection.target,
            RedirectionTarget::Read(_)
                | RedirectionTarget::ReadWrite(_)
                | RedirectionTarget::DuplicateInput(_)
                | RedirectionTarget::HereDocument(_)
                | RedirectionTarget::HereString(_)
        ),
    })
}
