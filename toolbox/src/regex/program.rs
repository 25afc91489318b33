//! A pattern compiled for the backtracking engine.

use super::ast::{self, Assert, ClassUnicode, Dialect, Mode, Node, Pattern};
use super::automaton::TOO_BIG;
use super::posix::character;
use crate::sys::locale;

const MOST_INSTRUCTIONS: usize = 1 << 20;

/// Something that matches one character, or a fixed text.
pub enum Single {
    Literal(Vec<u8>),
    Class(Class),
}

/// A set of characters. The ASCII ones are bits, for speed.
pub struct Class {
    ascii: u128,
    all: ClassUnicode,
}

impl Class {
    fn new(all: ClassUnicode) -> Class {
        let mut ascii = 0;
        for range in all.ranges() {
            for letter in range.start()..=range.end().min('\x7f') {
                ascii |= 1 << (letter as u32);
            }
        }
        Class { ascii, all }
    }
}

impl Single {
    pub fn step(&self, line: &[u8], at: usize) -> Option<usize> {
        let rest = line.get(at..)?;
        match self {
            Single::Literal(bytes) => rest.starts_with(bytes).then(|| at + bytes.len()),
            Single::Class(class) => {
                let first = *rest.first()?;
                if first.is_ascii() {
                    return (class.ascii >> first & 1 == 1).then_some(at + 1);
                }
                let (letter, length) = character(rest)?;
                let letter = match letter {
                    Err(byte) if locale::is_bytes() => char::from(byte),
                    letter => letter.ok()?,
                };
                ast::contains(&class.all, letter).then_some(at + length)
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    Ahead,
    Not,
    Atomic,
}

/// A group has three registers: where it started and ended last, and where it was entered.
pub enum Instruction {
    Single(Single),
    Assert(Assert),
    Jump(usize),
    Split {
        first: usize,
        second: usize,
    },
    /// The place is kept in a register.
    Mark(usize),
    /// Leaves a loop whose last round matched nothing.
    Progress {
        register: usize,
        exit: usize,
    },
    GroupStart {
        register: usize,
    },
    GroupEnd {
        index: usize,
        register: usize,
        /// A round that matches nothing leaves the groups as they were in the round before.
        optional: bool,
    },
    /// Repeats the `Single` that follows.
    Many {
        min: u32,
        max: Option<u32>,
        lazy: bool,
        possessive: bool,
    },
    BackReference {
        register: usize,
        folded: bool,
    },
    /// Steps back so many characters.
    Back(usize),
    IfGroup {
        register: usize,
        otherwise: usize,
    },
    /// Runs what follows, up to its `Done`, on its own; goes on at `end`.
    Inside {
        kind: Inside,
        end: usize,
    },
    Call {
        to: usize,
        index: usize,
    },
    Match,
    Done,
}

pub struct Program {
    pub code: Vec<Instruction>,
    /// Register 0 is where `\K` stood, then come those of the groups; loops have the rest.
    pub registers: usize,
    /// The register that is set whenever a group has matched something.
    pub filled: usize,
}

pub fn group_register(index: usize) -> usize {
    1 + index * 3
}

struct Compiler {
    code: Vec<Instruction>,
    registers: usize,
    /// Where each group starts, for calls.
    starts: Vec<Option<usize>>,
    dialect: Dialect,
    /// The node at hand has been compiled before: it is one more round of a repetition.
    again: bool,
}

impl Program {
    pub fn new(pattern: &Pattern) -> Result<Program, &'static str> {
        let mut compiler = Compiler {
            code: Vec::new(),
            registers: group_register(pattern.groups + 1) + 1,
            starts: vec![None; pattern.groups + 1],
            dialect: pattern.dialect,
            again: false,
        };
        if let Some(whole) = compiler.starts.first_mut() {
            *whole = Some(0);
        }
        compiler.node(&pattern.node)?;
        compiler.code.push(Instruction::Match);
        let Compiler {
            mut code,
            registers,
            starts,
            ..
        } = compiler;
        for instruction in &mut code {
            if let Instruction::Call { to, index } = instruction {
                *to = starts
                    .get(*index)
                    .copied()
                    .flatten()
                    .ok_or("reference to non-existent subpattern")?;
            }
        }
        let filled = group_register(pattern.groups + 1);
        Ok(Program {
            code,
            registers,
            filled,
        })
    }
}

impl Compiler {
    fn push(&mut self, instruction: Instruction) -> Result<usize, &'static str> {
        if self.code.len() >= MOST_INSTRUCTIONS {
            return Err(TOO_BIG);
        }
        self.code.push(instruction);
        Ok(self.code.len() - 1)
    }

    fn patch(&mut self, at: usize, instruction: Instruction) {
        if let Some(place) = self.code.get_mut(at) {
            *place = instruction;
        }
    }

    fn node(&mut self, node: &Node) -> Result<(), &'static str> {
        match node {
            Node::Empty => {}
            Node::Literal(_) | Node::Folded { .. } | Node::Class(_) => {
                if let Some(single) = single(node) {
                    self.push(Instruction::Single(single))?;
                }
            }
            Node::Assert(assert) => {
                self.push(Instruction::Assert(*assert))?;
            }
            Node::Concat(nodes) => nodes.iter().try_for_each(|node| self.node(node))?,
            Node::Alternate(nodes) => self.alternate(nodes)?,
            Node::Repeat {
                node,
                min,
                max,
                mode,
            } => self.repeat(node, *min, *max, *mode)?,
            Node::Group { index, node } => self.group(*index, node, false)?,
            Node::BackReference { index, folded } => {
                self.push(Instruction::BackReference {
                    register: group_register(*index),
                    folded: *folded,
                })?;
            }
            Node::Look {
                node,
                behind,
                negated,
            } => {
                let kind = if *negated { Inside::Not } else { Inside::Ahead };
                self.inside(kind, |compiler| {
                    if *behind {
                        compiler.behind(node)
                    } else {
                        compiler.node(node)
                    }
                })?;
            }
            Node::Atomic(node) => self.inside(Inside::Atomic, |compiler| compiler.node(node))?,
            Node::Keep => {
                self.push(Instruction::Mark(0))?;
            }
            Node::Call(index) => {
                self.push(Instruction::Call {
                    to: 0,
                    index: *index,
                })?;
            }
            Node::Conditional { index, yes, no } => {
                let register = group_register(*index);
                let test = self.push(Instruction::IfGroup {
                    register,
                    otherwise: 0,
                })?;
                self.node(yes)?;
                let jump = self.push(Instruction::Jump(0))?;
                self.patch(
                    test,
                    Instruction::IfGroup {
                        register,
                        otherwise: jump + 1,
                    },
                );
                self.node(no)?;
                self.patch(jump, Instruction::Jump(self.code.len()));
            }
        }
        Ok(())
    }

