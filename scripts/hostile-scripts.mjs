//! Scripts that kill shells: recursion, nesting and growth without bounds, in as many variants as there are seeds and numbers.
import { growing, matching, ranging } from './hostile/growth.mjs'
import { nested } from './hostile/nesting.mjs'
import { broken, long } from './hostile/noise.mjs'
import { forking, looping, numbers } from './hostile/processes.mjs'
import { recursive } from './hostile/recursion.mjs'
import { Random } from './stress/random.mjs'

/** What a script does, and how often it comes up among others. */
const KINDS = [
  { kind: 'recursive', weight: 5, make: recursive },
  { kind: 'nested', weight: 6, make: nested },
  { kind: 'growing', weight: 4, make: growing },
  { kind: 'ranging', weight: 3, make: ranging },
  { kind: 'matching', weight: 3, make: matching },
  { kind: 'forking', weight: 3, make: forking },
  { kind: 'looping', weight: 2, make: looping },
  { kind: 'numbers', weight: 2, make: numbers },
  { kind: 'broken', weight: 4, make: broken },
  { kind: 'long', weight: 2, make: long },
]

const LOTS = KINDS.flatMap((one) => Array.from({ length: one.weight }, () => one))

const MEBIBYTE = 1 << 20

/**
 * The script of that number, always the same for a seed (and the same files in `__test__/cases`, which some are made of), and
 * limits to run it under. Its memory limit is one of a sandbox; the others are of a call.
 */
export function hostileScript(seed, number) {
  // Numbers next to each other must not give scripts that are alike.
  const random = new Random((seed * 1_000_003 + number * 7919) % 2_147_483_629)
  const { kind, make } = random.pick(LOTS)
  const script = make(random)
  const timeoutMs = random.whole(20, 300)
  return {
    kind,
    script,
    memoryLimitBytes: random.pick([16, 32, 64, 128]) * MEBIBYTE,
    options: {
      timeoutMs,
      maxOutputBytes: random.pick([0, 1000, 1 << 16]),
      maxWrittenBytes: 16 * MEBIBYTE,
      background: random.pick(['stop', 'wait']),
      stdin: random.pick(['', 'a line\n', 'y\n'.repeat(1000)]),
    },
  }
}

/** What a call may reject with: its limits. */
const LIMITS = ['ERR_SANDBOX_TIMEOUT', 'ERR_SANDBOX_MEMORY', 'ERR_SANDBOX_DISK', 'ERR_SANDBOX_FUEL']

/** What is wrong with how the call of a script was settled, or undefined. */
export function wrongOutcome({ exitCode, error }, script) {
  // No argument of a program can hold a zero byte.
  if (error?.code === 'ERR_SANDBOX_INVALID_OPTION' && script.includes('\0')) return undefined
  if (error !== undefined) return LIMITS.includes(error.code) ? undefined : `rejected: ${error.code} ${error.message}`
  return Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255 ? undefined : `ended with status ${exitCode}`
}
