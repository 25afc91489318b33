//! What builtins print: buffered, and sent to standard output or to a substitution that collects it.

use std::io::{self, Write};

use super::Shell;

/// Output on its way.
#[derive(Debug, Default)]
pub struct Streams {
    /// Printed and not yet written.
    pub out: Vec<u8>,
    /// What a command substitution has collected so far, as long as nothing but builtins printed: standard output is then
    /// no descriptor at all.
    pub collected: Option<Vec<u8>>,
}

impl Shell {
    /// Writes what builtins have printed.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.streams.out.is_empty() {
            return Ok(());
        }
        if let Some(collected) = &mut self.streams.collected {
            collected.append(&mut self.streams.out);
            return Ok(());
        }
        let out = std::mem::take(&mut self.streams.out);
        let mut stdout = crate::sys::Descriptor(1);
        let written = stdout.write_all(&out);
        self.streams.out = out;
        self.streams.out.clear();
        written
    }
}