    fn group(&mut self, index: usize, node: &Node, optional: bool) -> Result<(), &'static str> {
        let register = group_register(index);
        let start = self.push(Instruction::GroupStart {
            register: register + 2,
        })?;
        if let Some(place) = self.starts.get_mut(index) {
            place.get_or_insert(start);
        }
        self.node(node)?;
        self.push(Instruction::GroupEnd {
            index,
            register,
            optional,
        })?;
        Ok(())
    }

    fn alternate(&mut self, nodes: &[Node]) -> Result<(), &'static str> {
        // glibc tries nothing after what stands beside it.
        let swapped: Vec<Node>;
        let nodes = match nodes {
            [Node::Empty, second, rest @ ..]
                if self.dialect == Dialect::Posix && !matches!(second, Node::Empty) =>
            {
                let mut order = vec![second.clone(), Node::Empty];
                order.extend_from_slice(rest);
                swapped = order;
                &swapped
            }
            nodes => nodes,
        };
        let Some((last, others)) = nodes.split_last() else {
            return Ok(());
        };
        let mut jumps = Vec::with_capacity(others.len());
        for node in others {
            let split = self.push(Instruction::Done)?;
            self.node(node)?;
            jumps.push(self.push(Instruction::Jump(0))?);
            self.patch(
                split,
                Instruction::Split {
                    first: split + 1,
                    second: self.code.len(),
                },
            );
        }
        self.node(last)?;
        for jump in jumps {
            self.patch(jump, Instruction::Jump(self.code.len()));
        }
        Ok(())
    }

    fn inside(
        &mut self,
        kind: Inside,
        body: impl FnOnce(&mut Self) -> Result<(), &'static str>,
    ) -> Result<(), &'static str> {
        let start = self.push(Instruction::Inside { kind, end: 0 })?;
        body(self)?;
        let done = self.push(Instruction::Done)?;
        self.patch(
            start,
            Instruction::Inside {
                kind,
                end: done + 1,
            },
        );
        Ok(())
    }

    /// A look behind: every alternative steps back by its own width first.
    fn behind(&mut self, node: &Node) -> Result<(), &'static str> {
        let alternatives = match node {
            Node::Alternate(nodes) => nodes.as_slice(),
            node => std::slice::from_ref(node),
        };
        let mut jumps = Vec::new();
        for node in alternatives {
            let split = self.push(Instruction::Done)?;
            self.push(Instruction::Back(
                width(node).ok_or("lookbehind assertion is not fixed length")?,
            ))?;
            self.node(node)?;
            jumps.push(self.push(Instruction::Jump(0))?);
            self.patch(
                split,
                Instruction::Split {
                    first: split + 1,
                    second: self.code.len(),
                },
            );
        }
        // No alternative is left.
        self.push(Instruction::Single(Single::Class(Class::new(
            ClassUnicode::empty(),
        ))))?;
        for jump in jumps {
            self.patch(jump, Instruction::Jump(self.code.len()));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        node: &Node,
        min: u32,
        max: Option<u32>,
        mode: Mode,
    ) -> Result<(), &'static str> {
        let (lazy, possessive) = (mode == Mode::Lazy, mode == Mode::Possessive);
        if let Some(single) = single(node)
            .filter(|single| !matches!(single, Single::Literal(text) if text.len() != 1))
        {
            self.push(Instruction::Many {
                min,
                max,
                lazy,
                possessive,
            })?;
            self.push(Instruction::Single(single))?;
            return Ok(());
        }
        if possessive {
            return self.inside(Inside::Atomic, |compiler| {
                compiler.repeat(node, min, max, Mode::Greedy)
            });
        }
        let again = self.again;
        for _ in 0..min {
            self.node(node)?;
            self.again = true;
        }
        let repeated = match max {
            None => self.repeat_on(node, !again, lazy),
            Some(max) => self.repeat_up_to(node, max.saturating_sub(min), !again, lazy),
        };
        self.again = again;
        repeated
    }

    /// The first round of a repetition that may also be left out. glibc knows that it is one unless it copied the repetition.
    fn optional(&mut self, node: &Node, known: bool) -> Result<(), &'static str> {
        match node {
            Node::Group { index, node } if self.dialect == Dialect::Posix => {
                self.group(*index, node, known)
            }
            node => self.node(node),
        }
    }

    /// Any number of rounds.
    fn repeat_on(&mut self, node: &Node, known: bool, lazy: bool) -> Result<(), &'static str> {
        let register = self.registers;
        self.registers += 1;
        let top = self.push(Instruction::Done)?;
        self.push(Instruction::Mark(register))?;
        self.optional(node, known)?;
        let progress = self.push(Instruction::Done)?;
        self.push(Instruction::Jump(top))?;
        let exit = self.code.len();
        self.patch(progress, Instruction::Progress { register, exit });
        self.patch(top, split(lazy, top + 1, exit));
        Ok(())
    }

    /// At most so many rounds.
    fn repeat_up_to(
        &mut self,
        node: &Node,
        rounds: u32,
        known: bool,
        lazy: bool,
    ) -> Result<(), &'static str> {
        if self.dialect == Dialect::Perl {
            let mut tops = Vec::new();
            for _ in 0..rounds {
                tops.push(self.push(Instruction::Done)?);
                self.node(node)?;
            }
            let exit = self.code.len();
            for top in tops {
                self.patch(top, split(lazy, top + 1, exit));
            }
            return Ok(());
        }
        // glibc reads `x{0,3}` as `((x?x)?x)?`: first it is known how many rounds there are, then what is in them.
        let first = self.code.len();
        for _ in 0..rounds {
            self.push(Instruction::Done)?;
        }
        for place in (first..first + rounds as usize).rev() {
            if place + 1 == first + rounds as usize {
                self.optional(node, known)?;
                self.again = true;
            } else {
                self.node(node)?;
            }
            self.patch(place, split(lazy, place + 1, self.code.len()));
        }
        Ok(())
    }
}

