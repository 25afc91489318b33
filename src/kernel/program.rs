//! From the name of a program to what runs: tools, and scripts with `#!`
//! (execve(2), execvp(3)).

use toolbox_abi::TOOLBOX;

use crate::vfs::{Errno, FileType, Follow, MountTable, OpenOptions, Opened};

/// What is looked at of a program (Linux BINPRM_BUF_SIZE).
const HEAD: usize = 256;
/// How many interpreters may stand behind each other.
const MAX_INTERPRETERS: usize = 5;
/// The first bytes of a tool in `/bin`: an empty WebAssembly module and the head
/// of a custom section; the tool's name follows.
const TOOL: &[u8] = b"\0asm\x01\0\0\0";
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";

/// The content of the file that stands for a tool.
pub fn tool_file(name: &str) -> Vec<u8> {
    [
        TOOL,
        &[0, name.len() as u8 + 1, name.len() as u8],
        name.as_bytes(),
    ]
    .concat()
}

fn tool_name(head: &[u8]) -> Option<&[u8]> {
    match head.strip_prefix(TOOL)? {
        [0, _, len, name @ ..] => name.get(..usize::from(*len)),
        _ => None,
    }
}

/// What to look for, and where.
pub struct Search<'a> {
    pub files: &'a MountTable,
    /// Absolute.
    pub cwd: &'a [u8],
    /// The value of `PATH`, for names without a slash; without it they are paths.
    pub path: Option<&'a [u8]>,
    /// Whether to give up: a long `PATH` takes its time.
    pub is_ended: &'a dyn Fn() -> bool,
}

impl<'a> Search<'a> {
    /// `PATH` of an environment.
    pub fn path_of<'e>(env: impl IntoIterator<Item = &'e [u8]>) -> &'e [u8] {
        env.into_iter()
            .find_map(|variable| variable.strip_prefix(b"PATH="))
            .unwrap_or(DEFAULT_PATH)
    }

    /// Finds a program and gives the arguments it is started with: those given,
    /// with the interpreter before them for a script. The first one names the tool, or is
    /// `TOOLBOX` and the third one does.
    pub fn find(&self, name: &[u8], args: &[&[u8]]) -> Result<Vec<Vec<u8>>, Errno> {
        let Some(path) = self
            .path
            .filter(|_| !name.contains(&b'/') && !name.is_empty())
        else {
            return self.load(name.to_vec(), self.head(name)?, args);
        };
        let mut refused = Errno::NotFound;
        for directory in path.split(|&byte| byte == b':') {
            let candidate = match directory {
                b"" => name.to_vec(),
                _ => [directory, b"/", name].concat(),
            };
            if (self.is_ended)() {
                return Err(Errno::Interrupted);
            }
            match self.head(&candidate) {
                Ok(head) => return self.load(candidate, head, args),
                Err(Errno::NotFound | Errno::NotDirectory) => {}
                Err(Errno::Access) => refused = Errno::Access,
                Err(errno) => return Err(errno),
            }
        }
        Err(refused)
    }

    /// Follows the `#!` lines from a file that begins with `head`.
    fn load(
        &self,
        mut path: Vec<u8>,
        mut head: Vec<u8>,
        args: &[&[u8]],
    ) -> Result<Vec<Vec<u8>>, Errno> {
        let mut args: Vec<_> = args.iter().map(|arg| arg.to_vec()).collect();
        for _ in 0..MAX_INTERPRETERS {
            if let Some(tool) = tool_name(&head) {
                match args.first() {
                    Some(first) if base_name(first) == tool => {}
                    // It is called by another name.
                    Some(_) => {
                        args.insert(0, TOOLBOX.as_bytes().to_vec());
                        args.insert(2, tool.to_vec());
                    }
                    None => args.push(tool.to_vec()),
                }
                return Ok(args);
            }
            let (interpreter, argument) = interpreter(&head).ok_or(Errno::NotExecutable)?;
            let rest = args.into_iter().skip(1);
            args = std::iter::once(interpreter.to_vec())
                .chain(argument.map(<[u8]>::to_vec))
                .chain([path])
                .chain(rest)
                .collect();
            path = interpreter.to_vec();
            head = self.head(&path)?;
        }
        Err(Errno::Loop)
    }

    /// The first bytes of an executable file.
    fn head(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let absolute = match path {
            [] => return Err(Errno::NotFound),
            [b'/', ..] => path.to_vec(),
            _ => [self.cwd, b"/", path].concat(),
        };
        let options = OpenOptions {
            read: true,
            write: false,
            append: false,
            create: false,
            exclusive: false,
            truncate: false,
            directory: false,
            follow: Follow::Yes,
            permissions: 0,
        };
        let Opened::File(file) = self.files.open(&absolute, &options)? else {
            return Err(Errno::Access);
        };
        let metadata = file.metadata()?;
        if metadata.file_type != FileType::Regular || metadata.permissions & 0o111 == 0 {
            return Err(Errno::Access);
        }
        let mut head = vec![0; HEAD];
        let count = file.read_at(&mut head, 0)?;
        head.truncate(count);
        Ok(head)
    }
}

fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// The interpreter and its one argument in a `#!` line.
fn interpreter(head: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let rest = head.strip_prefix(b"#!")?;
    let end = rest.iter().position(|&byte| byte == b'\n');
    // A line that does not fit may be cut anywhere but in the interpreter's name.
    let line = match end {
        Some(end) => &rest[..end],
        None => rest,
    };
    // A carriage return is a part of the name, as on Linux.
    let line = trim_blanks(line);
    let blank = line.iter().position(is_blank);
    let (name, argument) = match blank {
        Some(at) => (&line[..at], Some(trim_blanks(&line[at..]))),
        None if end.is_none() && head.len() == HEAD => return None,
        None => (line, None),
    };
    (!name.is_empty()).then_some((name, argument))
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim_blanks(line: &[u8]) -> &[u8] {
    let start = line.iter().take_while(|byte| is_blank(byte)).count();
    let line = &line[start..];
    let end = line.iter().rev().take_while(|byte| is_blank(byte)).count();
    &line[..line.len() - end]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::vfs::{MemoryFileSystem, Mount};

    fn files() -> MountTable {
        let root = MemoryFileSystem::new(1 << 20);
        let _ = root.add_file(b"cat", &tool_file("cat"), 0o755);
        let _ = root.add_file(b"plain", b"echo hi\n", 0o755);
        let _ = root.add_file(b"script", b"#! /cat  -n x \necho\n", 0o755);
        let _ = root.add_file(b"outer", b"#!script", 0o755);
        let _ = root.add_file(b"locked", &tool_file("cat"), 0o644);
        let _ = root.add_file(b"loop", b"#!/loop\n", 0o755);
        MountTable::new(vec![Mount {
            point: Vec::new(),
            file_system: Arc::new(root),
            writable: true,
        }])
    }

    fn find(name: &str, args: &[&str]) -> Result<String, Errno> {
        let files = files();
        let search = Search {
            files: &files,
            cwd: b"/",
            path: Some(b"/none:/plain:/"),
            is_ended: &|| false,
        };
        let args: Vec<_> = args.iter().map(|arg| arg.as_bytes()).collect();
        let found = search.find(name.as_bytes(), &args)?;
        Ok(String::from_utf8_lossy(&found.join(&b'|')).into_owned())
    }

    #[test]
    fn a_tool_is_found_by_name_and_by_path() {
        assert_eq!(find("cat", &["cat", "-n"]).as_deref(), Ok("cat|-n"));
        assert_eq!(find("/cat", &["/cat"]).as_deref(), Ok("/cat"));
        assert_eq!(
            find("./cat", &["dog", "x"]).as_deref(),
            Ok("toolbox|dog|cat|x")
        );
        assert_eq!(find("dog", &["dog"]), Err(Errno::NotFound));
        assert_eq!(find("", &[""]), Err(Errno::NotFound));
    }

    #[test]
    fn a_script_is_run_by_its_interpreter() {
        assert_eq!(
            find("/script", &["script", "a"]).as_deref(),
            Ok("/cat|-n x|/script|a")
        );
        assert_eq!(
            find("/outer", &["outer", "a"]).as_deref(),
            Ok("/cat|-n x|script|/outer|a")
        );
    }

    #[test]
    fn what_cannot_be_executed_says_why() {
        assert_eq!(find("/plain", &["plain"]), Err(Errno::NotExecutable));
        assert_eq!(find("/locked", &["locked"]), Err(Errno::Access));
        assert_eq!(find("locked", &["locked"]), Err(Errno::Access));
        assert_eq!(find("/", &["/"]), Err(Errno::Access));
        assert_eq!(find("/loop", &["loop"]), Err(Errno::Loop));
    }
}
