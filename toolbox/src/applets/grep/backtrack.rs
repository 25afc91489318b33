//! The engine for what automata cannot match: back references, looks around, atomic groups, recursion.

use super::ast::{ClassUnicode, Dialect, Pattern};
use super::bracket;
use super::posix::character;
use super::program::{Instruction, Program, Single};

const LIMIT: &str = "exceeded PCRE's backtracking limit";
/// Steps that one search of a Perl pattern may take: PCRE2 has such a limit, too.
const MOST_STEPS: u64 = 10_000_000;
/// Looks, atomic groups and calls within each other; each level is a call of ours.
const MOST_DEPTH: usize = 200;

/// What to do when the way taken fails.
enum Frame {
    /// Go on from another instruction.
    Branch { to: usize, at: usize },
    /// Give back one character of a repetition, down to `least`.
    Fewer { to: usize, at: usize, least: usize },
    /// Take one character more, `left` times at most.
    More {
        single: usize,
        to: usize,
        at: usize,
        left: Option<u32>,
    },
    Restore {
        register: usize,
        value: Option<usize>,
    },
}

pub struct Backtracker {
    program: Program,
    dialect: Dialect,
    /// What words are made of.
    word: ClassUnicode,
    /// Steps that one search may take.
    most_steps: u64,
    registers: Vec<Option<usize>>,
    stack: Vec<Frame>,
    steps: u64,
    depth: usize,
    /// The longest end so far, where the longest match wins.
    best: Option<usize>,
}

type Outcome = Result<Option<usize>, &'static str>;

