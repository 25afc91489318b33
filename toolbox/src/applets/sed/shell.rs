//! `e`: what a shell command prints.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use crate::sys::process::{self, Child, Command, Descriptor, Wait};
use crate::sys::{OsStringExt, error_text};

use super::Fatal;
use super::execute::read_all;

/// Runs `sh -c command` and returns what it wrote to standard output.
pub fn output_of(command: &[u8]) -> Result<Vec<u8>, Fatal> {
    run(command).map_err(|error| Fatal {
        message: format!("error running shell: {}", error_text(&error)).into_bytes(),
        status: 4,
    })
}

fn run(command: &[u8]) -> io::Result<Vec<u8>> {
    let line = [
        "sh".into(),
        "-c".into(),
        OsString::from_vec(command.to_vec()),
    ];
    let mut command = Command::new(line.to_vec());
    let (reader, writer) = process::pipe()?;
    for descriptor in &mut command.descriptors {
        if descriptor.target == 1 {
            *descriptor = Descriptor {
                target: 1,
                source: writer.as_raw_fd().cast_unsigned(),
            };
        }
    }
    let pid = command.spawn()?;
    drop(writer);
    let output = read_all(File::from(reader));
    process::wait(Child::Pid(pid), Wait::Forever)?;
    output
}
