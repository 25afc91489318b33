//! The one guest image of this Node process, loaded when it is first needed
//! from the file beside the addon.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use napi::Env;
use url::Url;

use crate::engine::{Image, ImageError};
use crate::error::Error;

/// The addon's own file, known since it was loaded.
static ADDON: OnceLock<PathBuf> = OnceLock::new();
static IMAGE: OnceLock<Result<Arc<Image>, ImageError>> = OnceLock::new();

/// Notes where the addon is.
pub fn locate(env: &Env) -> napi::Result<()> {
    let name = env.get_module_file_name()?;
    let path = Url::parse(&name)
        .ok()
        .and_then(|url| url.to_file_path().ok())
        .unwrap_or_else(|| PathBuf::from(name));
    // A second JavaScript environment loads the same file.
    let _ = ADDON.set(path);
    Ok(())
}

pub fn get() -> Result<Arc<Image>, Error> {
    let image = IMAGE.get_or_init(|| {
        let path = ADDON.get().cloned().unwrap_or_default();
        Image::load(&path.with_extension("cwasm"), &FINGERPRINT).map(Arc::new)
    });
    Ok(image.clone()?)
}

/// What build.rs put into the image as well.
const FINGERPRINT: [u8; 32] = parse_hex(env!("GUEST_FINGERPRINT").as_bytes());

const fn parse_hex(text: &[u8]) -> [u8; 32] {
    assert!(text.len() == 64, "build.rs writes 64 digits");
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 32 {
        bytes[index] = digit(text[2 * index]) << 4 | digit(text[2 * index + 1]);
        index += 1;
    }
    bytes
}

const fn digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'a' + 10,
    }
}
