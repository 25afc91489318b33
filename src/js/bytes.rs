//! Output as JavaScript receives it: a `Buffer` over the memory it was collected in.

use napi::Env;
use napi::bindgen_prelude::{BufferSlice, ToNapiValue, sys};

use crate::pool;

/// Up to this size, in bytes, a copy costs less than what watches over shared memory.
const SMALL: usize = 16 << 10;

pub struct Bytes(pub Vec<u8>);

impl ToNapiValue for Bytes {
    unsafe fn to_napi_value(env: sys::napi_env, bytes: Self) -> napi::Result<sys::napi_value> {
        let mut bytes = bytes.0;
        let (data, len) = (bytes.as_mut_ptr(), bytes.len());
        let js = Env::from_raw(env);
        let buffer = if len <= SMALL {
            BufferSlice::copy_from(&js, bytes)
        } else {
            // Giving back some MiB takes a millisecond, and JavaScript's thread would do
            // it for many buffers at once.
            // SAFETY: the bytes stay where they are until the finalizer has them, and
            // nobody else does.
            unsafe {
                BufferSlice::from_external(&js, data, len, bytes, |_, bytes| pool::dispose(bytes))
            }
        }?;
        // SAFETY: `env` is the environment we were called for.
        unsafe { BufferSlice::to_napi_value(env, buffer) }
    }
}
