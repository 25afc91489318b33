//! How the specs run: one file at a time, so that their limits on time and memory measure nothing else.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['__test__/*.spec.mts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
