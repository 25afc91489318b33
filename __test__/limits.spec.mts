//! Runs that are stopped: by time, fuel, memory, `signal` and `close()`.
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { ExecOptions, Sandbox, SandboxError } from 'agent-sandbox'
import { directory, failure, sandboxWith } from './helpers.mts'

/** The bound for "stops at once": generous, as the machine may be busy. The bench measures the real figure. */
const SOON_MS = 2_000

const endless = (sandbox: Sandbox, options = {}) => sandbox.exec('yes', [], { maxOutputBytes: 4, ...options })

/** Resolves when the event loop has turned, so that calls made before have started. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

function expectCutShort(error: SandboxError, code: string) {
  expect(error.code).toBe(code)
  expect(error.name).toBe(code === 'ERR_SANDBOX_ABORTED' ? 'AbortError' : 'SandboxError')
  expect(Buffer.isBuffer(error.stdout)).toBe(true)
  expect(Buffer.isBuffer(error.stderr)).toBe(true)
  expect(error.usage?.processes).toBe(1)
  expect(error.usage?.fuel).toBeGreaterThan(0)
  expect(error.stdoutBytes).toBeGreaterThanOrEqual(error.stdout?.length ?? 0)
  expect(error).not.toHaveProperty('exitCode')
}

test('a command that never ends is stopped at its time limit, with what it had printed', async () => {
  const error = await failure(endless(sandboxWith({ timeoutMs: 100 })))
  expectCutShort(error, 'ERR_SANDBOX_TIMEOUT')
  expect(error.message).toBe('the run was stopped at its time limit of 100 ms')
  expect(String(error.stdout)).toBe('y\ny\n')
  expect(error.stdoutTruncated).toBe(true)
  expect(error.durationMs).toBeGreaterThanOrEqual(100)
  expect(error.durationMs).toBeLessThan(100 + SOON_MS)
})

test("a call's time limit goes before the sandbox's", async () => {
  const error = await failure(endless(sandboxWith(), { timeoutMs: 50 }))
  expectCutShort(error, 'ERR_SANDBOX_TIMEOUT')
})

test('a command that sleeps is stopped too, and its partial output kept', async () => {
  const sandbox = sandboxWith({ timeoutMs: 50 })
  const error = await failure(sandbox.exec('sleep', ['1000']))
  expect(error.code).toBe('ERR_SANDBOX_TIMEOUT')
  expect(error.durationMs).toBeLessThan(50 + SOON_MS)
})

test('a long read is stopped between two of its pieces', async () => {
  const sandbox = sandboxWith({ timeoutMs: 50, maxOutputBytes: 0 })
  const error = await failure(sandbox.exec('head', ['-c', '1000G', '/dev/zero']))
  expectCutShort(error, 'ERR_SANDBOX_TIMEOUT')
  expect(error.durationMs).toBeLessThan(50 + SOON_MS)
})

test('ten at once are stopped together', async () => {
  const sandbox = sandboxWith({ timeoutMs: 100 })
  const began = performance.now()
  const errors = await Promise.all(
    Array.from({ length: 10 }, (_, index) => failure(index % 2 ? endless(sandbox) : sandbox.exec('sleep', ['1000']))),
  )
  expect(errors.map((error) => error.code)).toEqual(Array(10).fill('ERR_SANDBOX_TIMEOUT'))
  expect(performance.now() - began).toBeLessThan(100 + SOON_MS)
})

test('a signal that has aborted rejects at once, and nothing runs', async () => {
  const sandbox = sandboxWith()
  const reason = new Error('no longer needed')
  const error = await failure(sandbox.exec('touch', ['/work/made'], { signal: AbortSignal.abort(reason) }))
  expect([error.code, error.name, error.cause]).toEqual(['ERR_SANDBOX_ABORTED', 'AbortError', reason])
  expect(error.usage).toBeUndefined()
  expect(String((await sandbox.exec('ls')).stdout)).toBe('')
})

test('an abort while a command runs stops it, with the reason and what it had printed', async () => {
  const controller = new AbortController()
  const call = failure(endless(sandboxWith(), { signal: controller.signal }))
  const reason = { why: 'the user left' }
  setTimeout(() => controller.abort(reason), 50)
  const error = await call
  expectCutShort(error, 'ERR_SANDBOX_ABORTED')
  expect(error.cause).toBe(reason)
  expect(String(error.stdout)).toBe('y\ny\n')
})

test('an abort in the same turn as the call stops it', async () => {
  const controller = new AbortController()
  const call = failure(endless(sandboxWith(), { signal: controller.signal }))
  controller.abort()
  const error = await call
  expect(error.code).toBe('ERR_SANDBOX_ABORTED')
  expect((error.cause as Error).name).toBe('AbortError')
})

test('AbortSignal.timeout stops a command', async () => {
  const error = await failure(sandboxWith().exec('sleep', ['1000'], { signal: AbortSignal.timeout(50) }))
  expectCutShort(error, 'ERR_SANDBOX_ABORTED')
  expect((error.cause as Error).name).toBe('TimeoutError')
})

test('an abort after the end changes nothing, and no listener stays behind', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const sandbox = sandboxWith()
  for (let round = 0; round < 20; round++) {
    const call = sandbox.exec('true', [], { signal })
    expect(getEventListeners(signal, 'abort').length).toBe(1)
    expect((await call).exitCode).toBe(0)
  }
  await failure(sandbox.exec('true', [], { signal, timeoutMs: -1 }))
  await failure(endless(sandbox, { signal, timeoutMs: 20 }))
  expect(getEventListeners(signal, 'abort').length).toBe(0)
  controller.abort()
  expect((await sandbox.exec('true')).exitCode).toBe(0)
})

test('one signal may stop many calls, with one listener', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const sandbox = sandboxWith()
  expect((await sandbox.exec('true', [], { signal })).exitCode).toBe(0)
  const calls = Array.from({ length: 50 }, () => failure(sandbox.exec('sleep', ['1000'], { signal })))
  expect(getEventListeners(signal, 'abort').length).toBe(1)
  await nextTurn()
  controller.abort()
  for (const error of await Promise.all(calls)) expect(error.code).toBe('ERR_SANDBOX_ABORTED')
  expect(getEventListeners(signal, 'abort').length).toBe(0)
})

test('close stops what runs and what waits, and resolves when nothing runs', async () => {
  const sandbox = sandboxWith()
  const calls = Array.from({ length: 20 }, () => failure(endless(sandbox)))
  await nextTurn()
  const began = performance.now()
  await sandbox.close()
  const errors = await Promise.all(calls)
  expect(performance.now() - began).toBeLessThan(SOON_MS)
  expect(errors.map((error) => error.code)).toEqual(Array(20).fill('ERR_SANDBOX_CLOSED'))
  for (const error of errors) expect(Buffer.isBuffer(error.stdout)).toBe(true)
})

describe('calls that still wait in the queue', () => {
  /** More sleepers than run at one time. */
  const crowd = (sandbox: Sandbox, options: ExecOptions = {}) =>
    Array.from({ length: 600 }, () => failure(sandbox.exec('sleep', ['1000'], options)))
  const codes = async (calls: Promise<SandboxError>[]) => new Set((await Promise.all(calls)).map((error) => error.code))

  test('are stopped at their time limit', async () => {
    expect(await codes(crowd(sandboxWith({ timeoutMs: 50 })))).toEqual(new Set(['ERR_SANDBOX_TIMEOUT']))
  })

  test('are stopped by an abort', async () => {
    const abort = new AbortController()
    const calls = crowd(sandboxWith(), { signal: abort.signal })
    setImmediate(() => abort.abort())
    expect(await codes(calls)).toEqual(new Set(['ERR_SANDBOX_ABORTED']))
  })

  test('are stopped by a close', async () => {
    const sandbox = sandboxWith()
    const calls = crowd(sandbox)
    setImmediate(() => void sandbox.close())
    expect(await codes(calls)).toEqual(new Set(['ERR_SANDBOX_CLOSED']))
    expect((await sandboxWith().exec('true')).exitCode).toBe(0)
  })
})

