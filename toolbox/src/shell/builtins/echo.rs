//! `echo`: prints its arguments.

use crate::format::Dialect;
use crate::format::escape::{Escape, Place, escape};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut escapes = shell.has_shopt(Shopt::XpgEcho);
    let mut newline = true;
    let mut words = args.get(1..).unwrap_or_default();
    if !(escapes && shell.is_posix()) {
        while let [word, rest @ ..] = words
            && is_options(word)
        {
            for letter in word {
                match letter {
                    b'n' => newline = false,
                    b'e' => escapes = true,
                    b'E' => escapes = false,
                    _ => {}
                }
            }
            words = rest;
        }
    }
    let out = shell.out();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        if !escapes {
            out.extend_from_slice(word);
        } else if !put_escaped(word, out) {
            newline = false;
            break;
        }
    }
    if newline {
        out.push(b'\n');
    }
    Flow::Continue(i32::from(!shell.relieve(b"echo")))
}

fn is_options(word: &[u8]) -> bool {
    match word {
        [b'-', letters @ ..] => {
            !letters.is_empty() && letters.iter().all(|letter| b"neE".contains(letter))
        }
        _ => false,
    }
}

/// Prints a word with what its escapes stand for; false when one says that nothing follows.
fn put_escaped(word: &[u8], out: &mut Vec<u8>) -> bool {
    let mut rest = word;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let after = special.get(1..).unwrap_or_default();
        rest = match after {
            [b'n', after @ ..] => {
                out.push(b'\n');
                after
            }
            // Octal numbers begin with a zero here.
            [b'1'..=b'7', ..] => {
                out.push(b'\\');
                after
            }
            _ => {
                let (escape, length) = escape(after, Dialect::Bash, Place::Argument);
                match escape {
                    Escape::Bytes(bytes) | Escape::Warning(_, bytes) => out.extend(bytes),
                    Escape::Stop => return false,
                    Escape::Error(_) => {}
                }
                after.get(length..).unwrap_or_default()
            }
        };
    }
    out.extend_from_slice(rest);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(word: &str) -> (String, bool) {
        let mut out = Vec::new();
        let goes_on = put_escaped(word.as_bytes(), &mut out);
        (String::from_utf8_lossy(&out).into_owned(), goes_on)
    }

    #[test]
    fn escapes_are_those_of_bash() {
        let escapes = r"a\tb\101\0101\x41\x\xg\u41\u00e9z\u\e\E\q\z\";
        let text = "a\tb\\101AA\\x\\xgAéz\\u\x1b\x1b\\q\\z\\";
        assert_eq!(escaped(escapes), (text.to_owned(), true));
        assert_eq!(escaped(r"a\nb\cd"), ("a\nb".to_owned(), false));
        assert_eq!(escaped(r"\\\08"), ("\\\08".to_owned(), true));
    }

    #[test]
    fn options_are_made_of_three_letters() {
        assert!(is_options(b"-n") && is_options(b"-neE"));
        assert!(!is_options(b"-") && !is_options(b"-nx") && !is_options(b"n"));
    }
}
