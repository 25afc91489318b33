//! What a command starts: processes, their ends and limits, and the pipes between them.
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { directory, failure, root, sandboxWith } from './helpers.mts'

/** The half of the binding that the bench uses: commands with pipes between them, without a shell. */
const { NativeSandbox } = createRequire(`${root}/`)('./binding.js')
const pipeline = (stages: string[][], options = {}, workDir = directory()) =>
  new NativeSandbox({ workDir }).pipeline(stages, options)

test('a command that another one starts is found on PATH and counted', async () => {
  const result = await sandboxWith().exec('env', ['GREETING=hello there', 'printenv', 'GREETING'])
  expect(result.exitCode).toBe(0)
  expect(String(result.stdout)).toBe('hello there\n')
  expect(result.usage.processes).toBe(2)
})

test('the status of a command comes through those that started it', async () => {
  const result = await sandboxWith().exec('env', ['env', 'timeout', '10', 'env', 'grep', 'zzz', '/etc/hostname'])
  expect(result.exitCode).toBe(1)
  expect(result.usage.processes).toBe(5)
})

test('a child starts in the directory of its parent', async () => {
  const result = await sandboxWith().exec('env', ['-C', '/tmp', 'pwd'])
  expect(String(result.stdout)).toBe('/tmp\n')
})

test('xargs starts its commands while it reads, and tells that one failed', async () => {
  const sandbox = sandboxWith({ workDir: directory({ a: '1\n', b: '2\n' }) })
  const result = await sandbox.exec('xargs', ['-n1', 'cat'], { stdin: 'a missing b' })
  expect(result.exitCode).toBe(123)
  expect(String(result.stdout)).toBe('1\n2\n')
  expect(String(result.stderr)).toBe('cat: missing: No such file or directory\n')
})

test('timeout ends a command that does not end by itself', async () => {
  const result = await sandboxWith().exec('timeout', ['0.05', 'sleep', '1000'])
  expect(result.exitCode).toBe(124)
  const killed = await sandboxWith().exec('timeout', ['-s', 'KILL', '0.05', 'yes'], { maxOutputBytes: 2 })
  expect(killed.exitCode).toBe(137)
})

test('what cannot be executed has the status of a shell', async () => {
  const sandbox = sandboxWith({ workDir: directory({ plain: 'text' }) })
  expect(await sandbox.exec('nothing').then(({ exitCode }) => exitCode)).toBe(127)
  const refused = await sandbox.exec('/work/plain')
  expect(refused.exitCode).toBe(126)
  expect(String(refused.stderr)).toBe('/work/plain: Permission denied\n')
})

test('an executable file with #! runs its interpreter', async () => {
  const sandbox = sandboxWith()
  await sandbox.exec('tee', ['/tmp/script'], { stdin: '#!/bin/cat -n\nhello\n' })
  const locked = await sandbox.exec('/tmp/script')
  expect(locked.exitCode).toBe(126)
  const copied = await sandbox.exec('cp', ['--preserve=mode', '/bin/cat', '/tmp/mycat'])
  expect(copied.exitCode).toBe(0)
  const mine = await sandbox.exec('/tmp/mycat', ['/etc/hostname'])
  expect(String(mine.stdout)).toBe('sandbox\n')
})

describe('a pipeline', () => {
  test('gives what its stages make of it', async () => {
    const workDir = directory({ list: 'b\na\nc\na\n' })
    const result = await pipeline([['cat', 'list'], ['sort'], ['uniq', '-c'], ['head', '-n1']], {}, workDir)
    expect(String(result.stdout)).toBe('      2 a\n')
    expect(result.exitCode).toBe(0)
  })

  test('ends when its reader has enough, in memory that does not grow', async () => {
    const lines = 1_000_000
    const result = await pipeline([['yes'], ['head', '-n', String(lines)], ['wc', '-l']])
    expect(String(result.stdout)).toBe(`${lines}\n`)
    expect(result.usage.peakMemoryBytes).toBeLessThan(16 << 20)
  })

  test('is as wide as there may be processes', async () => {
    const stages = Array.from({ length: 250 }, () => ['cat'])
    const result = await pipeline([['echo', 'through'], ...stages])
    expect(String(result.stdout)).toBe('through\n')
    expect(result.usage.processes).toBe(252)
  })

  test('runs beside two hundred others', async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) => pipeline([['seq', String(index)], ['tail', '-n1'], ['cat']])),
    )
    expect(results.map(({ stdout }) => String(stdout))).toEqual(
      results.map((_, index) => (index === 0 ? '' : `${index}\n`)),
    )
  })

  test('is ended as one', async () => {
    for (const stages of [[['yes'], ['cat'], ['sort']], [['sleep', '1000'], ['cat']], [['cat'], ['sleep', '1000']]]) {
      const outcome = await pipeline(stages, { timeoutMs: 50 })
      expect(outcome.error?.code).toBe('ERR_SANDBOX_TIMEOUT')
    }
  })
})

