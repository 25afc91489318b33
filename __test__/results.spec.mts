//! What a call gives back: status, output, usage, for arguments, standard input, environment and directory.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directory, sandboxWith } from './helpers.mts'

test('a command that succeeds resolves with its output and status 0', async () => {
  const sandbox = sandboxWith({ workDir: directory({ 'a.txt': 'one\nTODO two\n' }) })
  const result = await sandbox.exec('grep', ['-rn', 'TODO', '/work'])
  expect(result).toEqual({
    exitCode: 0,
    stdout: Buffer.from('/work/a.txt:2:TODO two\n'),
    stderr: Buffer.alloc(0),
    stdoutBytes: 23,
    stderrBytes: 0,
    stdoutTruncated: false,
    stderrTruncated: false,
    durationMs: expect.any(Number),
    usage: {
      wallMs: expect.any(Number),
      cpuMs: expect.any(Number),
      fuel: expect.any(Number),
      peakMemoryBytes: expect.any(Number),
      processes: 1,
      bytesRead: 13,
      bytesWritten: 23,
    },
  })
  expect(Buffer.isBuffer(result.stdout)).toBe(true)
  expect(Number.isSafeInteger(result.usage.fuel)).toBe(true)
  expect(result.usage.fuel).toBeGreaterThan(1000)
  expect(result.usage.peakMemoryBytes).toBeGreaterThan(64 << 10)
  expect(result.usage.wallMs).toBeGreaterThan(0)
  expect(result.durationMs).toBeGreaterThanOrEqual(result.usage.wallMs)
})

test('a command that fails resolves with its status and its errors', async () => {
  const sandbox = sandboxWith()
  expect(await sandbox.exec('false')).toMatchObject({ exitCode: 1, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) })
  const missing = await sandbox.exec('grep', ['x', 'nowhere'])
  expect([missing.exitCode, String(missing.stderr)]).toEqual([2, 'grep: nowhere: No such file or directory\n'])
})

test('an unknown command resolves with 127', async () => {
  const result = await sandboxWith().exec('no-such-tool', ['x'])
  expect([result.exitCode, String(result.stdout), String(result.stderr)]).toEqual([
    127,
    '',
    'no-such-tool: command not found\n',
  ])
})

test('output and errors are kept apart', async () => {
  const sandbox = sandboxWith({ workDir: directory({ here: 'here\n' }) })
  const result = await sandbox.exec('cat', ['here', 'gone', 'here'])
  expect([result.exitCode, String(result.stdout), String(result.stderr)]).toEqual([
    1,
    'here\nhere\n',
    'cat: gone: No such file or directory\n',
  ])
})

test('output is bytes, whatever they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
  const sandbox = sandboxWith({ workDir: directory({ bytes }) })
  expect((await sandbox.exec('cat', ['bytes'])).stdout).toEqual(bytes)
})

test.each([
  ['an empty one', ['']],
  ['spaces and quotes', ['a b', '"', "'", '\\', '$HOME', '`x`']],
  ['globs and operators', ['*', '?', '[a-z]', '|', ';', '&&', '>', '~']],
  ['newlines and tabs', ['a\nb', '\t']],
  ['text beyond ASCII', ['grüße', '漢字', '👩‍💻', '\u{10ffff}']],
  ['dashes after the end of options', ['-n', '--help']],
  ['a long one', ['x'.repeat(100_000)]],
  ['ten thousand', Array.from({ length: 10_000 }, (_, index) => String(index))],
])('arguments reach the command as they stand: %s', async (_, args) => {
  const { exitCode, stdout } = await sandboxWith().exec('printf', ['%s\\0', ...args])
  expect([exitCode, String(stdout)]).toEqual([0, args.map((arg) => `${arg}\0`).join('')])
})

const large = Buffer.alloc(4 << 20, 'standard input\n')
test.each([
  ['a string', 'grüße\n', Buffer.from('grüße\n')],
  ['an empty string', '', Buffer.alloc(0)],
  ['a Buffer', Buffer.from([0, 255, 10]), Buffer.from([0, 255, 10])],
  ['a Uint8Array', new Uint8Array([1, 2, 3]), Buffer.from([1, 2, 3])],
  ['a part of a larger array', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), Buffer.from([2, 3])],
  ['four mebibytes', large, large],
])('standard input is %s', async (_, stdin, expected) => {
  const { stdout } = await sandboxWith().exec('cat', [], { stdin })
  expect(stdout.equals(expected)).toBe(true)
})

test('standard input is at its end when none is given', async () => {
  expect(String((await sandboxWith().exec('wc', ['-c'])).stdout)).toBe('0\n')
})

test('standard input is taken at the call: later changes of the array do not reach the command', async () => {
  const stdin = Buffer.alloc(1 << 20, 'a')
  const call = sandboxWith().exec('tr', ['-d', 'a'], { stdin })
  stdin.fill('b')
  expect((await call).stdout.length).toBe(0)
})

