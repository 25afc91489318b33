//! A Node process whose memory can be measured: it collects garbage at will, and its allocator gives back what is free.

/** Without these, what glibc keeps for the next allocation of each thread hides what leaks: some 100 MiB. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '131072' }

/** What such a process is started with. */
export const MEASURABLE = { nodeOptions: ['--expose-gc'], env: ALLOCATOR }

/** Whether this process is one. */
export const isMeasurable = () =>
  globalThis.gc !== undefined && process.env.MALLOC_ARENA_MAX === ALLOCATOR.MALLOC_ARENA_MAX
