//! The precompiled guest: a `.cwasm` file with a fingerprint at its end.
//!
//! The file is what wasmtime serialised, then a trailer of 48 bytes: 8 of
//! magic, 8 for the length before the trailer (little-endian), and 32 of
//! SHA-256 over everything the code depends on (`fingerprint` in build.rs).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use wasmtime::{Engine, Module};

const MAGIC: [u8; 8] = *b"agsbimg1";
const TRAILER_LEN: usize = 48;

/// Why a precompiled guest cannot be used. The messages tell the user what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ImageError {
    #[error(
        "the guest image '{file}' is missing: reinstall agent-sandbox, or build it with `npm run build`"
    )]
    Missing { file: String },
    #[error("the guest image '{file}' cannot be read ({reason})")]
    Unreadable { file: String, reason: String },
    #[error(
        "the guest image '{file}' does not belong to this build of agent-sandbox: reinstall it, or build it anew with `npm run build`"
    )]
    Mismatch { file: String },
    #[error(
        "the guest image '{file}' cannot be used on this machine: {reason}; reinstall agent-sandbox, or build it anew with `npm run build`"
    )]
    Unusable { file: String, reason: String },
    #[error("the engine cannot start: {reason}")]
    Engine { reason: String },
}

/// Maps the image at `path`, after checking that it was made for this addon.
pub fn load(engine: &Engine, path: &Path, fingerprint: &[u8; 32]) -> Result<Module, ImageError> {
    let file = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let opened = match read_trailer(path) {
        Ok((opened, trailer)) if trailer.matches(fingerprint) => opened,
        Ok(_) => return Err(ImageError::Mismatch { file }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ImageError::Missing { file });
        }
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(ImageError::Mismatch { file });
        }
        Err(error) => {
            return Err(ImageError::Unreadable {
                file,
                reason: error.kind().to_string(),
            });
        }
    };
    // SAFETY: the trailer says that our build script wrote the file for this very
    // addon; it is installed beside the addon and as trusted as the addon's own code.
    let module = unsafe { Module::deserialize_open_file(engine, opened) };
    module.map_err(|error| ImageError::Unusable {
        file,
        reason: error.to_string(),
    })
}

struct Trailer {
    bytes: [u8; TRAILER_LEN],
    code_len: u64,
}

impl Trailer {
    fn matches(&self, fingerprint: &[u8; 32]) -> bool {
        self.bytes[..8] == MAGIC
            && self.bytes[8..16] == self.code_len.to_le_bytes()
            && self.bytes[16..] == *fingerprint
    }
}

/// The open file, and the trailer at its end.
#[expect(
    clippy::disallowed_methods,
    reason = "the image is part of the addon, not a file of a guest"
)]
fn read_trailer(path: &Path) -> io::Result<(File, Trailer)> {
    let mut file = File::open(path)?;
    let code_len = file
        .metadata()?
        .len()
        .checked_sub(TRAILER_LEN as u64)
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    file.seek(SeekFrom::Start(code_len))?;
    let mut bytes = [0; TRAILER_LEN];
    file.read_exact(&mut bytes)?;
    file.rewind()?;
    Ok((file, Trailer { bytes, code_len }))
}
