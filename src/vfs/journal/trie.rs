//! A tree of path names, each with a value; nodes keep their number when they move.

use std::collections::BTreeMap;
use std::sync::Arc;

pub type NodeId = usize;

/// The root is always there.
pub const ROOT: NodeId = 0;

pub struct Node<T> {
    /// None for the root, and for a node that was taken out and is still held.
    pub parent: Option<NodeId>,
    pub children: BTreeMap<Arc<[u8]>, NodeId>,
    pub value: T,
    name: Arc<[u8]>,
}

pub struct Trie<T> {
    slots: Vec<Option<Node<T>>>,
    free: Vec<NodeId>,
}

/// The names of a normal path, first one first.
pub fn names(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|name| !name.is_empty())
}

/// The path of the directory that a normal path lies in, and its last name.
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}

impl<T> Trie<T> {
    pub fn new(root: T) -> Self {
        Self {
            slots: vec![Some(Node {
                parent: None,
                children: BTreeMap::new(),
                value: root,
                name: Arc::from(&b""[..]),
            })],
            free: Vec::new(),
        }
    }

    /// How many nodes there are, besides the root.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len() - 1
    }

    pub fn ids(&self) -> Vec<NodeId> {
        (0..self.slots.len())
            .filter(|&id| self.slots[id].is_some())
            .collect()
    }

    pub fn has(&self, id: NodeId) -> bool {
        self.slots.get(id).is_some_and(Option::is_some)
    }

    pub fn node(&self, id: NodeId) -> &Node<T> {
        self.slots[id].as_ref().expect("an id in use has a node")
    }

    pub fn node_mut(&mut self, id: NodeId) -> &mut Node<T> {
        self.slots[id].as_mut().expect("an id in use has a node")
    }

    pub fn child(&self, id: NodeId, name: &[u8]) -> Option<NodeId> {
        self.node(id).children.get(name).copied()
    }

    pub fn find(&self, path: &[u8]) -> Option<NodeId> {
        names(path).try_fold(ROOT, |id, name| self.child(id, name))
    }

    /// Whether a node hangs in the tree.
    pub fn is_attached(&self, id: NodeId) -> bool {
        id == ROOT || self.node(id).parent.is_some()
    }

    pub fn name(&self, id: NodeId) -> &[u8] {
        &self.node(id).name
    }

    pub fn add(&mut self, parent: NodeId, name: &[u8], value: T) -> NodeId {
        let name: Arc<[u8]> = Arc::from(name);
        let node = Node {
            parent: Some(parent),
            children: BTreeMap::new(),
            value,
            name: Arc::clone(&name),
        };
        let id = match self.free.pop() {
            Some(id) => {
                self.slots[id] = Some(node);
                id
            }
            None => {
                self.slots.push(Some(node));
                self.slots.len() - 1
            }
        };
        self.node_mut(parent).children.insert(name, id);
        id
    }

    /// Takes a node out of its parent; what lies beneath stays with it.
    pub fn detach(&mut self, id: NodeId) {
        if let Some(parent) = self.node_mut(id).parent.take() {
            let name = Arc::clone(&self.node(id).name);
            self.node_mut(parent).children.remove(&name);
        }
    }

    /// Hangs a node that was taken out under a name that is free.
    pub fn attach(&mut self, id: NodeId, parent: NodeId, name: &[u8]) {
        let name: Arc<[u8]> = Arc::from(name);
        let node = self.node_mut(id);
        node.parent = Some(parent);
        node.name = Arc::clone(&name);
        self.node_mut(parent).children.insert(name, id);
    }

    /// Gives the number of a node without children back.
    pub fn free(&mut self, id: NodeId) {
        self.detach(id);
        self.slots[id] = None;
        self.free.push(id);
    }

    /// Frees a node and those above it, as long as they have no children and `idle` says so.
    pub fn prune(&mut self, id: NodeId, idle: impl Fn(&T) -> bool) {
        let mut next = Some(id);
        while let Some(id) = next {
            let node = self.node(id);
            if id == ROOT || !node.children.is_empty() || !idle(&node.value) {
                return;
            }
            next = node.parent;
            self.free(id);
        }
    }

    /// Whether a node is `ancestor` or lies beneath it.
    pub fn is_within(&self, id: NodeId, ancestor: NodeId) -> bool {
        let mut next = Some(id);
        while let Some(id) = next {
            if id == ancestor {
                return true;
            }
            next = self.node(id).parent;
        }
        false
    }

    /// The path of a node, empty for the root.
    pub fn path(&self, id: NodeId) -> Vec<u8> {
        let mut names = Vec::new();
        let mut node = self.node(id);
        while let Some(parent) = node.parent {
            names.push(&node.name);
            node = self.node(parent);
        }
        let mut path = Vec::new();
        for name in names.into_iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        path
    }
}
