//! Calls while a test has put fake timers in place of Node's.
import { afterEach, expect, test, vi } from 'vitest'
import { sandboxWith } from './helpers.mts'

afterEach(() => vi.useRealTimers())

test('calls need no timer of the global object, and leave none behind', async () => {
  vi.useFakeTimers()
  const sandbox = sandboxWith()
  const result = await sandbox.exec('echo', ['hi'])
  expect(String(result.stdout)).toBe('hi\n')
  expect(vi.getTimerCount()).toBe(0)
})
