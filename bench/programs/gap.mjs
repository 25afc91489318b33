// The longest time between two turns of the event loop while a load runs: `gap.mjs LOAD`, where LOAD is JSON
// `{ name, addon, workDir, command, together, options, forMs }`.
import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
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

// The import is synchronous by its nature; the rest of a sandbox's life is measured.
await (await open(name, workDir, { addon })).close()
const gaps = monitorEventLoopDelay({ resolution: 1 })
gaps.enable()
const end = performance.now() + forMs
const sandbox = await open(name, workDir, { addon })
let outcomes
do {
  outcomes = await Promise.allSettled(Array.from({ length: together }, () => sandbox.exec(program, args, options)))
} while (performance.now() < end)
await sandbox.close()
await sleep(5)
gaps.disable()
writeSync(1, JSON.stringify({ longestMs: gaps.max / 1e6, answers: [...new Set(outcomes.map(digest))] }))
