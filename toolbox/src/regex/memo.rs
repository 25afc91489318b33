//! Which places of a program have been tried at which places of a text: a second try would end as the first one did.

use super::program::{Instruction, Program};

/// The most memory that the marks of one search may take.
const MOST_WORDS: usize = 8 << 20;
const NO_SLOT: u32 = u32::MAX;

pub struct Memo {
    /// For each instruction that other ways can lead to as well, its place among those.
    slots: Vec<u32>,
    count: usize,
    /// Whether trying twice is of no use: what is tried must not depend on what groups hold.
    applies: bool,
    on: bool,
    base: usize,
    marks: Vec<u64>,
    /// The words of `marks` that are not zero.
    touched: Vec<usize>,
}

impl Memo {
    pub fn new(program: &Program, applies: bool) -> Memo {
        let mut count = 0;
        let slot = |instruction: &Instruction| match instruction {
            Instruction::Split { .. } | Instruction::Many { max: None, .. } => {
                count += 1;
                count - 1
            }
            _ => NO_SLOT,
        };
        let slots = program.code.iter().map(slot).collect();
        Memo {
            slots,
            count: count as usize,
            applies,
            on: false,
            base: 0,
            marks: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Forgets all marks, for a search from `base` to `end`.
    pub fn reset(&mut self, base: usize, end: usize) {
        for word in self.touched.drain(..) {
            if let Some(word) = self.marks.get_mut(word) {
                *word = 0;
            }
        }
        self.base = base;
        let bits = (end - base + 1).saturating_mul(self.count);
        self.on = self.applies && bits / 64 < MOST_WORDS;
        if self.on && self.marks.len() <= bits / 64 {
            self.marks.resize(bits / 64 + 1, 0);
        }
    }

    /// Marks a place. False when it was marked before.
    pub fn visit(&mut self, pc: usize, at: usize) -> bool {
        if !self.on {
            return true;
        }
        let slot = self.slots.get(pc).copied().unwrap_or(NO_SLOT);
        let bit = at
            .saturating_sub(self.base)
            .saturating_mul(self.count)
            .saturating_add(slot as usize);
        let Some(word) = self.marks.get_mut(bit / 64).filter(|_| slot != NO_SLOT) else {
            return true;
        };
        let mask = 1 << (bit % 64);
        if *word & mask != 0 {
            return false;
        }
        if *word == 0 {
            self.touched.push(bit / 64);
        }
        *word |= mask;
        true
    }
}
