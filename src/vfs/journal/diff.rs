//! Reads the net changes out of the ledger.

use super::ledger::{Fate, Ledger, Origin};
use super::trie::{NodeId, ROOT, names};

/// What has changed in the writable mounts between the checkpoint and now.
/// Paths are absolute paths of the guest, without symbolic links on the way;
/// each list is sorted by its bytes and names a path once.
///
/// Changes are net: what was created and deleted again is not in it, nor is what
/// was moved and moved back. A directory whose entries changed is not itself
/// changed. Hard links are names of their own: a new one is created, and
/// writing through one name tells of that name only. What the host changes by
/// itself is not seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Is there now, and nothing was there at the checkpoint.
    pub created: Vec<Vec<u8>>,
    /// Was there and is there, and was written, cut, given other permissions or
    /// times, or replaced: by a file renamed over it, or by a new one after it
    /// was deleted. Opening a file for writing alone is no change.
    pub modified: Vec<Vec<u8>>,
    /// Was there and is not there any more. Also a file that was renamed over
    /// another one, which is then modified.
    pub deleted: Vec<Vec<u8>>,
    /// The same file or directory under a path where nothing was. If it was changed
    /// as well, its new path is also modified; if its old path has been taken anew,
    /// that one is modified. What lies in a renamed directory goes with it and is
    /// not listed, but for its own changes, under its new path. A directory is
    /// renamed even when `to` was taken at the checkpoint; `to` is then modified too.
    pub renamed: Vec<Renamed>,
    /// Whether every change was noted. It is false after more changes than are kept.
    pub complete: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renamed {
    pub from: Vec<u8>,
    pub to: Vec<u8>,
}

/// Whether something is or was at a path.
enum Existence {
    Yes,
    No,
    /// If something is at this path now, which nothing is known about.
    IfAt(Vec<u8>),
}

/// What remains to be asked of the file systems when the ledger was read.
enum Question {
    /// Created at `path`, or modified if something is at `at`.
    Created { path: Vec<u8>, at: Vec<u8> },
    /// Moved to `path`; over another file if something is at `at`.
    Moved { moved: Moved, at: Vec<u8> },
    /// Deleted, or modified if something is there.
    Deleted(Vec<u8>),
}

struct Moved {
    from: Vec<u8>,
    to: Vec<u8>,
    is_directory: bool,
    /// What is at `from` now, if `to` was taken and `from` counts as deleted.
    vacated: Existence,
}

/// A diff, but for what only the file systems can tell.
pub struct Draft {
    diff: Diff,
    questions: Vec<Question>,
}

impl Draft {
    /// Finishes the diff; `exists` looks whether something is at a path now.
    pub fn finish(mut self, exists: impl Fn(&[u8]) -> bool) -> Diff {
        let mut diff = self.diff;
        for question in std::mem::take(&mut self.questions) {
            match question {
                Question::Created { path, at } => {
                    if exists(&at) {
                        diff.modified.push(path);
                    } else {
                        diff.created.push(path);
                    }
                }
                Question::Moved { moved, at } => {
                    let taken = exists(&at);
                    if let Some(path) = diff.moved(moved, taken) {
                        diff.vacated(path, &exists);
                    }
                }
                Question::Deleted(path) => diff.vacated(path, &exists),
            }
        }
        for list in [&mut diff.created, &mut diff.modified, &mut diff.deleted] {
            list.sort_unstable();
            list.dedup();
        }
        diff.renamed.sort_unstable();
        diff
    }
}

impl Diff {
    fn vacated(&mut self, path: Vec<u8>, exists: impl Fn(&[u8]) -> bool) {
        if exists(&path) {
            self.modified.push(path);
        } else {
            self.deleted.push(path);
        }
    }

    /// Notes a move; gives `from` when it remains to ask whether it is vacant.
    fn moved(&mut self, moved: Moved, taken: bool) -> Option<Vec<u8>> {
        if taken {
            self.modified.push(moved.to.clone());
        }
        if !taken || moved.is_directory {
            self.renamed.push(Renamed {
                from: moved.from,
                to: moved.to,
            });
            return None;
        }
        match moved.vacated {
            Existence::No => self.deleted.push(moved.from),
            Existence::Yes => {}
            Existence::IfAt(path) => return Some(path),
        }
        None
    }
}

