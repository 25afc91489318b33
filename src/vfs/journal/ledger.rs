//! What the journal knows: the names that were touched, as they are now and as
//! they were at the checkpoint.
//!
//! `now` is a tree of present paths. A node that stands only for a name on the
//! way, or for a file that nothing happened to, is `Origin::Same`: it came from
//! where its parent came from. `before` is a tree of the paths at the
//! checkpoint; it has those whose file is no longer there by that rule. What
//! is in neither tree is as it was.

use super::trie::{NodeId, ROOT, Trie, names, split};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The same name in the directory that the parent comes from; nothing, when
    /// the parent was made since the checkpoint.
    Same,
    New,
    /// A node of `before`.
    Moved(NodeId),
}

pub struct Present {
    pub origin: Origin,
    pub modified: bool,
    pub is_directory: bool,
    /// How many open files hold this node.
    open: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Only a name on the way to others.
    Kept,
    Gone,
    /// A node of `now`.
    Moved(NodeId),
}

pub struct Ledger {
    pub now: Trie<Present>,
    pub before: Trie<Fate>,
    /// Whether every change since the checkpoint was noted.
    pub complete: bool,
    limit: usize,
}

fn present(origin: Origin) -> Present {
    Present {
        origin,
        modified: false,
        is_directory: false,
        open: 0,
    }
}

fn is_idle(present: &Present) -> bool {
    present.origin == Origin::Same && !present.modified && present.open == 0
}

impl Ledger {
    /// `limit` is how many nodes both trees may have together.
    pub fn new(limit: usize) -> Self {
        Self {
            now: Trie::new(present(Origin::Same)),
            before: Trie::new(Fate::Kept),
            complete: true,
            limit,
        }
    }

    /// Whether there is room for all names of a path in one tree, and for those
    /// of its origin in the other one.
    fn has_room(&mut self, path: &[u8]) -> bool {
        let has_room = self.room() >= 2 * names(path).count();
        self.complete &= has_room;
        has_room
    }

    /// How many nodes may still be made.
    fn room(&self) -> usize {
        self.limit
            .saturating_sub(self.now.len() + self.before.len())
    }