test('the environment has its defaults, and nothing of the host', async () => {
  process.env['HOST_SECRET'] = 'host secret'
  const { stdout } = await sandboxWith().exec('env')
  const lines = String(stdout).trimEnd().split('\n').sort()
  expect(lines).toEqual([
    'HOME=/home/agent',
    'LANG=C.UTF-8',
    'LOGNAME=agent',
    'PATH=/usr/local/bin:/usr/bin:/bin',
    'PWD=/work',
    'TERM=dumb',
    'TZ=UTC',
    'USER=agent',
  ])
})

test("a call's environment is added to the sandbox's, for that call only", async () => {
  const sandbox = sandboxWith({ env: { A: 'sandbox', B: 'sandbox', EMPTY: '', LANG: 'C' } })
  const names = ['A', 'B', 'C', 'EMPTY', 'LANG']
  const both = await sandbox.exec('printenv', names, { env: { B: 'call', C: 'a=b "grüße"\n', LANG: undefined } })
  expect([both.exitCode, String(both.stdout)]).toEqual([0, 'sandbox\ncall\na=b "grüße"\n\n\nC\n'])
  const after = await sandbox.exec('printenv', names)
  expect([after.exitCode, String(after.stdout)]).toEqual([1, 'sandbox\nsandbox\n\nC\n'])
})

test('a command starts in /work, or where cwd says', async () => {
  const workDir = directory()
  mkdirSync(join(workDir, 'sub dir'))
  const sandbox = sandboxWith({ workDir })
  expect(String((await sandbox.exec('pwd')).stdout)).toBe('/work\n')
  expect(String((await sandbox.exec('pwd', [], { cwd: 'sub dir' })).stdout)).toBe('/work/sub dir\n')
  const options = { cwd: '/work/sub dir' }
  expect(String((await sandbox.exec('pwd', [], options)).stdout)).toBe('/work/sub dir\n')
  expect(String((await sandbox.exec('printenv', ['PWD'], options)).stdout)).toBe('/work/sub dir\n')
  await sandbox.exec('touch', ['here'], options)
  expect(String((await sandbox.exec('ls', ['/work/sub dir'])).stdout)).toBe('here\n')
  expect(String((await sandbox.exec('pwd')).stdout)).toBe('/work\n')
})

test('options that are undefined are as if they were absent', async () => {
  const sandbox = sandboxWith({ mounts: undefined, env: undefined, timeoutMs: undefined, fuelLimit: undefined })
  const { exitCode } = await sandbox.exec('true', undefined, {
    cwd: undefined,
    env: undefined,
    stdin: undefined,
    timeoutMs: undefined,
    signal: undefined,
    maxOutputBytes: undefined,
  })
  expect(exitCode).toBe(0)
})

test('a hundred calls at once each get their own answer', async () => {
  const sandbox = sandboxWith()
  const numbers = Array.from({ length: 100 }, (_, index) => String(index))
  const results = await Promise.all(numbers.map((number) => sandbox.exec('echo', [number], { stdin: number })))
  expect(results.map((result) => String(result.stdout))).toEqual(numbers.map((number) => `${number}\n`))
})

test('output beyond maxOutputBytes is dropped, counted and flagged, while the command runs on', async () => {
  const workDir = directory()
  const sandbox = sandboxWith({ workDir, maxOutputBytes: 10 })
  const cut = await sandbox.exec('tee', ['copy'], { stdin: 'x'.repeat(100_000) })
  expect(cut).toMatchObject({ exitCode: 0, stdout: Buffer.from('x'.repeat(10)), stdoutTruncated: true, stderrTruncated: false })
  expect([cut.stdoutBytes, cut.usage.bytesWritten]).toEqual([100_000, 200_000])
  expect(String((await sandbox.exec('wc', ['-c', 'copy'])).stdout)).toBe('100000 cop')
})

test('each stream has maxOutputBytes of its own, and a call may set it', async () => {
  const sandbox = sandboxWith({ maxOutputBytes: 1 })
  const missing = 'cat: gone: No such file or directory\n'
  const exact = await sandbox.exec('cat', ['-', 'gone'], { stdin: '12345', maxOutputBytes: missing.length })
  expect(exact).toMatchObject({ stdoutTruncated: false, stderrTruncated: false })
  const cut = await sandbox.exec('cat', ['-', 'gone'], { stdin: '12345', maxOutputBytes: 5 })
  expect(cut).toMatchObject({
    exitCode: 1,
    stdout: Buffer.from('12345'),
    stderr: Buffer.from('cat: '),
    stdoutTruncated: false,
    stderrTruncated: true,
  })
})

test('eight mebibytes of each stream are kept unless said otherwise', async () => {
  const result = await sandboxWith().exec('head', ['-c', '9000000', '/dev/zero'])
  expect([result.exitCode, result.stdout.length, result.stdoutTruncated]).toEqual([0, 8 << 20, true])
})
