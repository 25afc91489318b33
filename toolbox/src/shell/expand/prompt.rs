//! Prompts: `PS4`, and `${x@P}` (bash manual, "Controlling the Prompt").

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;
use crate::shell::parser;
use crate::shell::symbol::Symbol;

impl Shell {
    /// A prompt with its escapes decoded and its expansions made.
    pub fn expand_prompt(&mut self, prompt: &[u8]) -> Flow<Text> {
        let text = self.decode_prompt(prompt);
        if !self.has_shopt(Shopt::PromptVars) || !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
            return Flow::Continue(text);
        }
        match parser::double_quoted(&text) {
            Ok(word) => self.expand_quoted(&word.parts),
            Err(_) => Flow::Continue(text),
        }
    }

    fn decode_prompt(&mut self, prompt: &[u8]) -> Text {
        let mut text = Text::new();
        let mut bytes = prompt.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if byte != b'\\' {
                text.push(byte);
                continue;
            }
            let Some(letter) = bytes.next() else {
                text.push(b'\\');
                break;
            };
            match letter {
                b'a' => text.push(7),
                b'e' => text.push(27),
                b'n' => text.push(b'\n'),
                b'r' => text.push(b'\r'),
                b'\\' => text.push(b'\\'),
                b'[' | b']' => {}
                b'$' => text.push(b'$'),
                b'u' => text.extend(self.value(Symbol::new("USER")).unwrap_or_else(|| b"agent".to_vec())),
                b'h' | b'H' => text.extend(self.value(Symbol::HOSTNAME).unwrap_or_default()),
                b's' => {
                    let name = self.state.name.clone();
                    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                    text.extend_from_slice(base);
                }
                b'v' => text.extend_from_slice(b"5.2"),
                b'V' => text.extend_from_slice(b"5.2.15"),
                b'w' | b'W' => {
                    let directory = self.value(Symbol::PWD).unwrap_or_default();
                    let home = self.value(Symbol::HOME).unwrap_or_default();
                    let shown = match directory.strip_prefix(home.as_slice()) {
                        Some(rest) if !home.is_empty() && (rest.is_empty() || rest[0] == b'/') => {
                            [b"~", rest].concat()
                        }
                        _ => directory,
                    };
                    if letter == b'w' || shown == b"/" {
                        text.extend(shown);
                    } else {
                        let base = shown.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                        text.extend_from_slice(base);
                    }
                }
                b'j' => text.extend(self.jobs.list.len().to_string().into_bytes()),
                b'l' => text.extend_from_slice(b"tty"),
                b'!' | b'#' => text.push(b'1'),
                b'0'..=b'7' => {
                    let mut value = u32::from(letter - b'0');
                    for _ in 0..2 {
                        let Some(digit) = bytes.next_if(|byte| matches!(byte, b'0'..=b'7')) else { break };
                        value = value * 8 + u32::from(digit - b'0');
                    }
                    text.push((value & 0xff) as u8);
                }
                _ => text.extend_from_slice(&[b'\\', letter]),
            }
        }
        text
    }
}
