//! The message that starts a process: what `posix_spawn` takes, in one flat block.
//!
//! Layout: 8 words of 32 bits (`flags`, `umask`, then the number of arguments, variables and descriptors, the lengths of
//! the path and of the working directory, and `ignored`), the bytes of the path and of the working directory, each argument
//! and each variable as a length and its bytes, and each descriptor as its number in the new process and the caller's.

use alloc::vec::Vec;

/// Look for a path without a slash in the directories of `PATH`, as `execvp` does; `PATH` is that of the message.
pub const SEARCH_PATH: u32 = 1;
/// The umask that stands for the caller's own.
pub const INHERIT_UMASK: u32 = u32::MAX;
/// The longest message, in bytes: arguments and variables as Linux limits them (ARG_MAX), and the rest.
pub const MAX_MESSAGE: usize = (2 << 20) + (64 << 10);
/// The most descriptors a new process is given.
pub const MAX_DESCRIPTORS: usize = 1024;

const HEADER: usize = 8 * 4;

/// A process to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpawnMessage<'a> {
    pub flags: u32,
    pub umask: u32,
    /// Signals that the new process ignores beside those that the caller does; bit `n - 1` is signal `n`, up to 32.
    pub ignored: u32,
    /// The program: a path, or with `SEARCH_PATH` also a name.
    pub path: &'a [u8],
    /// Absolute.
    pub cwd: &'a [u8],
    pub args: Vec<&'a [u8]>,
    /// `NAME=VALUE` each.
    pub env: Vec<&'a [u8]>,
    pub descriptors: Vec<Descriptor>,
}

/// A descriptor that the new process gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Its number there.
    pub target: u32,
    /// Its number in the process that starts the new one.
    pub source: u32,
}

/// Bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl<'a> SpawnMessage<'a> {
    /// The bytes for the host.
    pub fn encode(&self) -> Vec<u8> {
        let strings = self.args.iter().chain(&self.env);
        let len = strings.map(|string| 4 + string.len()).sum::<usize>()
            + HEADER
            + self.path.len()
            + self.cwd.len()
            + self.descriptors.len() * 8;
        let mut bytes = Vec::with_capacity(len);
        for word in [
            self.flags,
            self.umask,
            self.args.len() as u32,
            self.env.len() as u32,
            self.descriptors.len() as u32,
            self.path.len() as u32,
            self.cwd.len() as u32,
            self.ignored,
        ] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(self.path);
        bytes.extend_from_slice(self.cwd);
        for string in self.args.iter().chain(&self.env) {
            bytes.extend_from_slice(&(string.len() as u32).to_le_bytes());
            bytes.extend_from_slice(string);
        }
        for descriptor in &self.descriptors {
            bytes.extend_from_slice(&descriptor.target.to_le_bytes());
            bytes.extend_from_slice(&descriptor.source.to_le_bytes());
        }
        bytes
    }

    /// Reads a message; whatever the bytes are, no more memory is taken than they have.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_MESSAGE {
            return Err(Malformed);
        }
        let mut reader = Reader { rest: bytes };
        let [flags, umask, args, env, descriptors, path, cwd, ignored] = reader.words()?;
        if flags & !SEARCH_PATH != 0 || descriptors as usize > MAX_DESCRIPTORS {
            return Err(Malformed);
        }
        let message = Self {
            flags,
            umask,
            ignored,
            path: reader.string(path)?,
            cwd: reader.string(cwd)?,
            args: reader.strings(args)?,
            env: reader.strings(env)?,
            descriptors: (0..descriptors)
                .map(|_| {
                    let [target, source] = reader.words()?;
                    Ok(Descriptor { target, source })
                })
                .collect::<Result<_, _>>()?,
        };
        if reader.rest.is_empty() {
            Ok(message)
        } else {
            Err(Malformed)
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn words<const N: usize>(&mut self) -> Result<[u32; N], Malformed> {
        let mut words = [0; N];
        for word in &mut words {
            let (bytes, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
            *word = u32::from_le_bytes(*bytes);
            self.rest = rest;
        }
        Ok(words)
    }

    /// A string for the kernel: it ends where its length says, and has no NUL.
    fn string(&mut self, len: u32) -> Result<&'a [u8], Malformed> {
        let (string, rest) = self.rest.split_at_checked(len as usize).ok_or(Malformed)?;
        self.rest = rest;
        if string.contains(&0) {
            return Err(Malformed);
        }
        Ok(string)
    }

    fn strings(&mut self, count: u32) -> Result<Vec<&'a [u8]>, Malformed> {
        (0..count)
            .map(|_| {
                let [len] = self.words()?;
                self.string(len)
            })
            .collect()
    }
}

const _: () = assert!(HEADER == 32);

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn message() -> SpawnMessage<'static> {
        SpawnMessage {
            flags: SEARCH_PATH,
            umask: 0o077,
            ignored: 0b110,
            path: b"cat",
            cwd: b"/work",
            args: vec![b"cat", b"", b"a b\xff"],
            env: vec![b"PATH=/bin"],
            descriptors: vec![
                Descriptor {
                    target: 0,
                    source: 7,
                },
                Descriptor {
                    target: 2,
                    source: 2,
                },
            ],
        }
    }

    #[test]
    fn a_message_survives_the_way_through_bytes() {
        let bytes = message().encode();
        assert_eq!(SpawnMessage::decode(&bytes), Ok(message()));
        let empty = SpawnMessage::default().encode();
        assert_eq!(empty.len(), HEADER);
        assert_eq!(SpawnMessage::decode(&empty), Ok(SpawnMessage::default()));
    }

    #[test]
    fn every_message_that_is_cut_or_longer_is_malformed() {
        let mut bytes = message().encode();
        for len in 0..bytes.len() {
            assert_eq!(SpawnMessage::decode(&bytes[..len]), Err(Malformed));
        }
        bytes.push(0);
        assert_eq!(SpawnMessage::decode(&bytes), Err(Malformed));
    }

    #[test]
    fn counts_and_lengths_beyond_the_bytes_are_malformed() {
        for word in 0..HEADER / 4 {
            if word == 1 || word == 7 {
                continue; // Any number is an umask, which the kernel masks, and any are signals.
            }
            let mut bytes = message().encode();
            bytes[word * 4..word * 4 + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            assert_eq!(SpawnMessage::decode(&bytes), Err(Malformed), "word {word}");
        }
    }

    #[test]
    fn a_string_with_nul_is_malformed() {
        let mut with_nul = message();
        with_nul.args = vec![b"a\0b"];
        assert_eq!(SpawnMessage::decode(&with_nul.encode()), Err(Malformed));
    }

    #[test]
    fn a_message_over_the_limit_is_malformed() {
        let long = vec![b'a'; MAX_MESSAGE];
        let message = SpawnMessage {
            args: vec![&long],
            ..SpawnMessage::default()
        };
        assert_eq!(SpawnMessage::decode(&message.encode()), Err(Malformed));
    }
}
