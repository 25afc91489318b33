//! The allocator of the guest. Tools allocate many small blocks and give most of them back soon, the shell above all: so free
//! blocks of a size are kept in a list, and taking one is a few instructions, where the system's allocator looks for a place.
//! What is large is the system's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

/// Sizes are multiples of it, and blocks are aligned to it.
const GRANULE: usize = 8;
/// The largest block that is kept in a list.
const MOST: usize = 512;
const CLASSES: usize = MOST / GRANULE;
/// Blocks are cut from pieces of this size, which are never given back.
const PIECE: usize = 16 << 10;

/// A list of free blocks for each size, in front of `System`.
pub struct SmallBlocks(UnsafeCell<Lists>);

struct Lists {
    free: [*mut Free; CLASSES],
    /// What is left of the newest piece.
    piece: *mut u8,
    left: usize,
}

/// A block in its list.
struct Free {
    next: *mut Free,
}

// SAFETY: a guest has one thread.
unsafe impl Sync for SmallBlocks {}

impl SmallBlocks {
    pub const fn new() -> Self {
        Self(UnsafeCell::new(Lists {
            free: [ptr::null_mut(); CLASSES],
            piece: ptr::null_mut(),
            left: 0,
        }))
    }
}

impl Default for SmallBlocks {
    fn default() -> Self {
        Self::new()
    }
}

/// The list of a size; none for what is the system's.
fn class_of(layout: Layout) -> Option<usize> {
    let is_small = layout.size() <= MOST && layout.align() <= GRANULE && layout.size() > 0;
    is_small.then(|| (layout.size() - 1) / GRANULE)
}

impl Lists {
    /// A block of a class; null when there is no memory.
    fn take(&mut self, class: usize) -> *mut u8 {
        let block = self.free[class];
        if block.is_null() {
            return self.cut((class + 1) * GRANULE);
        }
        // SAFETY: what is in a list is a free block, which nobody else uses, and is large enough for its link.
        self.free[class] = unsafe { (*block).next };
        block.cast()
    }

    fn give_back(&mut self, block: *mut u8, class: usize) {
        let block: *mut Free = block.cast();
        // SAFETY: the block is of this class, so it is aligned and large enough, and its owner has given it up.
        unsafe { (*block).next = self.free[class] };
        self.free[class] = block;
    }

    #[cold]
    #[inline(never)]
    fn new_piece(&mut self) -> bool {
        if self.left > 0 {
            self.give_back(self.piece, self.left / GRANULE - 1);
        }
        self.left = 0;
        let Ok(layout) = Layout::from_size_align(PIECE, GRANULE) else {
            return false;
        };
        // SAFETY: the size is not zero.
        self.piece = unsafe { System.alloc(layout) };
        if self.piece.is_null() {
            return false;
        }
        self.left = PIECE;
        true
    }

    /// A new block of this many bytes.
    fn cut(&mut self, size: usize) -> *mut u8 {
        if self.left < size && !self.new_piece() {
            return ptr::null_mut();
        }
        let block = self.piece;
        // SAFETY: at least so much is left of the piece.
        self.piece = unsafe { block.add(size) };
        self.left -= size;
        block
    }
}

// SAFETY: a block of a list is `(class + 1) * GRANULE` bytes, at least the size asked for, aligned to GRANULE, and in no other
// hand: it was cut from a piece once, and is in its list only while nobody has it. The rest is the system's.
unsafe impl GlobalAlloc for SmallBlocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match class_of(layout) {
            // SAFETY: there is one thread, and nothing in `take` allocates through this.
            Some(class) => unsafe { (*self.0.get()).take(class) },
            // SAFETY: as the caller promises.
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match class_of(layout) {
            // SAFETY: as in `alloc`; the layout is the one it was allocated with.
            Some(class) => unsafe { (*self.0.get()).give_back(block, class) },
            // SAFETY: as the caller promises.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if class_of(layout).is_none() {
            // SAFETY: as the caller promises.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as the caller promises; the block is as long as it was asked to be.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is one of a layout with this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (class_of(layout), class_of(wanted)) {
            (Some(before), Some(after)) if before == after => block,
            // SAFETY: as the caller promises.
            (None, None) => unsafe { System.realloc(block, layout, size) },
            // SAFETY: both blocks are at least as long as the shorter one, and they are not the same.
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 1).expect("a layout")
    }

    /// A block that is full of one byte.
    fn filled(blocks: &SmallBlocks, size: usize, byte: u8) -> *mut u8 {
        // SAFETY: the size is not zero, and the block is as long.
        unsafe {
            let block = blocks.alloc(layout(size));
            assert!(!block.is_null());
            block.write_bytes(byte, size);
            block
        }
    }

    fn bytes<'b>(block: *mut u8, size: usize) -> &'b [u8] {
        // SAFETY: the tests ask only for what they have written.
        unsafe { std::slice::from_raw_parts(block, size) }
    }

    #[test]
    fn blocks_of_all_sizes_are_apart_and_aligned() {
        let blocks = SmallBlocks::new();
        let sizes = || (1..=MOST + 40).chain(1..=MOST + 40);
        let all: Vec<_> = sizes()
            .map(|size| (filled(&blocks, size, size as u8), size))
            .collect();
        for &(block, size) in &all {
            assert_eq!(block.align_offset(GRANULE), 0);
            assert!(bytes(block, size).iter().all(|byte| *byte == size as u8));
        }
        for (block, size) in all {
            // SAFETY: each is given back once, with its layout.
            unsafe { blocks.dealloc(block, layout(size)) };
        }
    }

    #[test]
    fn a_block_that_was_given_back_is_taken_again() {
        let blocks = SmallBlocks::new();
        let (first, second) = (filled(&blocks, 20, 1), filled(&blocks, 24, 2));
        // SAFETY: each is given back once, with its layout.
        unsafe {
            blocks.dealloc(first, layout(20));
            blocks.dealloc(second, layout(24));
        }
        assert_eq!(filled(&blocks, 17, 3), second);
        assert_eq!(filled(&blocks, 23, 4), first);
        assert_ne!(filled(&blocks, 16, 5), first);
    }

    #[test]
    fn a_block_keeps_its_bytes_when_its_size_changes() {
        let blocks = SmallBlocks::new();
        let mut block = filled(&blocks, 5, 7);
        let mut size = 5;
        for wanted in [8, 9, 500, 512, 513, 4000, 100_000, 513, 512, 40, 5] {
            // SAFETY: the layout is the one that it has.
            block = unsafe { blocks.realloc(block, layout(size), wanted) };
            size = wanted;
            assert_eq!(bytes(block, 5), [7; 5], "{wanted}");
        }
    }

    #[test]
    fn a_zeroed_block_is_zero_though_it_was_used() {
        let blocks = SmallBlocks::new();
        let used = filled(&blocks, 64, 0xff);
        // SAFETY: it is given back once, and the new one is as long.
        unsafe {
            blocks.dealloc(used, layout(64));
            let block = blocks.alloc_zeroed(layout(64));
            assert_eq!((block, bytes(block, 64)), (used, &[0; 64][..]));
        }
    }

    #[test]
    fn what_is_left_of_a_piece_is_used() {
        let blocks = SmallBlocks::new();
        let rest = PIECE % 488;
        for _ in 0..PIECE / 488 {
            filled(&blocks, 488, 1);
        }
        let last = filled(&blocks, 488, 2);
        let small = filled(&blocks, rest, 3);
        assert!(!(last..last.wrapping_add(PIECE)).contains(&small));
    }
}
