//! `uname`: prints what the system is.

use std::ffi::OsString;

use crate::getopt::{self, Flag, Order, Takes, UsageError, flag};
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::identity;
use crate::sys::quote::quoted_text;

const NAME: &str = "uname";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    All,
    Help,
    KernelName,
    NodeName,
    KernelRelease,
    KernelVersion,
    Machine,
    Processor,
    Platform,
    System,
}

#[rustfmt::skip] // One row, one option.
const FLAGS: &[Flag<Id>] = &[
    flag(Id::All, Some('a'), Some("all"), Takes::Nothing, "print all information, except omit -p and -i if unknown"),
    flag(Id::KernelName, Some('s'), Some("kernel-name"), Takes::Nothing, "print the kernel name"),
    flag(Id::NodeName, Some('n'), Some("nodename"), Takes::Nothing, "print the network node hostname"),
    flag(Id::KernelRelease, Some('r'), Some("kernel-release"), Takes::Nothing, "print the kernel release"),
    flag(Id::KernelVersion, Some('v'), Some("kernel-version"), Takes::Nothing, "print the kernel version"),
    flag(Id::Machine, Some('m'), Some("machine"), Takes::Nothing, "print the machine hardware name"),
    flag(Id::Processor, Some('p'), Some("processor"), Takes::Nothing, "print the processor type (non-portable)"),
    flag(Id::Platform, Some('i'), Some("hardware-platform"), Takes::Nothing, "print the hardware platform (non-portable)"),
    flag(Id::System, Some('o'), Some("operating-system"), Takes::Nothing, "print the operating system"),
    flag(Id::Help, None, Some("help"), Takes::Nothing, "display this help and exit"),
    flag(Id::KernelName, None, Some("sysname"), Takes::Nothing, ""),
    flag(Id::KernelRelease, None, Some("release"), Takes::Nothing, ""),
];

/// In the order in which they are printed; the second two after the machine are not known, and `-a` leaves them out.
const PARTS: [Id; 8] = [
    Id::KernelName,
    Id::NodeName,
    Id::KernelRelease,
    Id::KernelVersion,
    Id::Machine,
    Id::Processor,
    Id::Platform,
    Id::System,
];

pub fn main(args: &[OsString]) -> i32 {
    let parsed = match getopt::parse(NAME, FLAGS, Order::Permute, args) {
        Ok(parsed) => parsed,
        Err(error) => return error.report(1),
    };
    let wanted: Vec<Id> = parsed.options.iter().map(|(id, _)| *id).collect();
    if wanted.contains(&Id::Help) {
        let text = format!("Usage: uname [OPTION]...\n\n{}", getopt::help(FLAGS));
        return stdio::print(NAME, text.as_bytes());
    }
    if let Some(extra) = parsed.operands.first() {
        let quoted = quoted_text(extra.as_bytes());
        let message = [b"extra operand ", quoted.as_slice()].concat();
        return UsageError::new(NAME, message).report(1);
    }
    let mut line = line(&wanted);
    line.push(b'\n');
    stdio::print(NAME, &line)
}

fn line(wanted: &[Id]) -> Vec<u8> {
    let is_wanted = |part: Id| match wanted {
        [] => part == Id::KernelName,
        _ if wanted.contains(&Id::All) => !matches!(part, Id::Processor | Id::Platform),
        _ => wanted.contains(&part),
    };
    let parts = PARTS.into_iter().filter(|part| is_wanted(*part));
    let texts: Vec<Vec<u8>> = parts
        .map(|part| match part {
            Id::KernelName => identity::KERNEL_NAME.into(),
            Id::NodeName => identity::host_name(),
            Id::KernelRelease => identity::KERNEL_RELEASE.into(),
            Id::KernelVersion => identity::KERNEL_VERSION.into(),
            Id::Machine => identity::MACHINE.into(),
            Id::System => identity::OPERATING_SYSTEM.into(),
            _ => "unknown".into(),
        })
        .collect();
    texts.join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_printed_in_their_order() {
        assert_eq!(line(&[]), b"Linux");
        assert_eq!(line(&[Id::Machine, Id::KernelName]), b"Linux x86_64");
        assert_eq!(line(&[Id::Platform, Id::System]), b"unknown GNU/Linux");
        assert!(line(&[Id::All]).ends_with(b" 6.1.0 #1 SMP x86_64 GNU/Linux"));
    }
}
