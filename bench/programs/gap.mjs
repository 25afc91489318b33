// The longest time between two turns of the event loop while a load runs, and how much of one it was held up by
// more than the wait for a core: `gap.mjs LOAD`, where LOAD is JSON
// `{ name, addon, workDir, command, together, options, forMs }`.
import { createHash } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { open } from '../contestants.mjs'

const { name, addon, workDir, command, together, options, forMs } = JSON.parse(process.argv[2])
const [program, ...args] = command

/** What a call answered, short enough to print: directory order is left out, as it is the file system's. */
function digest({ status, value, reason }) {
  if (status === 'rejected') return reason.code ?? String(reason)
  const lines = value.stdout.toString('latin1').split('\n').sort().join('\n')
  return `exit ${value.exitCode}, ${value.stdout.length} bytes, ${createHash('sha256').update(lines).digest('hex')}`
}

/** How long this thread has been ready to run and had no core, in ms (Linux: Documentation/scheduler/sched-stats). */
function waitedForCore() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

/** Looks at each turn of the loop; gives the longest time between two, less the wait for a core. */
function watchHeldTurns() {
  let longest = 0
  let turn = performance.now()
  let waited = waitedForCore()
  const timer = setInterval(() => {
    const now = performance.now()
    const waitedNow = waitedForCore()
    longest = Math.max(longest, now - turn - (waitedNow - waited))
    turn = now
    waited = waitedNow
  }, 1)
  return () => {
    clearInterval(timer)
    return longest
  }
}

// The import is synchronous by its nature; the rest of a sandbox's life is measured.
await (await open(name, workDir, { addon })).close()
const gaps = monitorEventLoopDelay({ resolution: 1 })
gaps.enable()
const heldTurns = watchHeldTurns()
const end = performance.now() + forMs
const sandbox = await open(name, workDir, { addon })
let outcomes
do {
  outcomes = await Promise.allSettled(Array.from({ length: together }, () => sandbox.exec(program, args, options)))
} while (performance.now() < end)
await sandbox.close()
await sleep(5)
gaps.disable()
const heldMs = heldTurns()
writeSync(1, JSON.stringify({ longestMs: gaps.max / 1e6, heldMs, answers: [...new Set(outcomes.map(digest))] }))
