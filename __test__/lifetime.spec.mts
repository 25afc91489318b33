//! What stays behind after many calls: nothing.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { Sandbox } from 'agent-sandbox'
import { directory, failure, holdings, sandboxWith } from './helpers.mts'

/** Waits until no more is held than before; a thread without work ends after some seconds. */
const nothingLeft = (before: ReturnType<typeof holdings>) =>
  vi.waitFor(
    () => {
      const now = holdings()
      expect(now.threads).toBeLessThanOrEqual(before.threads)
      expect(now.fileDescriptors).toBeLessThanOrEqual(before.fileDescriptors)
    },
    { timeout: 60_000, interval: 100 },
  )

test('10,000 calls leave memory, threads and file descriptors as they were', async () => {
  const sandbox = sandboxWith({ workDir: directory({ text: 'b\na\n' }) })
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round++) {
      const calls = [sandbox.exec('true'), sandbox.exec('cat', ['text']), sandbox.exec('no-such-tool'), sandbox.exec('ls')]
      expect((await Promise.all(calls)).map((result) => result.exitCode)).toEqual([0, 0, 127, 0])
    }
    globalThis.gc?.()
    return holdings()
  }
  const before = await rounds(1_000)
  const after = await rounds(2_500)
  expect(after.residentKiB / before.residentKiB).toBeLessThan(1.05)
  await nothingLeft(before)
}, 300_000)

test('1,000 calls that were stopped leave every thread free', async () => {
  const sandbox = sandboxWith({ timeoutMs: 5, maxOutputBytes: 16 })
  const fresh = sandboxWith()
  expect((await fresh.exec('true')).exitCode).toBe(0)
  const before = holdings()
  for (let round = 0; round < 20; round++) {
    const calls = Array.from({ length: 50 }, () => failure(sandbox.exec('yes')))
    for (const error of await Promise.all(calls)) expect(error.code).toBe('ERR_SANDBOX_TIMEOUT')
  }
  const calls = Array.from({ length: 100 }, () => fresh.exec('echo', ['free']))
  expect((await Promise.all(calls)).map((result) => String(result.stdout))).toEqual(Array(100).fill('free\n'))
  await nothingLeft(before)
}, 300_000)

test('1,000 sandboxes that were closed leave nothing open', async () => {
  const workDir = directory()
  expect((await sandboxWith({ workDir }).exec('true')).exitCode).toBe(0)
  const before = holdings()
  for (let round = 0; round < 1_000; round++) {
    await using sandbox = new Sandbox({ workDir, mounts: [{ hostPath: workDir, guestPath: '/again' }] })
    expect((await sandbox.exec('true')).exitCode).toBe(0)
  }
  expect(holdings().fileDescriptors).toBeLessThanOrEqual(before.fileDescriptors)
  await nothingLeft(before)
})

test('the event loop turns while commands run', async () => {
  const sandbox = sandboxWith({ timeoutMs: 1_000, maxOutputBytes: 16 })
  await failure(sandbox.exec('yes', [], { timeoutMs: 50 }))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await Promise.all(Array.from({ length: 4 }, () => failure(sandbox.exec('yes'))))
  delay.disable()
  // The bench measures the real figure; a call that ran on the event loop would show as a second.
  expect(delay.max / 1e6).toBeLessThan(500)
})
