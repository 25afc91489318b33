//! `umask`: the permissions that new files do not get.

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::sys::process;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut symbolic, mut reusable) = (false, false);
    let mut letters = Letters::new(args, "Sp");
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => match given.letter {
                b'S' => symbolic = true,
                _ => reusable = true,
            },
            Ok(None) => break,
            Err(flow) => return flow,
        }
    }
    let Some(mode) = letters.operands().first() else {
        let mask = process::umask();
        let text = match symbolic {
            true => symbolic_text(mask),
            false => format!("{mask:04o}"),
        };
        let start = match (reusable, symbolic) {
            (true, true) => "umask -S ",
            (true, false) => "umask ",
            (false, _) => "",
        };
        let line = format!("{start}{text}\n");
        shell.out().extend_from_slice(line.as_bytes());
        return Flow::Continue(0);
    };
    let mask = match mode.first() {
        Some(b'0'..=b'9') => octal(mode),
        _ => symbolic_mask(mode, process::umask()),
    };
    match mask {
        Ok(mask) => {
            process::set_umask(mask);
            if symbolic {
                let line = format!("{}\n", symbolic_text(mask));
                shell.out().extend_from_slice(line.as_bytes());
            }
            Flow::Continue(0)
        }
        Err(problem) => {
            shell.complain_as("umask", problem);
            Flow::Continue(1)
        }
    }
}

fn octal(mode: &[u8]) -> Result<u32, Text> {
    let number = std::str::from_utf8(mode)
        .ok()
        .and_then(|mode| u32::from_str_radix(mode, 8).ok())
        .filter(|number| *number <= 0o7777);
    match number {
        Some(number) => Ok(number & 0o777),
        None => Err([mode, b": octal number out of range"].concat()),
    }
}

/// What the mask allows.
fn symbolic_text(mask: u32) -> String {
    let allowed = |shift: u32| -> String {
        let bits = !mask >> shift;
        [(4, 'r'), (2, 'w'), (1, 'x')]
            .into_iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|(_, letter)| letter)
            .collect()
    };
    format!("u={},g={},o={}", allowed(6), allowed(3), allowed(0))
}

/// The mask after `u=rw,g-w` and the like, which speak of what is allowed.
fn symbolic_mask(mode: &[u8], before: u32) -> Result<u32, Text> {
    let mut allowed = !before & 0o777;
    let mut clauses = mode.split(|byte| *byte == b',').peekable();
    while let Some(clause) = clauses.next() {
        let whose = clause
            .iter()
            .take_while(|letter| b"ugoa".contains(letter))
            .count();
        let (whose, operation) = clause.split_at(whose);
        let mut who = whose.iter().fold(0, |who, letter| {
            who | match letter {
                b'u' => 0o700,
                b'g' => 0o070,
                b'o' => 0o007,
                _ => 0o777,
            }
        });
        if who == 0 {
            who = 0o777;
        }
        let (operator, letters) = match operation {
            [operator @ (b'+' | b'-' | b'='), letters @ ..] => (*operator, letters),
            _ => {
                // What is missing at the end of a clause is the comma, and at the end of the mode nothing.
                let found = operation.first().copied().unwrap_or(match clauses.peek() {
                    Some(_) => b',',
                    None => 0,
                });
                return Err(refused(found, "operator"));
            }
        };
        let mut bits = 0;
        for letter in letters {
            bits |= match letter {
                b'r' => 0o444,
                b'w' => 0o222,
                b'x' => 0o111,
                other => return Err(refused(*other, "character")),
            };
        }
        match operator {
            b'+' => allowed |= who & bits,
            b'-' => allowed &= !(who & bits),
            _ => allowed = allowed & !who | who & bits,
        }
    }
    Ok(!allowed & 0o777)
}

fn refused(found: u8, what: &str) -> Text {
    [
        b"`",
        &[found][..],
        b"': invalid symbolic mode ",
        what.as_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbolic_modes_say_what_is_allowed() {
        assert_eq!(symbolic_mask(b"u=rwx,g=rx,o=", 0o022), Ok(0o027));
        assert_eq!(symbolic_mask(b"a+w", 0o027), Ok(0o005));
        assert_eq!(symbolic_mask(b"-w", 0o022), Ok(0o222));
        assert_eq!(symbolic_mask(b"=", 0), Ok(0o777));
        assert_eq!(symbolic_text(0o027), "u=rwx,g=rx,o=");
    }

    #[test]
    fn a_wrong_letter_is_named() {
        let problem = |mode: &str| {
            let text = symbolic_mask(mode.as_bytes(), 0).expect_err(mode);
            String::from_utf8(text).expect("text")
        };
        assert_eq!(problem("q"), "`q': invalid symbolic mode operator");
        assert_eq!(problem("u=z"), "`z': invalid symbolic mode character");
        assert_eq!(problem("u=r,,g=w"), "`,': invalid symbolic mode operator");
        assert_eq!(problem("a"), "`\0': invalid symbolic mode operator");
        assert_eq!(octal(b"1777"), Ok(0o777));
        assert!(octal(b"8").is_err() && octal(b"10000").is_err());
    }
}
