//! `npm run stress`: many sandboxes in many threads, mixed calls that end in every way; then nothing may be open or left.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Advice, root as repository, run, runMain, say } from './steps.mjs'
import { readFixture, writeFixture } from './stress/fixture.mjs'
import { isMeasurable, MEASURABLE } from './stress/process.mjs'
import { Random } from './stress/random.mjs'
import { holdings, leaks, stillBusy } from './stress/resources.mjs'
import { Tally } from './stress/tally.mjs'
import { runUsers } from './stress/user.mjs'

const USAGE = 'npm run stress -- [--seconds N] [--seed N] [--ways] [--addon PATH]'

const MAIN_USERS = 6
const WORKERS = 3
/** Places for workers that are ended while their calls run; each is filled again at once. */
const VICTIMS = 2
const WORKER_USERS = 3
const VICTIM_LIFE_MS = 600

/** How long the last calls may take to end: their own limit is 30 s. */
const GRACE_MS = 60_000

/** The first part of the time: what grows once, such as heaps, pools and caches, is there before anything is compared. */
const WARMUP_SHARE = 0.3

/** More than there are places in the pool of instances, each of which keeps much of what it last used. */
const FILL = 256

/**
 * What the process may hold more after the load than after the warm-up. JavaScript's heap breathes by 20 MiB or so, and
 * Node keeps 30 KiB of each worker that was ended; a leak of 2 KiB a call is more than this after a minute.
 */
const GROWTH_KIB = 48 << 10

/** Parts of the address space, some for each heap of a thread; a process that is left behind is one part or more. */
const GROWTH_MAPPINGS = 300

/** The event loop shares its cores with guests, and its own checks of answers hold it up: this is only to find a hang. */
const BLOCKED_MS = 1000

function options() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
      ways: { type: 'boolean', default: false },
      addon: { type: 'string', default: join(repository, 'index.js') },
    },
  })
  const [seconds, seed] = [values.seconds, values.seed].map(Number)
  if (!(seconds > 0) || !Number.isInteger(seed)) throw new Advice(`usage: ${USAGE}`)
  return { seconds, seed, ways: values.ways, addon: resolve(values.addon) }
}

class Stress {
  tally = new Tally()
  victims = 0
  #settings
  #random

  /** `settings` are what a worker is given: the addon, the root of the files and their seed. */
  constructor(settings, seed) {
    this.#settings = settings
    this.#random = new Random(seed)
  }

