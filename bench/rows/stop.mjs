// How long after its deadline, its abort or its close an endless command still runs.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const RUN_MS = 200

/** Notes when a promise settles and how. */
async function settled(promise) {
  const outcome = await promise.then((value) => ({ value }), (error) => ({ error }))
  return { ...outcome, at: performance.now() }
}

/** For each way to stop: starts `count` calls, stops them, and says when the stop was due. */
const OURS = {
  async deadline(exec) {
    const due = performance.now() + RUN_MS
    return { due, outcomes: await Promise.all(exec({ timeoutMs: RUN_MS })) }
  },
  async abort(exec) {
    const controller = new AbortController()
    const running = exec({ signal: controller.signal })
    await sleep(RUN_MS)
    const due = performance.now()
    controller.abort()
    return { due, outcomes: await Promise.all(running) }
  },
  async close(exec, sandbox) {
    const running = exec({})
    await sleep(RUN_MS)
    const due = performance.now()
    const closed = sandbox.close()
    const outcomes = await Promise.all([...running, settled(closed)])
    await closed
    return { due, outcomes }
  },
}

const CODES = { deadline: 'ERR_SANDBOX_TIMEOUT', abort: 'ERR_SANDBOX_ABORTED', close: 'ERR_SANDBOX_CLOSED' }

/** What Node offers for a child process: `timeout`, `signal`, and `kill`. */
async function stopChildren(how, [program, ...args], count) {
  const controller = new AbortController()
  const start = performance.now()
  const options = { stdio: 'ignore', ...(how === 'deadline' ? { timeout: RUN_MS } : { signal: controller.signal }) }
  const children = Array.from({ length: count }, () => spawn(program, args, options))
  const ends = children.map(
    (child) =>
      new Promise((resolve) => {
        child.on('error', () => {})
        child.on('exit', () => resolve(performance.now()))
      }),
  )
  let due = start + RUN_MS
  if (how !== 'deadline') {
    await sleep(RUN_MS)
    due = performance.now()
    if (how === 'abort') controller.abort()
    else for (const child of children) child.kill('SIGKILL')
  }
  return (await Promise.all(ends)).map((at) => at - due)
}

function stopRow(how, count, [program, ...args], context) {
  const stopOurs = async () => {
    const { Sandbox } = await import(context.addon)
    const sandbox = new Sandbox({ workDir: context.data.small(), maxOutputBytes: 1 << 10 })
    const exec = (options) => Array.from({ length: count }, () => settled(sandbox.exec(program, args, options)))
    const { due, outcomes } = await OURS[how](exec, sandbox)
    await sandbox.close()
    const calls = outcomes.slice(0, count)
    return {
      values: outcomes.map(({ at }) => at - due),
      answers: calls.map(({ value, error, at }) => ({ value, error, afterMs: at - due })),
    }
  }
  const stopReal = async () => ({ values: await stopChildren(how, [program, ...args], count), answers: [] })
  return {
    name: `stop: ${how}, ${count} × ${program}`,
    unit: 'ms',
    stat: 'max',
    limit: { ours: 50 },
    warmup: 0,
    sides: ['ours', 'real'],
    open: async (side) => ({ sample: side === 'ours' ? stopOurs : stopReal, close: async () => {} }),
    check({ value, error, afterMs }) {
      if (error === undefined) throw new Error(`wrong answer: an endless command ended with ${value.exitCode}`)
      if (error.code !== CODES[how]) throw new Error(`wrong answer: ${error.code ?? error} for ${CODES[how]}`)
      // Timers may be a little early.
      if (afterMs < -2) throw new Error(`wrong answer: stopped ${-afterMs} ms too early`)
      if (program === 'yes' && !error.stdout?.toString('latin1').startsWith('y\n')) {
        throw new Error('wrong answer: the error carries no partial output')
      }
    },
  }
}

export function rows(context) {
  return Object.keys(OURS).flatMap((how) => [
    stopRow(how, 1, ['yes'], context),
    stopRow(how, 10, ['yes'], context),
    stopRow(how, 10, ['sleep', '1000'], context),
  ])
}
