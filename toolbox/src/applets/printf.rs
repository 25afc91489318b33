//! `printf`: prints its arguments as a format says.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::format::{Dialect, Host, When, printf};
use crate::getopt::UsageError;
use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::clock::{self, Civil, Zone};

const NAME: &str = "printf";

const HELP: &str = "\
Usage: printf FORMAT [ARGUMENT]...
Print the ARGUMENTs as FORMAT says, which is used again while there are more of them.

Escapes: \\\" \\\\ \\a \\b \\c \\e \\f \\n \\r \\t \\v \\NNN \\xHH \\uHHHH \\UHHHHHHHH
Conversions: %% %b (with escapes) %q (quoted for a shell) and those of C: %d %i %o %u %x %X %a %e %f %g %c %s
";

struct Standard<W: Write> {
    out: W,
}

impl<W: Write> Host for Standard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    fn complain(&mut self, message: &[u8]) {
        // What cannot be written is found at the end.
        let _ = self.out.flush();
        stdio::complain(NAME, message);
    }

    fn civil(&mut self, when: When) -> Civil {
        let mut time = clock::now();
        if let When::At(seconds) = when {
            (time.seconds, time.nanoseconds) = (seconds, 0);
        }
        Zone::from_env().civil(time)
    }
}

pub fn main(args: &[OsString]) -> i32 {
    let mut args: Vec<&[u8]> = args.iter().skip(1).map(|arg| arg.as_bytes()).collect();
    if args.as_slice() == [b"--help"] {
        return stdio::print(NAME, HELP.as_bytes());
    }
    if args.first() == Some(&&b"--"[..]) {
        args.remove(0);
    }
    let Some((format, args)) = args.split_first() else {
        return UsageError::new(NAME, "missing operand").report(1);
    };
    let mut standard = Standard {
        out: BufWriter::with_capacity(1024, io::stdout().lock()),
    };
    match printf(Dialect::Gnu, format, args, &mut standard) {
        Ok(status) => stdio::finish(NAME, standard.out.flush(), status),
        Err(error) => {
            // A width beyond C's is no error of the system, so GNU has no words for it.
            match error.raw_os_error() {
                Some(libc::EOVERFLOW) => stdio::complain(NAME, b"write error"),
                _ => return stdio::finish(NAME, Err(error), 1),
            }
            1
        }
    }
}
