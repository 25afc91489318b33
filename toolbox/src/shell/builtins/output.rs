//! How builtins print a lot: what has become large is written.

use crate::shell::{Shell, state};

/// More than this waits for no end of the builtin.
const LARGE: usize = 64 << 10;

impl Shell {
    /// Writes what was printed when it is much. False, after a complaint, when it cannot be written.
    pub(super) fn relieve(&mut self, builtin: &[u8]) -> bool {
        if self.streams.out.len() < LARGE {
            return true;
        }
        let Err(error) = self.flush() else {
            return true;
        };
        let text = state::error_text(&error);
        self.complain_as(builtin, format!("write error: {text}"));
        false
    }
}
