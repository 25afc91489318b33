//! Runs hostile scripts in this process and tells its parent of each: one that kills the process is known by what had begun.
import { createRequire } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostileScript, wrongOutcome } from '../hostile-scripts.mjs'
import { holdings, leaks, stillBusy } from '../stress/resources.mjs'

const { addon, seed, first, count, lanes } = JSON.parse(process.argv[2])
const { Sandbox } = createRequire(import.meta.url)(addon)

/** How long after its limit a call may be settled: the machine may be busy. */
const GRACE_MS = 10_000

/** A sandbox keeps what scripts wrote into its memory. */
const SCRIPTS_EACH = 20

/** The part of the scripts that runs before anything is compared. */
const WARMUP_SHARE = 0.2

/** What the process may hold more after the last script than after the warm-up. */
const GROWTH_KIB = 64 << 10

const BLOCKED_MS = 1500

const say = (message) => process.send(message)

/** What a call comes to, or that it does not. */
async function outcome(call, ms) {
  const patience = new AbortController()
  const late = sleep(ms, { late: true }, patience).catch(() => {})
  const settled = call.then(
    ({ exitCode, stdout }) => ({ exitCode, stdout }),
    (error) => ({ error }),
  )
  const result = await Promise.race([settled, late])
  patience.abort()
  return result
}

class Lane {
  #sandbox
  #memoryLimitBytes
  #left = 0

  #open(memoryLimitBytes) {
    if (this.#left > 0 && memoryLimitBytes === this.#memoryLimitBytes) return
    this.#sandbox?.close()
    this.#sandbox = new Sandbox({ memoryLimitBytes })
    this.#memoryLimitBytes = memoryLimitBytes
    this.#left = SCRIPTS_EACH
  }

  async run(number) {
    const { kind, script, memoryLimitBytes, options } = hostileScript(seed, number)
    say({ began: number })
    this.#open(memoryLimitBytes)
    this.#left--
    const result = await outcome(this.#sandbox.sh(script, options), options.timeoutMs + GRACE_MS)
    const wrong = result.late ? 'is not settled' : (wrongOutcome(result, script) ?? (await this.#fault()))
    say({ ended: number, kind, way: result.error?.code ?? (result.late ? 'late' : `exit ${result.exitCode}`), wrong })
    if (result.late) throw new Error(`script ${number} is not settled`)
  }

  /** Whether the sandbox still works. */
  async #fault() {
    const probe = await outcome(this.#sandbox.sh('echo alive'), GRACE_MS)
    const text = probe.stdout?.toString()
    return text === 'alive\n' ? undefined : `afterwards 'echo alive' gives ${probe.error?.message ?? JSON.stringify(text)}`
  }

  close = async () => this.#sandbox?.close()
}

async function runAll(from, to) {
  const lane = async () => {
    const one = new Lane()
    while (from < to) await one.run(from++)
    await one.close()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const middle = first + Math.round(count * WARMUP_SHARE)
await runAll(first, middle)
const before = await holdings()
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
await runAll(middle, first + count)
delay.disable()
const blockedMs = delay.max / 1e6
const busy = await stillBusy()
const { now, leaked } = await leaks(before)
const grownKiB = now.residentKiB - before.residentKiB
const faults = [...busy, ...leaked]
if (grownKiB > GROWTH_KIB) faults.push(`${grownKiB} KiB of memory more than after the warm-up`)
if (blockedMs > BLOCKED_MS) faults.push(`the event loop stood still for ${blockedMs.toFixed(0)} ms`)
say({
  faults,
  held:
    `threads ${before.threads.length} → ${now.threads.length}, descriptors ${before.descriptors.length} → ` +
    `${now.descriptors.length}, memory ${before.residentKiB >> 10} → ${now.residentKiB >> 10} MiB, ` +
    `loop held up ${blockedMs.toFixed(0)} ms at most`,
})
process.disconnect()
