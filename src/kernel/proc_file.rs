//! The files of `/proc` that tell of the process that opens them (proc(5)).

use std::sync::Arc;
use std::time::SystemTime;

use crate::vfs::{AGENT_ID, Errno, File, FileType, Metadata, ProcessFile, SetTime};

use super::{Charge, Process};

/// The longest `comm` (TASK_COMM_LEN less its NUL).
const COMM_LEN: usize = 15;
const PAGE: u64 = 4096;

impl Process {
    /// What a file of `/proc` says now; the open file keeps it.
    pub(super) fn proc_file(&self, file: ProcessFile) -> Result<Arc<dyn File>, Errno> {
        let bytes = match file {
            ProcessFile::CommandLine => ended_by_nul(self.arguments()),
            ProcessFile::Comm => [self.comm(), b"\n"].concat(),
            ProcessFile::Environment => ended_by_nul(self.env.iter().map(Vec::as_slice)),
            ProcessFile::Stat => self.stat_line(),
            ProcessFile::Status => self.status_text(),
            ProcessFile::LoadAverage => {
                let pid = self.control.pid;
                format!("0.00 0.00 0.00 1/{} {pid}\n", self.job.table().len()).into_bytes()
            }
            ProcessFile::Memory => self.memory_text().into_bytes(),
            ProcessFile::Mounts => self.mounts_text(),
            ProcessFile::Uptime => {
                let seconds = self.job.started.elapsed().as_secs_f64();
                format!("{seconds:.2} 0.00\n").into_bytes()
            }
        };
        let mut charge = Charge::new(&self.job);
        if !charge.add(bytes.len() as u64) {
            return Err(Errno::OutOfMemory);
        }
        Ok(Arc::new(Snapshot {
            bytes,
            made: SystemTime::now(),
            _charge: charge,
        }))
    }

    fn comm(&self) -> &[u8] {
        let name = self.name();
        let base = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
        &base[..base.len().min(COMM_LEN)]
    }

    fn stat_line(&self) -> Vec<u8> {
        let (pid, parent) = (self.control.pid, self.control.parent);
        let size = self.job.accounting.memory();
        let mut line = format!("{pid} (").into_bytes();
        line.extend_from_slice(self.comm());
        // Fields 3 to 8, then nothing known but the size (23), its pages (24) and no limit on them (25).
        let known = format!(") R {parent} {pid} {pid} 0 -1");
        let zeros = " 0".repeat(14);
        let pages = size / PAGE;
        let rest = " 0".repeat(27);
        line.extend_from_slice(
            format!("{known}{zeros} {size} {pages} {}{rest}\n", u64::MAX).as_bytes(),
        );
        line
    }

    fn status_text(&self) -> Vec<u8> {
        let (pid, parent) = (self.control.pid, self.control.parent);
        let kilobytes = self.job.accounting.memory() / 1024;
        let id = format!("{AGENT_ID}\t{AGENT_ID}\t{AGENT_ID}\t{AGENT_ID}");
        let mut text = b"Name:\t".to_vec();
        text.extend_from_slice(self.comm());
        text.extend_from_slice(
            format!(
                "\nUmask:\t{:04o}\nState:\tR (running)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{parent}\n\
                 Uid:\t{id}\nGid:\t{id}\nVmSize:\t{kilobytes:8} kB\nVmRSS:\t{kilobytes:8} kB\n\
                 Threads:\t1\n",
                self.umask
            )
            .as_bytes(),
        );
        text
    }

    /// The memory of the machine is what the job may have.
    fn memory_text(&self) -> String {
        let all = self.job.limits.memory / 1024;
        let free = all.saturating_sub(self.job.accounting.memory() / 1024);
        [
            ("MemTotal:", all),
            ("MemFree:", free),
            ("MemAvailable:", free),
            ("Buffers:", 0),
            ("Cached:", 0),
            ("SwapTotal:", 0),
            ("SwapFree:", 0),
        ]
        .iter()
        .map(|(name, kilobytes)| format!("{name:<16}{kilobytes:8} kB\n"))
        .collect()
    }

    fn mounts_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for (point, writable) in self.job.files.points() {
            text.extend_from_slice(b"sandbox ");
            text.extend_from_slice(if point.is_empty() { b"/" } else { point });
            let mode = if writable { "rw" } else { "ro" };
            text.extend_from_slice(format!(" sandbox {mode} 0 0\n").as_bytes());
        }
        text
    }
}

fn ended_by_nul<'a>(strings: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    strings
        .flat_map(|string| string.iter().copied().chain([0]))
        .collect()
}

/// A file as it was when it was opened.
struct Snapshot {
    bytes: Vec<u8>,
    made: SystemTime,
    _charge: Charge,
}

impl File for Snapshot {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.bytes.get(offset..))
            .unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, _bytes: &[u8], _offset: u64) -> Result<usize, Errno> {
        Err(Errno::BadFd)
    }

    fn append(&self, _bytes: &[u8]) -> Result<(usize, u64), Errno> {
        Err(Errno::BadFd)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(Metadata {
            file_type: FileType::Regular,
            permissions: 0o444,
            device: 0,
            inode: 0,
            links: 1,
            // As on Linux: the size is not known ahead, so readers read to the end.
            size: 0,
            blocks: 0,
            accessed: self.made,
            modified: self.made,
            changed: self.made,
            created: None,
            descriptor: None,
        })
    }

    fn set_len(&self, _size: u64) -> Result<(), Errno> {
        Err(Errno::Invalid)
    }

    fn sync(&self) -> Result<(), Errno> {
        Ok(())
    }

    fn set_times(&self, _accessed: SetTime, _modified: SetTime) -> Result<(), Errno> {
        Err(Errno::NotPermitted)
    }
}
