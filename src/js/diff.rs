//! The changes of guests as JavaScript receives them.

use napi_derive::napi;

use crate::error::Error;
use crate::vfs::Diff;

use super::outcome::NativeError;

/// Paths are text: bytes that are no UTF-8 show as U+FFFD.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct NativeDiff {
    pub created: Vec<String>,
    pub modified: Vec<String>,
    pub deleted: Vec<String>,
    pub renamed: Vec<NativeRename>,
    pub complete: bool,
    pub error: Option<NativeError>,
}

#[napi(object, object_from_js = false)]
pub struct NativeRename {
    pub from: String,
    pub to: String,
}

impl From<Result<Diff, Error>> for NativeDiff {
    fn from(diff: Result<Diff, Error>) -> Self {
        match diff {
            Ok(diff) => Self {
                created: texts(&diff.created),
                modified: texts(&diff.modified),
                deleted: texts(&diff.deleted),
                renamed: diff
                    .renamed
                    .iter()
                    .map(|renamed| NativeRename {
                        from: text(&renamed.from),
                        to: text(&renamed.to),
                    })
                    .collect(),
                complete: diff.complete,
                error: None,
            },
            Err(error) => Self {
                error: Some(error.into()),
                ..Self::default()
            },
        }
    }
}

fn texts(paths: &[Vec<u8>]) -> Vec<String> {
    paths.iter().map(|path| text(path)).collect()
}

fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
