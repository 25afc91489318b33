//! The engine for what automata cannot tell: back references, where groups matched, looks around, atomic groups, recursion.

use super::ast::{ClassUnicode, Dialect, Lines, Pattern};
use super::bracket;
use super::memo::Memo;
use super::posix::character;
use super::program::{Inside, Instruction, Program, Single, group_register};
use super::words;

/// The error of a search that takes too many steps.
pub const LIMIT: &str = "exceeded PCRE's backtracking limit";
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
    /// The longest end so far, where the longest match wins, and the registers at it.
    best: Option<usize>,
    best_registers: Vec<Option<usize>>,
    /// The end that a match must have, when that is known.
    goal: Option<usize>,
    memo: Memo,
    terminator: u8,
}

type Outcome = Result<Option<usize>, &'static str>;

impl Backtracker {
    pub fn new(pattern: &Pattern, lines: Lines) -> Result<Backtracker, &'static str> {
        let most_steps = match pattern.dialect {
            Dialect::Posix => u64::MAX,
            Dialect::Perl => MOST_STEPS,
        };
        Self::with_limit(pattern, lines, most_steps)
    }

    /// One whose searches fail after so many steps.
    pub fn with_limit(
        pattern: &Pattern,
        lines: Lines,
        most_steps: u64,
    ) -> Result<Backtracker, &'static str> {
        let word = match pattern.dialect {
            Dialect::Posix => bracket::named(b"_alnum", false)?,
            Dialect::Perl => bracket::named(b"_alnum", true)?,
        };
        let program = Program::new(pattern)?;
        let registers = vec![None; program.registers];
        let (stack, steps, depth, best) = (Vec::new(), 0, 0, None);
        let once = pattern.dialect == Dialect::Posix && pattern.node.is_regular();
        let memo = Memo::new(&program, once);
        let terminator = match lines {
            Lines::Apart(terminator) | Lines::Within(terminator) => terminator,
            Lines::Whole => b'\n',
        };
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
            best_registers: Vec::new(),
            goal: None,
            memo,
            terminator,
        })
    }

    /// The leftmost match at `from` or later: the longest one for POSIX, the first one for Perl.
    pub fn find(
        &mut self,
        line: &[u8],
        from: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        let mut start = from;
        (self.steps, self.depth, self.goal) = (0, 0, None);
        self.memo.reset(from, line.len());
        loop {
            self.registers.fill(None);
            self.stack.clear();
            self.best = None;
            let mut end = self.run(line, 0, start, None)?;
            if end.is_none() && self.best.is_some() {
                end = self.best;
                self.registers.clone_from(&self.best_registers);
            }
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

    /// The groups of the match from `start` to `end`, which there must be. False when it is not found after all.
    pub fn locate(&mut self, line: &[u8], start: usize, end: usize) -> Result<bool, &'static str> {
        (self.steps, self.depth, self.goal) = (0, 0, Some(end));
        self.memo.reset(start, end);
        self.registers.fill(None);
        self.stack.clear();
        Ok(self.run(line, 0, start, None)?.is_some())
    }

    /// Where a group matched in the last match.
    pub fn group(&self, index: usize) -> Option<(usize, usize)> {
        let register = |at| self.registers.get(at).copied().flatten();
        let start = group_register(index);
        register(start).zip(register(start + 1))
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
                    let last = self.goal.unwrap_or(line.len());
                    if until.is_some() || self.dialect == Dialect::Perl || at == last {
                        break Some(at);
                    }
                    if self.best < Some(at) && self.goal.is_none() {
                        self.best = Some(at);
                        self.best_registers.clone_from(&self.registers);
                    }
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
                words::holds(*assert, line, at, &self.word, self.terminator).then_some((next, at))
            }
            &Instruction::Jump(to) => Some((to, at)),
            &Instruction::Split { first, second } => {
                if !self.memo.visit(pc, at) {
                    return Ok(None);
                }
                self.stack.push(Frame::Branch { to: second, at });
                Some((first, at))
            }
            &Instruction::Mark(register) | &Instruction::GroupStart { register } => {
                self.set(register, Some(at));
                Some((next, at))
            }
            &Instruction::GroupEnd {
                register, optional, ..
            } => {
                let begun = self.registers.get(register + 2).copied().flatten();
                if optional && begun == Some(at) && self.leave_out(register + 2) {
                    return Ok(Some((next, at)));
                }
                self.set(register, begun);
                self.set(register + 1, Some(at));
                if begun != Some(at) {
                    self.set(self.program.filled, Some(at));
                }
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
            } => self.many(line, pc, at, min, max, lazy, possessive),
            &Instruction::BackReference { register, folded } => {
                let start = self.registers.get(register).copied().flatten();
                let end = self.registers.get(register + 1).copied().flatten();
                let text = start.zip(end).and_then(|(start, end)| line.get(start..end));
                text.and_then(|text| words::repeat(text, line, at, folded))
                    .map(|at| (next, at))
            }
            &Instruction::Back(count) => {
                let mut at = Some(at);
                for _ in 0..count {
                    at = at
                        .and_then(|at| words::before(line, at))
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
        kind: Inside,
        start: usize,
        end: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        let base = self.stack.len();
        let found = self.run(line, start, at, None)?;
        if kind == Inside::Not {
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
        Ok(found.map(|after| (end, if kind == Inside::Atomic { after } else { at })))
    }

    /// Sets the groups as they were when one of them had matched something last, if the one that starts at `begun` had been
    /// entered by then.
    fn leave_out(&mut self, begun: usize) -> bool {
        let filled = self.program.filled;
        if self.registers.get(filled).copied().flatten().is_none() {
            return false;
        }
        let mut then = self.registers.get(begun).copied().flatten();
        let mut old = Vec::new();
        for frame in self.stack.iter().rev() {
            match *frame {
                Frame::Restore { register, .. } if register == filled => break,
                Frame::Restore { register, value } if register < filled => {
                    old.push((register, value));
                    if register == begun {
                        then = value;
                    }
                }
                _ => {}
            }
        }
        if then.is_none() {
            return false;
        }
        for (register, value) in old {
            self.set(register, value);
        }
        true
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
        pc: usize,
        start: usize,
        min: u32,
        max: Option<u32>,
        lazy: bool,
        possessive: bool,
    ) -> Option<(usize, usize)> {
        let (single, to) = (pc + 1, pc + 2);
        let Some(Instruction::Single(one)) = self.program.code.get(single) else {
            return None;
        };
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
        if max.is_none() && !self.memo.visit(pc, at) {
            return None;
        }
        let least = at;
        let mut taken = 0;
        while left.is_none_or(|left| taken < left)
            && self.goal.is_none_or(|goal| at < goal)
            && let Some(next) = one.step(line, at)
            // What can be taken from there on has been tried.
            && (max.is_some() || self.memo.visit(pc, next))
        {
            at = next;
            taken += 1;
        }
        self.steps += u64::from(taken);
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
                    let (_, at) = words::before(line, at)?;
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
