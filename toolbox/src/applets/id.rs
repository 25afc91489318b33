//! `id`: prints who the user is.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, Flag, Order, Takes, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::identity::{self, Account};
use crate::sys::quote::quoted_text;

const NAME: &str = "id";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Context,
    Group,
    Groups,
    Help,
    Ignored,
    Name,
    Real,
    User,
    Zero,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::Ignored, Some('a'), None, Takes::Nothing, "ignore, for compatibility with other versions"),
    flag(Id::Context, Some('Z'), Some("context"), Takes::Nothing, "not supported: there is no SELinux"),
    flag(Id::Group, Some('g'), Some("group"), Takes::Nothing, "print only the effective group ID"),
    flag(Id::Groups, Some('G'), Some("groups"), Takes::Nothing, "print all group IDs"),
    flag(Id::Name, Some('n'), Some("name"), Takes::Nothing, "print a name instead of a number, for -ugG"),
    flag(Id::Real, Some('r'), Some("real"), Takes::Nothing, "print the real ID instead of the effective ID, with -ugG"),
    flag(Id::User, Some('u'), Some("user"), Takes::Nothing, "print only the effective user ID"),
    flag(Id::Zero, Some('z'), Some("zero"), Takes::Nothing, "delimit entries with NUL characters, not whitespace"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
];

/// The one thing that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    User,
    Group,
    Groups,
}

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let mut only = Vec::new();
    let (mut names, mut real, mut zero) = (false, false, false);
    for (id, _) in parsed.options {
        match id {
            Id::Context => {
                let message = b"--context (-Z) works only on an SELinux-enabled kernel";
                stdio::complain(NAME, message);
                return 1;
            }
            Id::Group => only.push(Only::Group),
            Id::Groups => only.push(Only::Groups),
            Id::Help => {
                let text = format!("Usage: id [OPTION]... [USER]...\n\n{}", getopt::help(FLAGS));
                return stdio::print(NAME, text.as_bytes());
            }
            Id::Ignored => {}
            Id::Name => names = true,
            Id::Real => real = true,
            Id::User => only.push(Only::User),
            Id::Zero => zero = true,
        }
    }
    only.dedup();
    let problem = match only.as_slice() {
        [] if names || real => Some("cannot print only names or real IDs in default format"),
        [] if zero => Some("option --zero not permitted in default format"),
        [] | [_] => None,
        _ => Some("cannot print \"only\" of more than one choice"),
    };
    if let Some(problem) = problem {
        stdio::complain(NAME, problem.as_bytes());
        return 1;
    }
    let mut status = 0;
    let mut accounts = Vec::new();
    for user in &parsed.operands {
        match identity::find(user.as_bytes()) {
            Some(account) => accounts.push(account),
            None => {
                let quoted = quoted_text(user.as_bytes());
                let why: &[u8] = match user.is_empty() {
                    true => b": no such user: No such file or directory",
                    false => b": no such user",
                };
                stdio::complain(NAME, &[quoted.as_slice(), why].concat());
                status = 1;
            }
        }
    }
    if parsed.operands.is_empty() {
        accounts.push(identity::USER);
    }
    let several = parsed.operands.len() > 1;
    let mut out = BufWriter::new(io::stdout().lock());
    for account in accounts {
        let mut line = entry(account, only.first().copied(), names);
        line.push(if zero { '\0' } else { '\n' });
        // The groups of one user end twice, so that they are told from those of the next.
        if zero && several && only.first() == Some(&Only::Groups) {
            line.push('\0');
        }
        // What cannot be written is found when the buffer is flushed.
        let _ = out.write_all(line.as_bytes());
    }
    stdio::finish(NAME, out.flush(), status)
}

/// A user has one group, of the same name and number.
fn entry(account: Account, only: Option<Only>, name: bool) -> String {
    let Account { name: text, id } = account;
    match only {
        None => format!("uid={id}({text}) gid={id}({text}) groups={id}({text})"),
        Some(_) if name => text.to_owned(),
        Some(_) => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_shown_in_full_or_by_one_of_its_parts() {
        let shown = |only, name| entry(identity::USER, only, name);
        assert_eq!(
            shown(None, false),
            "uid=1000(agent) gid=1000(agent) groups=1000(agent)"
        );
        assert_eq!(shown(Some(Only::Groups), false), "1000");
        assert_eq!(shown(Some(Only::User), true), "agent");
    }
}