impl Ledger {
    /// What the ledger says by itself.
    pub fn draft(&self) -> Draft {
        let mut draft = Draft {
            diff: Diff {
                complete: self.complete,
                ..Diff::default()
            },
            questions: Vec::new(),
        };
        let mut pending = vec![(ROOT, Vec::new(), true)];
        while let Some((id, path, mut has_origin)) = pending.pop() {
            let node = self.now.node(id);
            match node.value.origin {
                Origin::Same => {}
                Origin::New => has_origin = false,
                Origin::Moved(_) => has_origin = true,
            }
            for (name, &child) in &node.children {
                pending.push((child, [&path, &b"/"[..], name].concat(), has_origin));
            }
            self.draft_node(&mut draft, id, path, has_origin);
        }
        for id in self.before.ids() {
            if self.before.node(id).value == Fate::Gone {
                let path = self.before.path(id);
                match self.present(&path) {
                    Existence::Yes => {}
                    Existence::No => draft.diff.deleted.push(path),
                    Existence::IfAt(path) => draft.questions.push(Question::Deleted(path)),
                }
            }
        }
        draft
    }

    fn draft_node(&self, draft: &mut Draft, id: NodeId, path: Vec<u8>, has_origin: bool) {
        let value = &self.now.node(id).value;
        if !has_origin {
            match self.existed(&path) {
                Existence::Yes => draft.diff.modified.push(path),
                Existence::No => draft.diff.created.push(path),
                Existence::IfAt(at) => draft.questions.push(Question::Created { path, at }),
            }
            return;
        }
        if value.modified {
            draft.diff.modified.push(match &path[..] {
                b"" => b"/".to_vec(),
                _ => path.clone(),
            });
        }
        let Origin::Moved(before) = value.origin else {
            return;
        };
        let from = self.before.path(before);
        if from == path {
            return;
        }
        let existed = self.existed(&path);
        let moved = Moved {
            vacated: self.present(&from),
            from,
            to: path,
            is_directory: value.is_directory,
        };
        let taken = match existed {
            Existence::Yes => true,
            Existence::No => false,
            Existence::IfAt(at) => {
                draft.questions.push(Question::Moved { moved, at });
                return;
            }
        };
        if let Some(path) = draft.diff.moved(moved, taken) {
            draft.questions.push(Question::Deleted(path));
        }
    }

    /// Whether something else was at a path that a node with another origin is at.
    fn existed(&self, path: &[u8]) -> Existence {
        let mut before = Some(ROOT);
        // The directory that has what lay here, and the names beneath it.
        let mut holder = None;
        let mut rest: Vec<&[u8]> = Vec::new();
        for name in names(path) {
            rest.push(name);
            before = before.and_then(|id| self.before.child(id, name));
            match before.map(|id| self.before.node(id).value) {
                Some(Fate::Gone) => holder = None,
                Some(Fate::Moved(id)) => holder = Some(id),
                Some(Fate::Kept) | None => continue,
            }
            rest.clear();
        }
        if rest.is_empty() {
            return Existence::Yes;
        }
        let Some(mut id) = holder else {
            return Existence::No;
        };
        for (index, name) in rest.iter().enumerate() {
            match self.now.child(id, name) {
                Some(child) if self.now.node(child).value.origin == Origin::Same => id = child,
                Some(_) => return Existence::No,
                None => {
                    let mut at = self.now.path(id);
                    for name in &rest[index..] {
                        at.push(b'/');
                        at.extend_from_slice(name);
                    }
                    return Existence::IfAt(at);
                }
            }
        }
        Existence::Yes
    }

    /// Whether something is at a path that lost what was there.
    fn present(&self, path: &[u8]) -> Existence {
        let mut id = ROOT;
        let mut moved = false;
        for name in names(path) {
            match self.now.child(id, name) {
                Some(child) => id = child,
                None if moved => return Existence::IfAt(path.to_vec()),
                None => return Existence::No,
            }
            moved |= self.now.node(id).value.origin != Origin::Same;
        }
        // A node that only stands on the way in a directory moved here is not
        // listed by itself.
        if moved && self.now.node(id).value.origin == Origin::Same {
            return Existence::IfAt(path.to_vec());
        }
        Existence::Yes
    }
}
