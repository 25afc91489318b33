//! One user of the sandbox: makes one, calls, and ends it in one of many ways, again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import { KINDS, LIMITED, LIMITS, untilClosed } from './calls.mjs'
import { Random } from './random.mjs'

const NAMES = Object.keys(KINDS)

/** More at once than run at once, so that some wait for their turn. */
const FLOOD = 300

/** The ways in which a sandbox ends; each resolves when nothing of it runs any more. */
const ENDS = {
  async close(sandbox, calls) {
    await Promise.all(calls)
    await sandbox.close()
  },
  async dispose(sandbox, calls) {
    await Promise.all(calls)
    await sandbox[Symbol.asyncDispose]()
  },
  /** Closes while calls run, and twice; the ones that run may end in either way. */
  async early(sandbox, calls, state, random) {
    await sleep(random.whole(0, 30))
    state.closed = true
    await Promise.all([sandbox.close(), sandbox.close()])
    await Promise.all(calls)
  },
  /** Leaves it to the garbage collector. */
  async forget(sandbox, calls) {
    await Promise.all(calls)
  },
}

export class User {
  #Sandbox
  #fixture
  #random
  #tally

  constructor({ Sandbox, fixture, random, tally }) {
    this.#Sandbox = Sandbox
    this.#fixture = fixture
    this.#random = random
    this.#tally = tally
  }

  /** Goes on until `isOver()`, and until all that was begun has ended. */
  async run(isOver) {
    while (!isOver()) await this.#life(isOver)
  }

  #open(settings) {
    this.#tally.sandboxes++
    const { root } = this.#fixture
    const mounts = [
      { hostPath: `${root}/files`, guestPath: '/files' },
      { hostPath: `${root}/out`, guestPath: '/out', writable: true },
    ]
    return new this.#Sandbox({ ...settings, mounts, ...(this.#random.once(2) && { workDir: `${root}/work` }) })
  }

  async #life(isOver) {
    const random = this.#random
    const limited = random.once(10)
    const sandbox = this.#open(limited ? LIMITS : {})
    const kinds = limited ? Object.keys(LIMITED) : NAMES
    const end = random.pick(Object.keys(ENDS))
    const state = { closed: false }
    const calls = []
    const call = (kind) => {
      const call = this.#call(sandbox, kind, state)
      calls.push(call)
      return call
    }
    if (!limited && random.once(40)) {
      for (let left = FLOOD; left > 0; left--) call('true')
    }
    for (let left = random.whole(0, limited ? 3 : 30); left > 0 && !isOver(); left--) {
      const last = call(random.pick(kinds))
      // Some one after the other, some at once.
      if (random.once(2)) await last
      if (random.once(20)) sandbox.checkpoint()
      if (random.once(10)) calls.push(this.#diff(sandbox, state))
    }
    if (end === 'early' && !limited) {
      for (let left = random.whole(0, 4); left > 0; left--) call('until closed')
    }
    await ENDS[end](sandbox, calls, state, random)
    if (state.closed) await this.#refusal(sandbox)
  }

  /** Makes the call, waits for its end and judges it; never rejects. */
  async #call(sandbox, kind, state) {
    const make = KINDS[kind] ?? LIMITED[kind] ?? untilClosed
    const { command, args, options, stop, wants } = make(this.#random, this.#fixture)
    const controller = stop === undefined ? undefined : new AbortController()
    const timer = controller && setTimeout(() => controller.abort(), stop)
    this.#tally.start(kind)
    const outcome = await sandbox
      .exec(command, args, controller ? { ...options, signal: controller.signal } : options)
      .then((result) => ({ result }), (error) => ({ error }))
    clearTimeout(timer)
    this.#tally.settle(kind, outcome.error ? (outcome.error.code ?? outcome.error.name) : `exit ${outcome.result.exitCode}`)
    // Whatever runs at a close may be ended by it.
    if (state.closed && outcome.error?.code === 'ERR_SANDBOX_CLOSED') return
    const wrong = wants(outcome) ?? unstated(outcome)
    if (wrong !== undefined) this.#tally.fault(`${kind}: ${wrong}`)
  }

  /** What changed: nobody knows exactly while calls run, but the writers are known. */
  async #diff(sandbox, state) {
    this.#tally.start('diff')
    const outcome = await sandbox.diff().then((diff) => ({ diff }), (error) => ({ error }))
    this.#tally.settle('diff', outcome.error?.code ?? 'resolved')
    if (state.closed && outcome.error?.code === 'ERR_SANDBOX_CLOSED') return
    const wrong = outcome.error ? outcome.error.message : unexpectedChange(outcome.diff)
    if (wrong !== undefined) this.#tally.fault(`diff: ${wrong}`)
  }

  async #refusal(sandbox) {
    const code = await sandbox.exec('true').then(() => 'a result', (error) => error.code)
    if (code !== 'ERR_SANDBOX_CLOSED') this.#tally.fault(`a call after the close: ${code}`)
  }
}

/** A path in a diff that no call writes. */
function unexpectedChange({ created, modified, deleted, renamed }) {
  if (deleted.length + renamed.length > 0) return `deleted ${deleted}, renamed ${renamed}`
  return [...created, ...modified].find((path) => !/^\/(tmp|out)(\/\w+)?$/.test(path))
}

/** What every outcome of a call that began has. */
function unstated({ result, error }) {
  const { usage, stdout } = result ?? error
  if (error?.code === 'ERR_SANDBOX_INVALID_OPTION') return undefined
  if (!Buffer.isBuffer(stdout) || !(usage?.wallMs >= 0) || !(usage.fuel >= 0)) return 'no output or usage'
  return undefined
}

/** Runs `count` users with seeds of their own; resolves when all have ended. */
export function runUsers(count, { random, isOver, ...parts }) {
  const users = Array.from({ length: count }, () => new User({ ...parts, random: new Random(random.seed()) }))
  return Promise.all(users.map((user) => user.run(isOver)))
}
