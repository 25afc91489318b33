//! An outcome as JavaScript receives it.

use std::time::Duration;

use napi_derive::napi;

use crate::call::Outcome;
use crate::engine::Startup;
use crate::error::Error;
use crate::kernel::Usage;

use super::bytes::Bytes;

#[napi(object, object_from_js = false)]
pub struct NativeOutcome {
    /// 0 when `error` is set.
    pub exit_code: i32,
    #[napi(ts_type = "Buffer")]
    pub stdout: Bytes,
    #[napi(ts_type = "Buffer")]
    pub stderr: Bytes,
    /// All bytes that were written, kept or not.
    pub stdout_bytes: f64,
    pub stderr_bytes: f64,
    pub stdout_truncated: bool,
    pub stderr_truncated: bool,
    pub duration_ms: f64,
    pub usage: NativeUsage,
    pub error: Option<NativeError>,
}

#[napi(object, object_from_js = false)]
pub struct NativeUsage {
    pub wall_ms: f64,
    pub cpu_ms: f64,
    pub fuel: f64,
    pub peak_memory_bytes: f64,
    pub processes: f64,
    pub bytes_read: f64,
    pub bytes_written: f64,
}

#[napi(object, object_from_js = false)]
pub struct NativeError {
    pub code: String,
    pub message: String,
}

#[napi(object, object_from_js = false)]
pub struct NativeStartup {
    pub engine_ms: f64,
    pub module_ms: f64,
    pub linker_ms: f64,
}

impl From<Startup> for NativeStartup {
    fn from(startup: Startup) -> Self {
        Self {
            engine_ms: milliseconds(startup.engine),
            module_ms: milliseconds(startup.module),
            linker_ms: milliseconds(startup.linker),
        }
    }
}

impl From<Outcome> for NativeOutcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            exit_code: *outcome.end.as_ref().unwrap_or(&0),
            error: outcome.end.err().map(NativeError::from),
            stdout_bytes: outcome.stdout.total as f64,
            stderr_bytes: outcome.stderr.total as f64,
            stdout_truncated: outcome.stdout.truncated(),
            stderr_truncated: outcome.stderr.truncated(),
            stdout: Bytes(outcome.stdout.bytes),
            stderr: Bytes(outcome.stderr.bytes),
            duration_ms: milliseconds(outcome.usage.wall),
            usage: outcome.usage.into(),
        }
    }
}

impl From<Usage> for NativeUsage {
    fn from(usage: Usage) -> Self {
        Self {
            wall_ms: milliseconds(usage.wall),
            cpu_ms: milliseconds(usage.cpu),
            fuel: usage.fuel as f64,
            peak_memory_bytes: usage.peak_memory as f64,
            processes: usage.processes as f64,
            bytes_read: usage.bytes_read as f64,
            bytes_written: usage.bytes_written as f64,
        }
    }
}

impl From<Error> for NativeError {
    fn from(error: Error) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