describe('limits', () => {
  test('bytes written to files', async () => {
    const workDir = directory()
    const sandbox = sandboxWith({ workDir, maxWrittenBytes: 1_000_000 })
    const small = await sandbox.exec('tee', ['small'], { stdin: 'x'.repeat(1000) })
    expect(small.exitCode).toBe(0)
    const error = await failure(sandbox.exec('cp', ['/dev/zero', 'big']))
    expect(error.code).toBe('ERR_SANDBOX_DISK')
    expect(error.message).toBe('the run was stopped at its limit of 1000000 bytes written to files')
    expect(error.usage?.bytesWritten).toBeLessThan(4_000_000)
  })

  test('fuel is counted over all processes, and exact when they run one after another', async () => {
    const stdin = 'x\n'.repeat(50)
    const free = await sandboxWith().exec('xargs', ['-n1', 'true'], { stdin })
    const { fuel } = free.usage
    const again = await sandboxWith({ fuelLimit: fuel }).exec('xargs', ['-n1', 'true'], { stdin })
    expect(again.usage.fuel).toBe(fuel)
    // The end is noticed at the next loop or call of the guest.
    const error = await failure(sandboxWith({ fuelLimit: fuel - 1000 }).exec('xargs', ['-n1', 'true'], { stdin }))
    expect(error.code).toBe('ERR_SANDBOX_FUEL')
    expect(error.usage?.fuel).toBe(fuel - 1000)
  })

  test('memory is counted over all processes', async () => {
    const lines = Array.from({ length: 600_000 }, (_, index) => `${(index * 7919) % 600_000} line`).join('\n')
    const sandbox = sandboxWith({ workDir: directory({ lines }), memoryLimitBytes: 96 << 20 })
    const alone = await sandbox.exec('sort', ['lines'], { maxOutputBytes: 0 })
    expect(alone.usage.peakMemoryBytes).toBeGreaterThan(20 << 20)
    const args = ['-P8', '-n1', 'sort', '-o', '/dev/null']
    const error = await failure(sandbox.exec('xargs', args, { stdin: 'lines '.repeat(8) }))
    expect(error.code).toBe('ERR_SANDBOX_MEMORY')
    expect(error.usage?.peakMemoryBytes).toBeLessThanOrEqual(96 << 20)
  })
})

describe('background', () => {
  test('what is still running is stopped with the command', async () => {
    const began = performance.now()
    const result = await sandboxWith().exec('timeout', ['0.05', 'env', 'sleep', '1000'])
    expect(result.exitCode).toBe(124)
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})

test('processes find what tools look for in /proc', async () => {
  const sandbox = sandboxWith()
  const read = (path: string) => sandbox.exec('cat', [path]).then(({ stdout }) => String(stdout))
  expect(await read('/proc/self/cmdline')).toBe('cat\0/proc/self/cmdline\0')
  expect(await read('/proc/self/comm')).toBe('cat\n')
  expect(await read('/proc/self/environ')).toContain('PWD=/work\0')
  expect(await read('/proc/self/status')).toMatch(/^Name:\tcat\nUmask:\t0022\nState:\tR \(running\)\nTgid:\t(\d+)\nPid:\t\1\nPPid:\t0\n/)
  expect(await read('/proc/meminfo')).toMatch(/^MemTotal: {9}524288 kB\n/)
  const fds = await sandbox.exec('ls', ['/dev/fd'])
  expect(String(fds.stdout)).toBe('0\n1\n2\n4\n')
  const terminal = await sandbox.exec('cat', ['/dev/tty'])
  expect(String(terminal.stderr)).toBe('cat: /dev/tty: No such device or address\n')
})
