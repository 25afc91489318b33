//! Prompts: the escapes of `PS4` and `${x@P}`.

use std::ffi::OsStr;

use crate::shell::Shell;
use crate::shell::access;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::sys::clock::{self, Zone};
use crate::sys::strftime::format_time;
use crate::sys::{self, OsStrExt};

/// The version, as `\v` shows it.
const VERSION: &str = "5.2";
const RELEASE: &str = "5.2.15";

impl Shell {
    /// The text of a prompt: its escapes are replaced, then parameters, commands and arithmetic.
    pub fn expand_prompt(&mut self, text: &[u8]) -> Flow<Text> {
        let decoded = if text.contains(&b'\\') {
            self.decoded_prompt(text)
        } else {
            text.to_vec()
        };
        let is_plain = !decoded
            .iter()
            .any(|byte| matches!(byte, b'$' | b'`' | b'\\'));
        if is_plain || !self.has_shopt(Shopt::PromptVars) {
            return Flow::Continue(decoded);
        }
        match parser::double_quoted(&decoded) {
            Ok(word) => self.expand_quoted(&word),
            Err(_) => Flow::Continue(decoded),
        }
    }

    fn decoded_prompt(&mut self, text: &[u8]) -> Text {
        let mut out = Text::new();
        let mut rest = text;
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            let Some((&letter, behind)) = rest.split_first().filter(|_| byte == b'\\') else {
                out.push(byte);
                continue;
            };
            rest = behind;
            match letter {
                b'a' => out.push(0x07),
                b'e' => out.push(0x1b),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'[' | b']' => {}
                b'd' => self.put_time(b"%a %b %d", &mut out),
                b't' => self.put_time(b"%H:%M:%S", &mut out),
                b'T' => self.put_time(b"%I:%M:%S", &mut out),
                b'@' => self.put_time(b"%I:%M %p", &mut out),
                b'A' => self.put_time(b"%H:%M", &mut out),
                b'D' if rest.first() == Some(&b'{') => {
                    let end = rest
                        .iter()
                        .position(|&byte| byte == b'}')
                        .unwrap_or(rest.len());
                    let format = &rest[1..end];
                    self.put_time(if format.is_empty() { b"%X" } else { format }, &mut out);
                    rest = rest.get(end + 1..).unwrap_or_default();
                }
                b'u' => put_escaped(&self.user(), &mut out),
                b'h' | b'H' => {
                    let name = self.value(Symbol::HOSTNAME).unwrap_or_default();
                    let end = match letter {
                        b'h' => name.iter().position(|&byte| byte == b'.'),
                        _ => None,
                    };
                    put_escaped(&name[..end.unwrap_or(name.len())], &mut out);
                }
                b's' => {
                    let name = self.state.name.clone();
                    put_escaped(base_name(&name), &mut out);
                }
                b'v' => out.extend_from_slice(VERSION.as_bytes()),
                b'V' => out.extend_from_slice(RELEASE.as_bytes()),
                b'w' | b'W' => {
                    let directory = self.directory_in_prompt(letter == b'W');
                    put_escaped(&directory, &mut out);
                }
                b'j' => out.extend_from_slice(self.jobs.list.len().to_string().as_bytes()),
                b'l' => out.extend_from_slice(b"tty"),
                b'#' => out.push(b'0'),
                b'!' => out.push(b'1'),
                b'$' => out.extend_from_slice(match access::user_number().as_str() {
                    "0" => b"#",
                    _ => b"\\$",
                }),
                b'0'..=b'7' => {
                    let mut value = u32::from(letter - b'0');
                    for _ in 0..2 {
                        let Some((&digit @ b'0'..=b'7', behind)) = rest.split_first() else {
                            break;
                        };
                        value = value * 8 + u32::from(digit - b'0');
                        rest = behind;
                    }
                    // As in bash, what does not fit in a byte is cut off.
                    put_escaped(&[value as u8], &mut out);
                }
                _ => out.extend_from_slice(&[b'\\', b'\\', letter]),
            }
        }
        out
    }

    fn put_time(&mut self, format: &[u8], out: &mut Text) {
        let zone = self
            .value(Symbol::new("TZ"))
            .unwrap_or_else(|| b"UTC".to_vec());
        let zone = Zone::named(OsStr::from_bytes(&zone));
        format_time(format, &zone.civil(clock::now()), out);
    }

    fn user(&mut self) -> Text {
        let number = access::user_number().parse().unwrap_or(1000);
        match sys::user_name(number) {
            Some(name) => name.into(),
            None => b"I have no name!".to_vec(),
        }
    }

    /// The directory with `~` for the home directory; or only its last name.
    fn directory_in_prompt(&mut self, is_short: bool) -> Text {
        let current = self.value(Symbol::PWD).unwrap_or_default();
        let home = self.value(Symbol::HOME).unwrap_or_default();
        let is_home = !home.is_empty() && current == home;
        if is_short {
            return match is_home {
                true => b"~".to_vec(),
                false => base_name(&current).to_vec(),
            };
        }
        match current.strip_prefix(home.as_slice()) {
            Some(rest) if home.len() > 1 && (rest.is_empty() || rest.first() == Some(&b'/')) => {
                [b"~", rest].concat()
            }
            _ => current,
        }
    }
}

fn base_name(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    if name.is_empty() { path } else { name }
}

/// Text that the expansion of the prompt leaves as it is.
fn put_escaped(text: &[u8], out: &mut Text) {
    for &byte in text {
        if matches!(byte, b'$' | b'`' | b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
}