test('a closed sandbox rejects, and closes again without complaint', async () => {
  const sandbox = sandboxWith()
  await sandbox.close()
  await sandbox.close()
  const error = await failure(sandbox.exec('true'))
  expect([error.code, error.name, error.usage]).toEqual(['ERR_SANDBOX_CLOSED', 'SandboxError', undefined])
})

test('await using closes the sandbox at the end of its block', async () => {
  let kept: Sandbox
  {
    await using sandbox = sandboxWith()
    expect((await sandbox.exec('true')).exitCode).toBe(0)
    kept = sandbox
  }
  expect((await failure(kept.exec('true'))).code).toBe('ERR_SANDBOX_CLOSED')
})

test('a command that needs more fuel than the limit is stopped, with what it had printed', async () => {
  const error = await failure(endless(sandboxWith({ fuelLimit: 50_000_000 })))
  expectCutShort(error, 'ERR_SANDBOX_FUEL')
  expect(error.message).toBe('the run was stopped at its fuel limit of 50000000')
  expect(String(error.stdout)).toBe('y\ny\n')
  expect(error.usage?.fuel).toBeGreaterThanOrEqual(50_000_000)
})

test('the same work uses the same fuel in every run', async () => {
  const text = Array.from({ length: 2_000 }, (_, index) => `line ${(index * 7919) % 2_000}\n`).join('')
  const sandbox = sandboxWith({ workDir: directory({ text }) })
  for (const [command, args] of [['true', []], ['sort', ['text']], ['grep', ['-c', '9', 'text']]] as const) {
    const runs = await Promise.all(Array.from({ length: 5 }, () => sandbox.exec(command, args)))
    expect(new Set(runs.map((run) => run.usage.fuel)).size, command).toBe(1)
  }
})

test('a fuel limit of what a command needs is enough, and half of it is not', async () => {
  const workDir = directory({ text: 'b\na\n' })
  const { usage } = await sandboxWith({ workDir }).exec('sort', ['text'])
  const enough = await sandboxWith({ workDir, fuelLimit: usage.fuel }).exec('sort', ['text'])
  expect([enough.exitCode, enough.usage.fuel]).toEqual([0, usage.fuel])
  const short = await failure(sandboxWith({ workDir, fuelLimit: usage.fuel >> 1 }).exec('sort', ['text']))
  expect(short.code).toBe('ERR_SANDBOX_FUEL')
})

test('a command that needs more memory than the limit is stopped', async () => {
  const sandbox = sandboxWith({ memoryLimitBytes: 16 << 20 })
  const error = await failure(sandbox.exec('tail', ['-n', '9999999'], { stdin: 'a line of text\n'.repeat(1 << 21) }))
  expectCutShort(error, 'ERR_SANDBOX_MEMORY')
  expect(error.message).toBe('the run was stopped at its memory limit of 16777216 bytes')
  expect(error.usage?.peakMemoryBytes).toBeLessThanOrEqual(16 << 20)
  expect((await sandbox.exec('echo', ['fine'])).exitCode).toBe(0)
})

test('the errors say where they come from', async () => {
  async function callOfTheUser() {
    return await endless(sandboxWith({ timeoutMs: 20 }))
  }
  const error = await failure(callOfTheUser())
  expect(error.stack).toContain('callOfTheUser')
  expect(error.stack).toMatch(/^SandboxError: /)
})