  /** Calls that use more of an instance than the pool keeps, in all of its places at once. */
  async fill() {
    const { Sandbox } = createRequire(import.meta.url)(this.#settings.addon)
    const sandbox = new Sandbox({ workDir: join(this.#settings.root, 'files'), maxOutputBytes: 0 })
    await Promise.all(Array.from({ length: FILL }, () => sandbox.exec('sort', ['numbers'])))
    await sandbox.close()
  }

  /** Runs everybody for a time; resolves when all have ended, or throws when some never do. */
  async load(ms) {
    const end = performance.now() + ms
    const isOver = () => performance.now() > end
    const { addon, root, fixtureSeed } = this.#settings
    const { Sandbox } = createRequire(import.meta.url)(addon)
    const fixture = readFixture(root, fixtureSeed)
    const all = Promise.all([
      runUsers(MAIN_USERS, { Sandbox, fixture, random: this.#random, tally: this.tally, isOver }),
      ...Array.from({ length: WORKERS }, () => this.#worker(ms)),
      ...Array.from({ length: VICTIMS }, () => this.#victims(isOver)),
    ])
    const patience = new AbortController()
    const late = sleep(ms + GRACE_MS, 'late', patience).catch(() => {})
    const first = await Promise.race([all, late])
    patience.abort()
    if (first === 'late') throw new Advice(`not settled: ${JSON.stringify(this.tally.open)} in the main thread, or a worker`)
  }

  #start(more) {
    const workerData = { ...this.#settings, seed: this.#random.seed(), users: WORKER_USERS, ...more }
    const worker = new Worker(new URL('./stress/worker.mjs', import.meta.url), { workerData })
    worker.on('error', (error) => this.tally.fault(`a worker: ${error.stack}`))
    return { worker, exited: new Promise((resolve) => worker.once('exit', resolve)) }
  }

  /** A worker that ends when it is told to, and has counted. */
  async #worker(ms) {
    const { worker, exited } = this.#start({})
    let told = false
    worker.on('message', ({ counts }) => {
      if (counts === undefined) return
      told = true
      this.tally.add(counts)
    })
    await Promise.race([sleep(ms), exited])
    worker.postMessage('end')
    await exited
    if (!told) this.tally.fault('a worker ended without its counts')
  }

  /** Workers one after the other, ended at some moment: from outside, or by themselves. */
  async #victims(isOver) {
    while (!isOver()) {
      const lifeMs = this.#random.whole(1, VICTIM_LIFE_MS)
      this.victims++
      if (this.#random.once(3)) {
        await this.#start({ exitAfterMs: lifeMs }).exited
      } else {
        const { worker, exited } = this.#start({})
        // Node leaves the files open that a worker loads when it is terminated.
        await Promise.race([once(worker, 'message'), exited])
        await sleep(lifeMs)
        await worker.terminate()
        await exited
      }
    }
  }
}

/** What was held and how long the event loop stood still, in words, and what of it is wrong. */
async function quiesced(before, delay) {
  delay.disable()
  const busy = await stillBusy()
  const { now, leaked } = await leaks(before)
  const grownKiB = now.residentKiB - before.residentKiB
  const blockedMs = delay.max / 1e6
  const faults = [...busy, ...leaked]
  if (grownKiB > GROWTH_KIB) faults.push(`${grownKiB} KiB of memory more than after the warm-up`)
  const mapped = now.mappings - before.mappings
  if (mapped > GROWTH_MAPPINGS) faults.push(`${mapped} mappings more than after the warm-up`)
  if (blockedMs > BLOCKED_MS) faults.push(`the event loop stood still for ${blockedMs.toFixed(0)} ms`)
  const held =
    `threads ${before.threads.length} → ${now.threads.length}, ` +
    `descriptors ${before.descriptors.length} → ${now.descriptors.length}, ` +
    `mappings ${before.mappings} → ${now.mappings}, ` +
    `memory ${mebibytes(before.residentKiB)} → ${mebibytes(now.residentKiB)}, loop held up ${blockedMs.toFixed(0)} ms at most`
  return { held, faults }
}

const mebibytes = (kib) => `${(kib / 1024).toFixed(0)} MiB`

async function stress({ seconds, seed, ways, addon }, root) {
  for (const name of ['files', 'out', 'work']) mkdirSync(join(root, name))
  writeFixture(join(root, 'files'), seed)
  const stress = new Stress({ addon, root, fixtureSeed: seed }, seed)
  const warmupMs = WARMUP_SHARE * seconds * 1000

  say(`seed ${seed}: ${(warmupMs / 1000).toFixed(1)} s to warm up`)
  await stress.fill()
  await stress.load(warmupMs)
  const before = await holdings()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  say(`${stress.tally.started} calls; the load`)
  await stress.load(seconds * 1000 - warmupMs)
  say('at rest')
  const { held, faults } = await quiesced(before, delay)

  const { tally, victims } = stress
  if (ways) for (const [way, count] of Object.entries(tally.ways).sort()) console.log(`  ${count} × ${way}`)
  for (const text of [...tally.wrongs, ...faults]) console.error(`wrong: ${text}`)
  const open = tally.started - tally.settled
  if (open !== 0) console.error(`wrong: never settled: ${JSON.stringify(tally.open)}`)
  const failed = open + tally.wrong + faults.length
  console.log(
    `seed ${seed}: ${tally.started} calls, ${open} not settled, ${tally.wrong} wrong, ` +
      `${tally.sandboxes} sandboxes, ${victims} workers ended; ${held}: ${failed === 0 ? 'ok' : 'FAILED'}`,
  )
  return failed === 0 ? 0 : 1
}

/** The same in a process whose memory can be measured. */
async function again() {
  const args = [...MEASURABLE.nodeOptions, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  return (await run(process.execPath, args, { env: MEASURABLE.env })).status ?? 1
}

await runMain(async () => {
  const chosen = options()
  if (process.platform !== 'linux') throw new Advice('this looks into /proc, which only Linux has')
  if (!isMeasurable()) return again()
  const root = mkdtempSync(join(tmpdir(), 'agent-sandbox-stress-'))
  try {
    return await stress(chosen, root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
// A call or worker that does not end must not keep the process.
process.exit()
