//! `getopts`

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::access::is_name;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let letters = {
        let mut letters = Letters::new(args, "");
        match letters.next(shell) {
            Ok(_) => letters,
            Err(flow) => return flow,
        }
    };
    let [known, name, rest @ ..] = letters.operands() else {
        return shell.misused(b"getopts");
    };
    let arguments = match rest.is_empty() {
        true => shell.state.positional.to_vec(),
        false => rest.to_vec(),
    };
    let quiet = known.first() == Some(&b':');
    let known = known.strip_prefix(b":").unwrap_or(known);
    let index = shell.value(Symbol::OPTIND);
    let index = index.and_then(|text| {
        std::str::from_utf8(&text)
            .ok()?
            .trim()
            .parse::<usize>()
            .ok()
    });
    let mut index = index.filter(|index| *index > 0).unwrap_or(1);
    let mut offset = shell.state.getopts_offset;
    let argument = arguments.get(index - 1).cloned().unwrap_or_default();
    if offset == 0 || offset >= argument.len() {
        let is_option = argument.len() > 1 && argument[0] == b'-';
        if !is_option || argument == b"--" {
            if argument == b"--" {
                index += 1;
            }
            set_index(shell, index.min(arguments.len() + 1), 0);
            shell.state.variables.unset(Symbol::OPTARG);
            return answer(shell, name, b'?', 1);
        }
        offset = 1;
    }
    let letter = argument[offset];
    offset += 1;
    let is_end = offset >= argument.len();
    let at = known
        .iter()
        .position(|found| *found == letter)
        .filter(|_| letter != b':');
    let Some(at) = at else {
        let (index, offset) = if is_end {
            (index + 1, 0)
        } else {
            (index, offset)
        };
        set_index(shell, index, offset);
        if quiet {
            shell.assign(Symbol::OPTARG, vec![letter])?;
        } else {
            shell.state.variables.unset(Symbol::OPTARG);
            complain(shell, b"illegal option -- ", letter);
        }
        return answer(shell, name, b'?', 0);
    };
    if known.get(at + 1) != Some(&b':') {
        let (index, offset) = if is_end {
            (index + 1, 0)
        } else {
            (index, offset)
        };
        set_index(shell, index, offset);
        shell.state.variables.unset(Symbol::OPTARG);
        return answer(shell, name, letter, 0);
    }
    if !is_end {
        let value = argument[offset..].to_vec();
        set_index(shell, index + 1, 0);
        shell.assign(Symbol::OPTARG, value)?;
        return answer(shell, name, letter, 0);
    }
    if let Some(value) = arguments.get(index).cloned() {
        set_index(shell, index + 2, 0);
        shell.assign(Symbol::OPTARG, value)?;
        return answer(shell, name, letter, 0);
    }
    set_index(shell, index + 1, 0);
    if quiet {
        shell.assign(Symbol::OPTARG, vec![letter])?;
        return answer(shell, name, b':', 0);
    }
    shell.state.variables.unset(Symbol::OPTARG);
    complain(shell, b"option requires an argument -- ", letter);
    answer(shell, name, b'?', 0)
}

/// Assigns what was found to the variable that the script has named.
fn answer(shell: &mut Shell, name: &[u8], letter: u8, status: i32) -> Flow {
    if !is_name(name) {
        shell.not_an_identifier("getopts", name);
        return Flow::Continue(1);
    }
    Flow::Continue(match shell.try_assign(Symbol::new(name), vec![letter])? {
        true => status,
        false => 2,
    })
}

fn complain(shell: &mut Shell, message: &[u8], letter: u8) {
    let wanted = shell.value(Symbol::OPTERR);
    if wanted.as_deref() != Some(b"0") {
        let name = shell.state.name.clone();
        shell.write_error(&[name.as_slice(), b": ", message, &[letter], b"\n"].concat());
    }
}

/// Sets OPTIND without the effect that an assignment of the script has.
fn set_index(shell: &mut Shell, index: usize, offset: usize) {
    shell.state.variables.edit(Symbol::OPTIND).value =
        Value::Scalar(index.to_string().into_bytes());
    shell.state.getopts_offset = offset;
}
