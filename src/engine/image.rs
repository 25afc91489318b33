//! The precompiled guest: a `.cwasm` file, which is what wasmtime serialised and then a trailer. Its fingerprint is a
//! SHA-256 over everything the code depends on (`fingerprint` in build.rs).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use wasmtime::{Engine, Module};

use super::trailer::{TRAILER_LEN, trailer};

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
        Ok(found) if found.trailer == trailer(found.code_len, fingerprint) => found.file,
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

/// An open image.
struct Found {
    file: File,
    code_len: u64,
    trailer: [u8; TRAILER_LEN],
}

#[expect(
    clippy::disallowed_methods,
    reason = "the image is part of the addon, not a file of a guest"
)]
fn read_trailer(path: &Path) -> io::Result<Found> {
    let mut file = File::open(path)?;
    let code_len = file
        .metadata()?
        .len()
        .checked_sub(TRAILER_LEN as u64)
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    file.seek(SeekFrom::Start(code_len))?;
    let mut trailer = [0; TRAILER_LEN];
    file.read_exact(&mut trailer)?;
    file.rewind()?;
    Ok(Found {
        file,
        code_len,
        trailer,
    })
}
