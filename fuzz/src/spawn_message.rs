//! The message that starts a process: what is decoded is what was encoded.

use toolbox_abi::SpawnMessage;

/// Runs one input: the bytes of a message.
pub fn spawn_message(bytes: &[u8]) {
    let Ok(message) = SpawnMessage::decode(bytes) else {
        return;
    };
    // The header is 32 bytes, a string has a length of 4 before it, a descriptor is 8 bytes.
    let strings = message.args.len() + message.env.len();
    let contents: usize = message
        .args
        .iter()
        .chain(&message.env)
        .map(|string| string.len())
        .sum();
    let size = 32
        + message.path.len()
        + message.cwd.len()
        + 4 * strings
        + contents
        + 8 * message.descriptors.len();
    assert_eq!(size, bytes.len());
    assert_eq!(message.encode(), bytes);
}
