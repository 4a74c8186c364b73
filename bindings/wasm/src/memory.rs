//! The module's memory: blocks of powers of two, and a list of the free ones of each size.
//!
//! The standard library's allocator (dlmalloc) is 5 KB of code for what long-running programs with many threads' worth of patterns need: it joins and splits free blocks. This one never does, so a block goes back to
//! those of its size, and memory grows to the most that was ever used of each size and no further: flat, over any number of calls. What it costs is up to half of a large block.
#![allow(unsafe_code, reason = "an allocator hands out memory")]

use std::{
    alloc::{GlobalAlloc, Layout},
    arch::wasm32::{memory_grow, memory_size},
    cell::UnsafeCell,
    ptr::null_mut,
};

/// What every block is aligned to, and the smallest block's size. Nothing here asks for more.
const LEAST: usize = 16;
const PAGE: usize = 65_536;

/// A free block: where the next of its size is.
type Free = *mut u8;

struct State {
    /// The free blocks of 2^n bytes.
    free: [Free; 32],
    /// What was never given out: from here …
    from: usize,
    /// … to here.
    to: usize,
}

struct Blocks(UnsafeCell<State>);

// SAFETY: the module has one thread.
unsafe impl Sync for Blocks {}

#[global_allocator]
static MEMORY: Blocks = Blocks(UnsafeCell::new(State { free: [null_mut(); 32], from: 0, to: 0 }));

/// Which power of two holds so much. `size` is at most `isize::MAX`, as layouts are.
const fn power(size: usize) -> u32 {
    let size = if size < LEAST { LEAST } else { size };
    size.next_power_of_two().trailing_zeros()
}

impl State {
    /// A block from where none was yet; null where the runtime gives no more memory.
    fn fresh(&mut self, size: usize) -> *mut u8 {
        if self.to - self.from < size {
            let end = memory_size(0) * PAGE;
            if self.to != end {
                // The beginning: what lies below is the stack and the data.
                self.from = end;
            }
            self.to = end;
            let pages = (size - (self.to - self.from)).div_ceil(PAGE);
            if memory_grow(0, pages) == usize::MAX {
                return null_mut();
            }
            self.to += pages * PAGE;
        }
        let block = self.from;
        self.from += size;
        block as *mut u8
    }
}

// SAFETY: a block is given out once until it comes back, is as large as its power of two and aligned to 16.
unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > LEAST {
            return null_mut();
        }
        let power = power(layout.size());
        // SAFETY: one thread, and nothing below calls back.
        let state = unsafe { &mut *self.0.get() };
        let Some(free) = state.free.get_mut(power as usize) else { return null_mut() };
        let block = *free;
        if block.is_null() {
            return state.fresh(1 << power);
        }
        // SAFETY: a free block holds the place of the next.
        *free = unsafe { *block.cast::<Free>() };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        let state = unsafe { &mut *self.0.get() };
        if let Some(free) = state.free.get_mut(power(layout.size()) as usize) {
            // SAFETY: the block is nobody's now, and has room for this.
            unsafe { *block.cast::<Free>() = *free };
            *free = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if power(size) == power(layout.size()) {
            return block;
        }
        // SAFETY: as the caller promised for this.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, size.min(layout.size()));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}