fn split(lazy: bool, start: usize, exit: usize) -> Instruction {
    match lazy {
        true => Instruction::Split {
            first: exit,
            second: start,
        },
        false => Instruction::Split {
            first: start,
            second: exit,
        },
    }
}

fn single(node: &Node) -> Option<Single> {
    match node {
        Node::Literal(bytes) => Some(Single::Literal(bytes.clone())),
        Node::Folded { class, .. } | Node::Class(class) => {
            Some(Single::Class(Class::new(class.clone())))
        }
        _ => None,
    }
}

/// How many characters a node matches, when that is always the same number.
fn width(node: &Node) -> Option<usize> {
    match node {
        Node::Literal(_) | Node::Folded { .. } | Node::Class(_) => Some(1),
        Node::Empty | Node::Assert(_) | Node::Look { .. } | Node::Keep => Some(0),
        Node::Concat(nodes) => nodes.iter().map(width).sum(),
        Node::Alternate(nodes) => {
            let mut widths = nodes.iter().map(width);
            let first = widths.next()??;
            widths.all(|width| width == Some(first)).then_some(first)
        }
        Node::Repeat { node, min, max, .. } if Some(*min) == *max => {
            Some(width(node)? * *min as usize)
        }
        Node::Group { node, .. } | Node::Atomic(node) => width(node),
        Node::Repeat { .. }
        | Node::BackReference { .. }
        | Node::Call(_)
        | Node::Conditional { .. } => None,
    }
}
