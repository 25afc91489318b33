//! What the process holds: threads, file descriptors, memory, address space and the processor (Linux).
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Threads without work end by themselves after 10 s (`LINGER` of the scheduler, and tokio's own). */
const PATIENCE_MS = 25_000

/** How long the process is watched for work that goes on, and how much of that it may work itself. */
const WATCHED_MS = 500
const BUSY_SHARE = 0.2

const read = (path) => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

const threads = () => readdirSync('/proc/self/task').map((id) => read(`/proc/self/task/${id}/comm`) ?? 'ended')

function descriptors() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`).replace(/\d+/g, 'N')]
    } catch {
      // The one that listed the others.
      return []
    }
  })
}

const residentKiB = () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(read('/proc/self/status'))[1])

/** The names that are in `now` more often than in `before`. */
function more(now, before) {
  const left = [...before]
  return now.filter((name) => {
    const at = left.indexOf(name)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** What is held once nothing runs and what can be collected is. */
export async function holdings() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc()
    await sleep(50)
  }
  const mappings = read('/proc/self/maps').split('\n').length
  return { threads: threads(), descriptors: descriptors(), residentKiB: residentKiB(), mappings }
}

/** Waits until no more threads and descriptors are held than before; then says what is held, and what of it is too much. */
export async function leaks(before) {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const now = await holdings()
    const kept = ['threads', 'descriptors'].filter((part) => now[part].length > before[part].length)
    if (kept.length === 0) return { now, leaked: [] }
    if (performance.now() > end) {
      const leaked = kept.map((part) => `leaked ${part}: ${more(now[part], before[part]).join(', ')}`)
      return { now, leaked }
    }
  }
}

/** What is wrong when the process still works although nothing should run: a guest nobody waits for any more. */
export async function stillBusy() {
  const before = process.cpuUsage()
  await sleep(WATCHED_MS)
  const { user, system } = process.cpuUsage(before)
  const ms = (user + system) / 1000
  return ms > BUSY_SHARE * WATCHED_MS ? [`${ms.toFixed(0)} ms of processor in ${WATCHED_MS} ms without calls`] : []
}
