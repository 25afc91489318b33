//! Runs our tools and GNU's side by side, on the same files and in the same environment.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use toolbox::sys::{self, Follow, Timestamp, clock};

/// What a tool answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub stdout: String,
    pub stderr: String,
    pub status: Option<i32>,
}

/// Whether the tool on this machine is the one that is our specification.
pub fn is_gnu(tool: &str) -> bool {
    let version = Command::new(tool).arg("--version").output();
    let found = version.is_ok_and(|output| {
        output
            .stdout
            .starts_with(format!("{tool} (GNU coreutils) 9.1").as_bytes())
    });
    if !found {
        eprintln!("{tool} of GNU coreutils 9.1 is not here: nothing to compare with");
    }
    found
}

/// The toolbox, called by the name of a tool.
pub fn toolbox(tool: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toolbox"));
    command.arg0(tool);
    command
}

pub fn answer(
    mut command: Command,
    args: &[&str],
    directory: &Path,
    environment: &[(&str, &str)],
    stdin: &str,
) -> Answer {
    let mut child = command
        .args(args)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC")])
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool starts");
    // A tool that does not read its input is free to end before it is written.
    let _ = child
        .stdin
        .take()
        .expect("stdin is a pipe")
        .write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("the tool ends");
    Answer {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code(),
    }
}

/// A directory of a test's own, removed with it.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("toolbox-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a scratch directory");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn directory(path: impl AsRef<Path>, mode: u32) {
    fs::create_dir_all(&path).expect("a directory");
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("its mode");
}

pub fn file(path: impl AsRef<Path>, content: &[u8], mode: u32) {
    fs::write(&path, content).expect("a file");
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("its mode");
}

/// A symbolic link with times of its own: two that are made now differ by a tick of the clock, or not. It was read later than
/// anything else happened to it, so that reading it changes nothing.
pub fn link(seconds: i64, target: &str, path: impl AsRef<Path>) {
    symlink(target, &path).expect("a symbolic link");
    let nanoseconds = 123_456_789;
    let [accessed, modified] = [clock::now().seconds + 1000, seconds].map(|seconds| Timestamp {
        seconds,
        nanoseconds,
    });
    sys::set_times(path.as_ref(), Follow::No, accessed, modified).expect("its times");
}

/// Gives a file its times: read now, so that reading it changes nothing, and written then.
pub fn written_at(path: impl AsRef<Path>, seconds: u64) {
    let modified =
        SystemTime::UNIX_EPOCH + Duration::from_nanos(seconds * 1_000_000_000 + 123_456_789);
    let times = FileTimes::new()
        .set_accessed(SystemTime::now())
        .set_modified(modified);
    File::open(path)
        .and_then(|file| file.set_times(times))
        .expect("its times");
}

/// Numbers that are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    pub fn pick<'a, T: ?Sized + AsRef<OsStr>>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}