impl Backtracker {
    pub fn new(pattern: &Pattern) -> Result<Backtracker, &'static str> {
        let most_steps = match pattern.dialect {
            Dialect::Posix => u64::MAX,
            Dialect::Perl => MOST_STEPS,
        };
        Self::with_limit(pattern, most_steps)
    }

    /// One whose searches fail after so many steps.
    pub fn with_limit(pattern: &Pattern, most_steps: u64) -> Result<Backtracker, &'static str> {
        let word = match pattern.dialect {
            Dialect::Posix => bracket::named(b"_alnum", false)?,
            Dialect::Perl => bracket::named(b"_alnum", true)?,
        };
        let program = Program::new(pattern)?;
        let registers = vec![None; program.registers];
        let (stack, steps, depth, best) = (Vec::new(), 0, 0, None);
        Ok(Backtracker {
            program,
            dialect: pattern.dialect,
            word,
            most_steps,
            registers,
            stack,
            steps,
            depth,
            best,
        })
    }

    /// The leftmost match at `from` or later: the longest one for POSIX, the first one for Perl.
    pub fn find(
        &mut self,
        line: &[u8],
        from: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        let mut start = from;
        (self.steps, self.depth) = (0, 0);
        loop {
            self.registers.fill(None);
            self.stack.clear();
            self.best = None;
            let end = self.run(line, 0, start, None)?.or(self.best);
            if let Some(end) = end {
                let start = self.registers.first().copied().flatten().unwrap_or(start);
                return Ok(Some((start.min(end), end)));
            }
            match character(line.get(start..).unwrap_or_default()) {
                Some((_, length)) => start += length,
                None => return Ok(None),
            }
        }
    }

    fn set(&mut self, register: usize, value: Option<usize>) {
        if let Some(place) = self.registers.get_mut(register) {
            let old = std::mem::replace(place, value);
            self.stack.push(Frame::Restore {
                register,
                value: old,
            });
        }
    }

    /// Runs from one instruction to the end of its part of the program: a match, a `Done`, or the end of group `until`.
    fn run(&mut self, line: &[u8], mut pc: usize, mut at: usize, until: Option<usize>) -> Outcome {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(LIMIT);
        }
        let base = self.stack.len();
        let end = loop {
            self.steps += 1;
            if self.steps > self.most_steps {
                return Err(LIMIT);
            }
            let next = match self.program.code.get(pc) {
                None => None,
                Some(Instruction::Match) => {
                    if until.is_some() || self.dialect == Dialect::Perl || at == line.len() {
                        break Some(at);
                    }
                    self.best = self.best.max(Some(at));
                    None
                }
                Some(Instruction::Done) => break Some(at),
                Some(&Instruction::GroupEnd { index, .. }) if until == Some(index) => {
                    break Some(at);
                }
                Some(_) => self.step(line, pc, at)?,
            };
            match next.or_else(|| self.back(line, base)) {
                Some(place) => (pc, at) = place,
                None => break None,
            }
        };
        self.depth -= 1;
        Ok(end)
    }

    /// One instruction. `None` when it does not match here.
    fn step(
        &mut self,
        line: &[u8],
        pc: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        let Some(instruction) = self.program.code.get(pc) else {
            return Ok(None);
        };
        let next = pc + 1;
        Ok(match instruction {
            Instruction::Single(single) => single.step(line, at).map(|at| (next, at)),
            Instruction::Assert(assert) => {
                super::words::holds(*assert, line, at, &self.word).then_some((next, at))
            }
            &Instruction::Jump(to) => Some((to, at)),
            &Instruction::Split { first, second } => {
                self.stack.push(Frame::Branch { to: second, at });
                Some((first, at))
            }
            &Instruction::Mark(register) | &Instruction::GroupStart { register } => {
                self.set(register, Some(at));
                Some((next, at))
            }
            &Instruction::GroupEnd { register, .. } => {
                let begun = self.registers.get(register + 2).copied().flatten();
                self.set(register, begun);
                self.set(register + 1, Some(at));
                Some((next, at))
            }
            &Instruction::Progress { register, exit } => {
                let stuck = self.registers.get(register).copied().flatten() == Some(at);
                Some((if stuck { exit } else { next }, at))
            }
            &Instruction::Many {
                min,
                max,
                lazy,
                possessive,
            } => self.many(line, next, at, min, max, lazy, possessive),
            &Instruction::BackReference { register, folded } => {
                let start = self.registers.get(register).copied().flatten();
                let end = self.registers.get(register + 1).copied().flatten();
                let text = start.zip(end).and_then(|(start, end)| line.get(start..end));
                text.and_then(|text| super::words::repeat(text, line, at, folded))
                    .map(|at| (next, at))
            }
            &Instruction::Back(count) => {
                let mut at = Some(at);
                for _ in 0..count {
                    at = at
                        .and_then(|at| super::words::before(line, at))
                        .map(|(_, start)| start);
                }
                at.map(|at| (next, at))
            }
            &Instruction::IfGroup {
                register,
                otherwise,
            } => {
                let set = self
                    .registers
                    .get(register + 1)
                    .copied()
                    .flatten()
                    .is_some();
                Some((if set { next } else { otherwise }, at))
            }
            &Instruction::Inside { kind, end } => self.inside(line, kind, next, end, at)?,
            &Instruction::Call { to, index } => {
                let saved = self.registers.clone();
                let base = self.stack.len();
                let found = self.run(line, to, at, Some(index))?;
                self.stack.truncate(base);
                self.registers = saved;
                found.map(|at| (next, at))
            }
            Instruction::Match | Instruction::Done => None,
        })
    }

    /// A part of the program that is run on its own: what it found stands, or it did not match.
    fn inside(
        &mut self,
        line: &[u8],
        kind: super::program::Inside,
        start: usize,
        end: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        let base = self.stack.len();
        let found = self.run(line, start, at, None)?;
        if kind == super::program::Inside::Not {
            while self.stack.len() > base {
                self.undo();
            }
            return Ok(found.is_none().then_some((end, at)));
        }
        // Its other ways are forgotten; what it set must still be undone when something before it fails.
        let kept: Vec<Frame> = self
            .stack
            .drain(base..)
            .filter(|frame| matches!(frame, Frame::Restore { .. }))
            .collect();
        self.stack.extend(kept);
        Ok(found.map(|after| {
            (
                end,
                if kind == super::program::Inside::Atomic {
                    after
                } else {
                    at
                },
            )
        }))
    }

    fn undo(&mut self) -> Option<Frame> {
        let frame = self.stack.pop()?;
        if let Frame::Restore { register, value } = frame
            && let Some(place) = self.registers.get_mut(register)
        {
            *place = value;
        }
        Some(frame)
    }

    /// A repetition of single characters; the character is the instruction after it.
    #[expect(clippy::too_many_arguments, reason = "the fields of one instruction")]
    fn many(
        &mut self,
        line: &[u8],
        single: usize,
        start: usize,
        min: u32,
        max: Option<u32>,
        lazy: bool,
        possessive: bool,
    ) -> Option<(usize, usize)> {
        let Some(Instruction::Single(one)) = self.program.code.get(single) else {
            return None;
        };
        let to = single + 1;
        let mut at = start;
        for _ in 0..min {
            at = one.step(line, at)?;
        }
        let left = max.map(|max| max - min);
        if lazy {
            self.stack.push(Frame::More {
                single,
                to,
                at,
                left,
            });
            return Some((to, at));
        }
        let least = at;
        let mut taken = 0;
        while left.is_none_or(|left| taken < left)
            && let Some(next) = one.step(line, at)
        {
            at = next;
            taken += 1;
        }
        if !possessive && at > least {
            self.stack.push(Frame::Fewer { to, at, least });
        }
        Some((to, at))
    }

    /// The next way to try, no further back than `base`.
    fn back(&mut self, line: &[u8], base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.undo()? {
                Frame::Branch { to, at } => return Some((to, at)),
                Frame::Fewer { to, at, least } => {
                    let (_, at) = super::words::before(line, at)?;
                    if at > least {
                        self.stack.push(Frame::Fewer { to, at, least });
                    }
                    return Some((to, at));
                }
                Frame::More {
                    single,
                    to,
                    at,
                    left,
                } => {
                    let Some(Instruction::Single(one)) = self.program.code.get(single) else {
                        continue;
                    };
                    if left == Some(0) {
                        continue;
                    }
                    let Some(at) = Single::step(one, line, at) else {
                        continue;
                    };
                    self.stack.push(Frame::More {
                        single,
                        to,
                        at,
                        left: left.map(|left| left - 1),
                    });
                    return Some((to, at));
                }
                Frame::Restore { .. } => {}
            }
        }
        None
    }
}
