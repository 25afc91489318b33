//! What ties an image to the addon that it was made for: the bytes at its end. The build script that writes them and the
//! addon that checks them share this file.

pub const TRAILER_LEN: usize = 48;

/// 8 bytes of magic, 8 for the length of the code before them (little-endian), and the fingerprint of all that the code
/// depends on.
pub fn trailer(code_len: u64, fingerprint: &[u8; 32]) -> [u8; TRAILER_LEN] {
    let mut bytes = [0; TRAILER_LEN];
    bytes[..8].copy_from_slice(b"agsbimg1");
    bytes[8..16].copy_from_slice(&code_len.to_le_bytes());
    bytes[16..].copy_from_slice(fingerprint);
    bytes
}
