//! Output as JavaScript receives it: a `Buffer` over the memory it was collected in.

use napi::Env;
use napi::bindgen_prelude::{Buffer, BufferSlice, ToNapiValue, sys};

use crate::pool;

/// From this size on, in bytes, giving memory back is left to another thread: it
/// takes a millisecond for some MiB, and JavaScript's thread would do it all at once.
const LARGE: usize = 256 << 10;

pub struct Bytes(pub Vec<u8>);

impl ToNapiValue for Bytes {
    unsafe fn to_napi_value(env: sys::napi_env, bytes: Self) -> napi::Result<sys::napi_value> {
        let mut bytes = bytes.0;
        if bytes.len() < LARGE {
            // SAFETY: `env` is the environment we were called for.
            return unsafe { Buffer::to_napi_value(env, bytes.into()) };
        }
        let (data, len) = (bytes.as_mut_ptr(), bytes.len());
        // SAFETY: the bytes stay where they are until the finalizer has them, and
        // nobody else does.
        let buffer = unsafe {
            BufferSlice::from_external(&Env::from_raw(env), data, len, bytes, |_, bytes| {
                pool::dispose(bytes);
            })
        }?;
        // SAFETY: as above.
        unsafe { BufferSlice::to_napi_value(env, buffer) }
    }
}
