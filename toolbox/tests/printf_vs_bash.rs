//! The formatter answers as the builtin of bash does.

#[allow(dead_code, reason = "other tests use the rest")]
mod files;

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use files::Dice;
use toolbox::format::{Dialect, Host, When, printf};
use toolbox::sys::Timestamp;
use toolbox::sys::clock::{Civil, Zone};

#[derive(Debug, Default, PartialEq, Eq)]
struct Answer {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    status: i32,
}

impl Host for Answer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stdout.extend_from_slice(bytes);
        Ok(())
    }

    fn complain(&mut self, message: &[u8]) {
        let line = [b"bash: line 1: printf: ", message, b"\n"].concat();
        self.stderr.extend(line);
    }

    fn assign(&mut self, name: &[u8], _count: u64) -> bool {
        self.complain(&[b"`", name, b"': not a valid identifier"].concat());
        false
    }

    fn civil(&mut self, when: When) -> Civil {
        let When::At(seconds) = when else {
            panic!("no test asks for the time of now");
        };
        Zone::named(OsStr::new("UTC")).civil(Timestamp {
            seconds,
            nanoseconds: 0,
        })
    }
}

fn ours(args: &[&[u8]]) -> Answer {
    let mut answer = Answer::default();
    let (format, args) = args.split_first().expect("a format");
    let status = printf(Dialect::Bash, format, args, &mut answer);
    answer.status = status.expect("writing to memory");
    answer
}

/// Nothing when there is no bash of the version that is our specification.
fn bash(args: &[&[u8]]) -> Option<Answer> {
    let output = Command::new("bash")
        .args(["-c", "printf -- \"$@\"", "bash"])
        .args(args.iter().map(|arg| OsStr::from_bytes(arg)))
        .env_clear()
        .envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC")])
        .output()
        .ok()?;
    Some(Answer {
        stdout: output.stdout,
        stderr: output.stderr,
        status: output.status.code()?,
    })
}

fn is_there() -> bool {
    let version = Command::new("bash").arg("--version").output();
    let found =
        version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("version 5.2"));
    if !found {
        eprintln!("bash 5.2 is not here: nothing to compare with");
    }
    found
}

/// The arguments of each line stand between tabs.
const LINES: &str = r#"
%d|%i|%u|%x|%X|%o	42	-7	-1	255	255	8
%5d|%-5d|%05d|%+d|% d|%.3d|%5.2d|%-+5d|	1	2	3	4	5	6	7	8
%ld|%lld|%hhd|%zd|%jd|%td|%hd|%Ld	1	2	300	4	5	6	70000	8
%*d|%-*d|%0*d|%.*f|%.*f|%*d	5	3	4	5	-4	5	2	3.14159	-2	3.1	x	3
%s|%5s|%-5s|%.2s|%5.1s|	abc	abc	abc	abc	abc
%c|%5c|%-5c|%c	abc	x	y	é
%d %d %d %d %d	0x1F	010	09	abc	3x
%d	
%d	   
%f	   
%d	5 
%d	0x
%d	-0xg
%d	99999999999999999999
%d	-99999999999999999999
%u	18446744073709551616
%d %d %d %d %d	'a	"é	'ab	'	"
%f %f %f %f	'a	abc	1e5000	1e-5000
%f|%e|%g|%a	3.14159	31415.9	0.0001	1
%F|%E|%G|%A	inf	1e-10	1e-10	255.5
%f	3x
%f	0xg
%f	infx
%'d|%'x|%#d|%0s|%.3c|%#s|%+s|	1234	5	5	a	a	a	a
%5b|%-5b|%.1b|%b	x\ty	a	xyz	a\cb
%5q|%-7q|%.3q|%.3Q|%Q|%q|%q	a b	a b	a bcd	a bcd	a b		it's
%z
%
ab%
%5
%y
a%yb
%5%
%n	1a
%s%n	abc	a-b
%lb %ls %lc %hs %zs %tq	a	b	c	d	e	f g
%1$s	a
%.5.5d	5
%5 d	5
%b|%b|%b|%b	a\tb	\0101\101\1234	\x41\e\E	\"\'\?\z\
\a\b\e\E\f\n\r\t\v\\\"\'\?\z\101\0101\x41\x414\777
a\cb
abc\
%s\	a
\x
\xg
\u12\u
\U
\u00e9\U0001f600\ud800\u41
\U00110000\U7fffffff\Uffffffff
%b	\u00e9\u41\u\xg\c
no	a	b
%%	a
%s %s|	a
%s %s|	a	b	c
%s
%d
%x %o	0b11	0o7
%s\0%s	a	b
%(%Y)T	0
%(%Y-%m-%d %H:%M:%S)T	86400
%10(%Y)T|%-10(%Y)T|%.2(%Y)T|	0	0	0
%()T	0
%(%(x)Y)T	0
%(%Y)T	3x
%s %b|	a	x\cy	b	c
%d|	3x	4
"#;

#[test]
fn formats_are_answered_as_bash_answers_them() {
    if !is_there() {
        return;
    }
    for line in LINES.lines().skip(1) {
        let args: Vec<&[u8]> = line.split('\t').map(str::as_bytes).collect();
        let expected = bash(&args).expect("bash runs");
        let found = ours(&args);
        let text = |answer: &Answer| {
            format!(
                "{} {} {}",
                answer.stdout.escape_ascii(),
                answer.stderr.escape_ascii(),
                answer.status
            )
        };
        assert_eq!(text(&found), text(&expected), "{line}");
    }
}

#[test]
fn words_are_quoted_as_bash_quotes_them() {
    if !is_there() {
        return;
    }
    let mut dice = Dice(3);
    let pieces = [
        "~", "=", ":", "#", "é", "日", "\u{a0}", "\u{ad}", "\u{200b}", "\u{301}", "-", "%",
    ];
    let mut words: Vec<Vec<u8>> = (1..=255).map(|byte| vec![byte]).collect();
    words.extend((1..=255).map(|byte| vec![b'x', byte]));
    for _ in 0..600 {
        let mut word = Vec::new();
        for _ in 0..dice.below(7) {
            match dice.below(12) {
                0 => word.push(u8::try_from(1 + dice.below(255)).expect("a byte")),
                1..=4 => word.extend_from_slice(dice.pick(&pieces).as_bytes()),
                _ => word.push(u8::try_from(32 + dice.below(95)).expect("a byte")),
            }
        }
        words.push(word);
    }
    let mut args: Vec<&[u8]> = vec![b"%q\\0"];
    args.extend(words.iter().map(Vec::as_slice));
    let (found, expected) = (ours(&args), bash(&args).expect("bash runs"));
    let split = |answer: &Answer| -> Vec<String> {
        let lines = answer.stdout.split(|byte| *byte == 0);
        lines.map(|line| line.escape_ascii().to_string()).collect()
    };
    for ((ours, theirs), word) in split(&found).iter().zip(split(&expected)).zip(&words) {
        assert_eq!(ours, &theirs, "{}", word.escape_ascii());
    }
    assert_eq!(found, expected);
}
