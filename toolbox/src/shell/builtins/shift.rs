//! `shift`: drops the first positional parameters.

use std::rc::Rc;

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::conditions::number;
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::Shopt;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut args = args.get(1..).unwrap_or_default();
    if let [dashes, rest @ ..] = args
        && dashes == b"--"
    {
        args = rest;
    }
    let count = match args {
        [] => 1,
        [count] => match number(count) {
            Some(count) => count,
            None => return not_a_number(shell, count),
        },
        [count, ..] if number(count).is_none() => return not_a_number(shell, count),
        _ => {
            shell.complain_as("shift", "too many arguments");
            return Flow::Break(Jump::Discard(Error::Text, 1));
        }
    };
    let parameters = &mut shell.state.positional;
    match usize::try_from(count) {
        Ok(0) => Flow::Continue(0),
        Ok(count) if count <= parameters.len() => {
            Rc::make_mut(parameters).drain(..count);
            Flow::Continue(0)
        }
        Ok(_) if !shell.has_shopt(Shopt::ShiftVerbose) => Flow::Continue(1),
        _ => {
            shell.complain_as("shift", format!("{count}: shift count out of range"));
            Flow::Continue(1)
        }
    }
}

fn not_a_number(shell: &mut Shell, word: &[u8]) -> Flow {
    shell.complain_as("shift", [word, b": numeric argument required"].concat());
    Flow::Continue(1)
}
