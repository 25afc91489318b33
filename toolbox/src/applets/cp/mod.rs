//! `cp`: copies files and directories as GNU cp does.

pub(super) mod backup;
pub(super) mod copy;
mod data;
pub(super) mod operands;
pub(super) mod options;
pub(super) mod same;

use std::ffi::OsString;
use std::path::Path;

use copy::Copier;
use operands::{base_name, join, without_slashes};
use options::{Options, Refusal, Request};

use crate::getopt::UsageError;
use crate::stdio;

const FAILURE: i32 = 1;

pub fn main(args: &[OsString]) -> i32 {
    let (options, operands) = match options::read(args) {
        Ok(Request::Copy(options, operands)) => (*options, operands),
        Ok(Request::Help(text)) => return stdio::print("cp", text.as_bytes()),
        Ok(Request::Version) => {
            let text = concat!(
                "cp (agent-sandbox toolbox) ",
                env!("CARGO_PKG_VERSION"),
                "\n"
            );
            return stdio::print("cp", text.as_bytes());
        }
        Err(refusal) => return refuse(refusal),
    };
    match run(options, operands) {
        Ok(status) => status,
        Err(refusal) => refuse(refusal),
    }
}

fn refuse(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::Usage(error) => error.report(FAILURE),
        Refusal::Plain(text) => {
            stdio::complain("cp", text.as_bytes());
            FAILURE
        }
    }
}

fn run(options: Options, sources: Vec<OsString>) -> Result<i32, Refusal> {
    let arranged = operands::arrange(
        "cp",
        sources,
        options.target_directory.as_deref(),
        options.no_target_directory,
    );
    let (directory, mut sources) = match arranged {
        Ok(arranged) => arranged,
        Err(status) => return Ok(status),
    };
    if options.strip_slashes && directory.is_some() {
        for source in &mut sources {
            *source = without_slashes(source).to_owned();
        }
    }
    if directory.is_none() && options.parents {
        let text = "with --parents, the destination must be a directory";
        return Err(Refusal::Usage(UsageError::new("cp", text)));
    }
    let parents = options.parents;
    let mut copier = Copier::new(options, sources.len() > 1);
    match (directory, sources.as_slice()) {
        (Some(directory), sources) => {
            for source in sources {
                if parents {
                    copier.copy_with_parents(source, &directory);
                } else {
                    copier.copy_operand(source, &join(&directory, base_name(source)));
                }
            }
        }
        (None, [source, destination]) => copier.copy_operand(source, Path::new(destination)),
        (None, _) => {}
    }
    Ok(copier.finish())
}