    /// Where the file of a node was at the checkpoint.
    pub fn origin(&self, id: NodeId) -> Option<Vec<u8>> {
        let mut below = Vec::new();
        let mut id = id;
        let mut path = loop {
            let node = self.now.node(id);
            match (node.value.origin, node.parent) {
                (Origin::New, _) => return None,
                (Origin::Moved(before), _) => break self.before.path(before),
                (Origin::Same, Some(parent)) => {
                    below.push(id);
                    id = parent;
                }
                (Origin::Same, None) if id == ROOT => break Vec::new(),
                (Origin::Same, None) => return None,
            }
        };
        for &id in below.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(self.now.name(id));
        }
        Some(path)
    }

    fn has_fate(&self, origin: &[u8]) -> bool {
        self.before
            .find(origin)
            .is_some_and(|id| self.before.node(id).value != Fate::Kept)
    }

    fn set_fate(&mut self, origin: &[u8], fate: Fate) -> NodeId {
        let id = names(origin).fold(ROOT, |id, name| match self.before.child(id, name) {
            Some(child) => child,
            None => self.before.add(id, name, Fate::Kept),
        });
        self.before.node_mut(id).value = fate;
        id
    }

    /// The node of a path, made when there is none.
    fn enter(&mut self, path: &[u8]) -> NodeId {
        let mut id = ROOT;
        for name in names(path) {
            id = match self.now.child(id, name) {
                Some(child) => child,
                None => {
                    let child = self.now.add(id, name, present(Origin::Same));
                    // What was here is known to be elsewhere: this is another file.
                    if self.before.len() > 0
                        && self.origin(child).is_some_and(|path| self.has_fate(&path))
                    {
                        self.now.node_mut(child).value.origin = Origin::New;
                    }
                    child
                }
            };
        }
        id
    }

    /// A file, directory or link was made at a path.
    pub fn create(&mut self, path: &[u8]) {
        if self.now.find(path).is_some() {
            self.remove(path);
        }
        if !self.has_room(path) {
            return;
        }
        let (parent, name) = split(path);
        let parent = self.enter(parent);
        if !name.is_empty() {
            self.now.add(parent, name, present(Origin::New));
        }
    }

    /// The file or empty directory at a path was removed.
    pub fn remove(&mut self, path: &[u8]) {
        if path.is_empty() {
            return;
        }
        if let Some(id) = self.now.find(path) {
            self.drop_subtree(id);
            return;
        }
        if !self.has_room(path) {
            return;
        }
        // Its origin is known by a node for a moment.
        let id = self.enter(path);
        self.drop_subtree(id);
    }

    /// Takes away a node whose file is gone, with all beneath it.
    fn drop_subtree(&mut self, id: NodeId) {
        let parent = self.now.node(id).parent;
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            // Beneath a directory that is gone there is nothing, unless the
            // notes of two guests came in another order than their calls.
            let children: Vec<NodeId> = self.now.node(id).children.values().copied().collect();
            if !children.is_empty() {
                pending.push(id);
                pending.extend(children);
                continue;
            }
            self.drop_leaf(id);
        }
        if let Some(parent) = parent {
            self.now.prune(parent, is_idle);
        }
    }

    fn drop_leaf(&mut self, id: NodeId) {
        match self.now.node(id).value.origin {
            Origin::New => {}
            Origin::Moved(before) => self.before.node_mut(before).value = Fate::Gone,
            Origin::Same => {
                if let Some(origin) = self.origin(id) {
                    if self.room() >= names(&origin).count() {
                        self.set_fate(&origin, Fate::Gone);
                    } else {
                        self.complete = false;
                    }
                }
            }
        }
        if self.now.node(id).value.open > 0 {
            self.now.detach(id);
            self.now.node_mut(id).value.origin = Origin::New;
        } else {
            self.now.free(id);
        }
    }

    /// The file or directory at `from` is now at `to`, instead of what was there.
    pub fn rename(&mut self, from: &[u8], to: &[u8], is_directory: bool, replaced: bool) {
        if from.is_empty() || to.is_empty() || from == to {
            return;
        }
        if replaced || self.now.find(to).is_some() {
            self.remove(to);
        }
        let is_above = from
            .strip_prefix(to)
            .is_some_and(|rest| rest.starts_with(b"/"));
        if is_above || !self.has_room(from) || !self.has_room(to) {
            self.remove(from);
            return;
        }
        let id = self.enter(from);
        let (parent, name) = split(to);
        let parent = self.enter(parent);
        let origin = self.origin(id);
        let needed = origin.as_deref().map_or(0, |path| names(path).count());
        let is_full = self.room() < needed;
        if is_full || self.now.is_within(parent, id) {
            self.complete &= !is_full;
            self.drop_subtree(id);
            return;
        }
        let origin = match (self.now.node(id).value.origin, origin) {
            (Origin::Same, Some(path)) => Origin::Moved(self.set_fate(&path, Fate::Moved(id))),
            (Origin::Same, None) => Origin::New,
            (origin, _) => origin,
        };
        let value = &mut self.now.node_mut(id).value;
        value.origin = origin;
        value.is_directory = is_directory;
        let old_parent = self.now.node(id).parent;
        self.now.detach(id);
        self.now.attach(id, parent, name);
        if let Some(old_parent) = old_parent {
            self.now.prune(old_parent, is_idle);
        }
        self.settle(id);
    }

    /// Forgets a move that ended where it began.
    fn settle(&mut self, id: NodeId) {
        let Origin::Moved(before) = self.now.node(id).value.origin else {
            return;
        };
        self.now.node_mut(id).value.origin = Origin::Same;
        if self.origin(id) == Some(self.before.path(before)) {
            self.before.node_mut(before).value = Fate::Kept;
            self.before.prune(before, |fate| *fate == Fate::Kept);
            self.now.prune(id, is_idle);
        } else {
            self.now.node_mut(id).value.origin = Origin::Moved(before);
        }
    }

    /// The file at a path was changed.
    pub fn modify(&mut self, path: &[u8]) {
        if self.has_room(path) {
            let id = self.enter(path);
            self.now.node_mut(id).value.modified = true;
        }
    }

    /// The node of a file that is open for writing, held until `close`.
    pub fn open(&mut self, path: &[u8]) -> Option<NodeId> {
        if self.now.find(path).is_none() && self.room() < 2 * names(path).count() {
            return None;
        }
        let id = self.enter(path);
        self.now.node_mut(id).value.open += 1;
        Some(id)
    }

    /// An open file was changed.
    pub fn modify_open(&mut self, id: NodeId) {
        if self.now.is_attached(id) {
            self.now.node_mut(id).value.modified = true;
        }
    }

    pub fn close(&mut self, id: NodeId) {
        self.now.node_mut(id).value.open -= 1;
        if self.now.is_attached(id) {
            self.now.prune(id, is_idle);
        } else if self.now.node(id).value.open == 0 {
            self.now.free(id);
        }
    }

    /// Forgets all changes. The nodes of open files stay.
    pub fn checkpoint(&mut self) {
        self.before = Trie::new(Fate::Kept);
        self.complete = true;
        let ids = self.now.ids();
        for &id in &ids {
            if self.now.is_attached(id) {
                let value = &mut self.now.node_mut(id).value;
                value.origin = Origin::Same;
                value.modified = false;
            }
        }
        for id in ids {
            if self.now.has(id) && self.now.is_attached(id) {
                self.now.prune(id, is_idle);
            }
        }
        if self.now.len() == 0 {
            // Gives the memory of many changes back.
            self.now = Trie::new(present(Origin::Same));
        }
    }
}
