//! `printf`

use std::io;

use crate::format::{self, Dialect, Host, When};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::sys::clock::{self, Civil, Zone};

/// What is printed before it is written.
const LARGE: usize = 64 << 10;

struct Printer<'s> {
    shell: &'s mut Shell,
    /// For `-v`.
    text: Option<Text>,
}

impl Host for Printer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(text) = &mut self.text {
            text.extend_from_slice(bytes);
            return Ok(());
        }
        self.shell.out().extend_from_slice(bytes);
        match self.shell.streams.out.len() > LARGE {
            true => self.shell.flush(),
            false => Ok(()),
        }
    }

    fn complain(&mut self, message: &[u8]) {
        self.shell.complain_as("printf", message);
    }

    fn civil(&mut self, when: When) -> Civil {
        let mut time = clock::now();
        match when {
            When::At(seconds) => (time.seconds, time.nanoseconds) = (seconds, 0),
            When::Started => {
                let seconds = self.shell.state.started.div_euclid(1_000_000_000);
                (time.seconds, time.nanoseconds) = (i64::try_from(seconds).unwrap_or(0), 0);
            }
            When::Now => {}
        }
        Zone::from_env().civil(time)
    }
}

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut rest = &args[1..];
    let mut target = None;
    if let [first, others @ ..] = rest
        && let Some(attached) = first.strip_prefix(b"-v")
    {
        target = match (attached.is_empty(), others) {
            (false, _) => {
                rest = others;
                Some(attached.to_vec())
            }
            (true, [name, others @ ..]) => {
                rest = others;
                Some(name.clone())
            }
            (true, []) => {
                shell.complain_as("printf", "-v: option requires an argument");
                return shell.misused(b"printf");
            }
        };
        if let Some(name) = &target
            && crate::shell::parser::parameter_name(name).is_none_or(|subject| {
                !matches!(
                    subject,
                    crate::shell::ast::Subject::Variable(_)
                        | crate::shell::ast::Subject::Element(..)
                )
            })
        {
            shell.complain_as(
                "printf",
                [b"`", name.as_slice(), b"': not a valid identifier"].concat(),
            );
            return Flow::Continue(2);
        }
    } else if let [first, ..] = rest
        && first.len() > 1
        && first.starts_with(b"-")
        && first != b"--"
    {
        shell.complain_as("printf", [&first[..2], b": invalid option"].concat());
        return shell.misused(b"printf");
    }
    if let [first, others @ ..] = rest
        && first == b"--"
    {
        rest = others;
    }
    let Some((template, values)) = rest.split_first() else {
        return shell.misused(b"printf");
    };
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let mut printer = Printer {
        shell,
        text: target.as_ref().map(|_| Text::new()),
    };
    let printed = format::printf(Dialect::Bash, template, &values, &mut printer);
    let text = printer.text.take();
    if let (Some(target), Some(text)) = (target, text)
        && !shell.assign_text(&target, text)?
    {
        return Flow::Continue(1);
    }
    match printed {
        Ok(status) => Flow::Continue(status),
        Err(error) => {
            let text = crate::sys::error_text(&error);
            shell.complain_as("printf", format!("write error: {text}"));
            Flow::Continue(1)
        }
    }
}
