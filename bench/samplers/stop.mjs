// Endless commands that are stopped: a sample is how long each still ran after its stop was due.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const RUN_MS = 200

export async function sampler({ side, ...settings }) {
  return { sample: () => (side === 'ours' ? stopCalls(settings) : stopChildren(settings)), close: async () => {} }
}

/** Notes how a promise settles, and when. */
async function settled(promise) {
  const outcome = await promise.then(
    ({ exitCode }) => ({ exitCode }),
    ({ code, message, stdout }) => ({ code, message, stdout }),
  )
  return { ...outcome, at: performance.now() }
}

/** For each way to stop: starts the calls, stops them, and says when the stop was due. */
const WAYS = {
  async deadline(start) {
    const due = performance.now() + RUN_MS
    return { due, outcomes: await Promise.all(start({ timeoutMs: RUN_MS })) }
  },
  async abort(start) {
    const controller = new AbortController()
    const running = start({ signal: controller.signal })
    await sleep(RUN_MS)
    const due = performance.now()
    controller.abort()
    return { due, outcomes: await Promise.all(running) }
  },
  async close(start, sandbox) {
    const running = start({})
    await sleep(RUN_MS)
    const due = performance.now()
    const closed = sandbox.close().then(() => performance.now())
    return { due, outcomes: await Promise.all(running), closedAt: await closed }
  },
}

async function stopCalls({ addon, workDir, how, count, command: [program, ...args] }) {
  const { Sandbox } = await import(addon)
  const sandbox = new Sandbox({ workDir, maxOutputBytes: 1 << 10 })
  const start = (options) => Array.from({ length: count }, () => settled(sandbox.exec(program, args, options)))
  const { due, outcomes, closedAt } = await WAYS[how](start, sandbox)
  await sandbox.close()
  const answers = outcomes.map(({ at, ...outcome }) => ({ ...outcome, afterMs: at - due }))
  const values = answers.map(({ afterMs }) => afterMs)
  return { values: closedAt === undefined ? values : [...values, closedAt - due], answers }
}

/** What Node offers for a child process: `timeout`, `signal`, and `kill`. */
async function stopChildren({ how, count, command: [program, ...args] }) {
  const controller = new AbortController()
  const options = { stdio: 'ignore', ...(how === 'deadline' ? { timeout: RUN_MS } : { signal: controller.signal }) }
  let due = performance.now() + RUN_MS
  const children = Array.from({ length: count }, () => spawn(program, args, options))
  const ends = children.map(
    (child) =>
      new Promise((resolve, reject) => {
        child.on('error', (error) => error.name !== 'AbortError' && reject(error))
        child.on('exit', () => resolve(performance.now()))
      }),
  )
  if (how !== 'deadline') {
    await sleep(RUN_MS)
    due = performance.now()
    if (how === 'abort') controller.abort()
    else for (const child of children) child.kill('SIGKILL')
  }
  return { values: (await Promise.all(ends)).map((at) => at - due), answers: [] }
}
