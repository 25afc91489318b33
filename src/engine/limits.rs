//! How wasmtime asks for memory on behalf of a guest.

use wasmtime::ResourceLimiter;

use crate::kernel::MemoryBudget;

/// The most table elements of one instance: function pointers, which a guest
/// has at its start and seldom adds.
const MAX_TABLE_ELEMENTS: usize = 100_000;

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow_to(desired as u64))
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }
}
