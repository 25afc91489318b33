//! Scripts that the parser of the shell reads: all of them are read or refused, and soon.

use toolbox::shell::parser::parse_script;

/// Reads a script, and each beginning of a line of it as a script of its own, up to a few.
pub fn script(bytes: &[u8]) {
    let _ = parse_script(bytes);
    let line_ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    for (end, _) in line_ends.take(4) {
        let _ = parse_script(&bytes[..end]);
    }
}
