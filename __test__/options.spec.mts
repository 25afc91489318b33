//! Every option that cannot be used is refused at once, with its name and value.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Sandbox, type ExecOptions, type SandboxOptions } from 'agent-sandbox'
import { directory, failure, sandboxWith, thrown } from './helpers.mts'

/** Numbers that no limit can be. */
const noLimits = [-1, NaN, Infinity, -Infinity, 1.5, '5', 5n, true, null, {}, []] as const

const shown = (value: unknown) =>
  typeof value === 'bigint' ? `${value}` : typeof value === 'number' || value === null ? String(value) : JSON.stringify(value)

describe('of the constructor', () => {
  const make = (options: object) => () => new Sandbox({ workDir: directory(), ...options } as SandboxOptions)

  test.each([undefined, null, 5, 'x', true, []])('options must be an object: %j', (options) => {
    expect(thrown(() => new Sandbox(options as never)).code).toBe('ERR_SANDBOX_INVALID_OPTION')
  })

  test.each(['workdir', 'timeout', 'signal', 'cwd', 'stdin', '', 'toString'])('%j is not an option', (name) => {
    const error = thrown(make({ [name]: 1 }))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.message).toContain(`'${name}'`)
  })

  const limits = ['timeoutMs', 'memoryLimitBytes', 'fuelLimit', 'maxOutputBytes']
  test.each(limits.flatMap((name) => noLimits.map((value) => [name, value] as const)))('%s cannot be %o', (name, value) => {
    const error = thrown(make({ [name]: value }))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.message).toContain(`'${name}'`)
    expect(error.message).toContain(shown(value))
  })

  test.each(['timeoutMs', 'memoryLimitBytes', 'fuelLimit'])('%s cannot be 0', (name) => {
    expect(thrown(make({ [name]: 0 }))).toMatchObject({
      code: 'ERR_SANDBOX_INVALID_OPTION',
      message: expect.stringMatching(`'${name}'.*0`),
    })
  })

  test.each([5, null, true, '', {}, 'a\0b'])('workDir cannot be %j', (workDir) => {
    const error = thrown(make({ workDir }))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.message).toContain("'workDir'")
  })

  test('a workDir that is missing, a file, or unreadable is refused', () => {
    const home = directory({ file: 'x' })
    const missing = join(home, 'missing')
    const cases = [missing, join(home, 'file'), join(missing, 'below')]
    if (process.getuid?.() !== 0) {
      mkdirSync(join(home, 'closed'))
      chmodSync(join(home, 'closed'), 0)
      cases.push(join(home, 'closed'))
    }
    for (const workDir of cases) {
      const error = thrown(make({ workDir }))
      expect(error.code).toBe('ERR_SANDBOX_WORKDIR')
      expect(error.message).toContain(workDir)
    }
  })

  test('a work directory is needed', () => {
    expect(thrown(() => new Sandbox({} as SandboxOptions))).toMatchObject({
      code: 'ERR_SANDBOX_INVALID_OPTION',
      message: expect.stringContaining("'workDir'"),
    })
  })

  const environments: [string, unknown, string][] = [
    ['a list', ['A=1'], 'env'],
    ['a string', 'A=1', 'env'],
    ['null', null, 'env'],
    ['a value that is a number', { A: 1 }, 'A'],
    ['a value that is null', { A: null }, 'A'],
    ['an empty name', { '': 'x' }, 'env'],
    ['a name with =', { 'A=B': 'x' }, 'A=B'],
    ['a name with NUL', { 'A\0B': 'x' }, 'env'],
    ['a value with NUL', { A: 'x\0y' }, 'A'],
  ]
  test.each(environments)('env cannot be %s', async (_, env, named) => {
    const error = thrown(make({ env }))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.message).toContain('env')
    expect(error.message).toContain(named)
    expect(await failure(sandboxWith().exec('true', [], { env } as ExecOptions))).toMatchObject({ code: error.code, message: error.message })
  })

  const mounts: [string, (hostPath: string) => unknown, string][] = [
    ['an object', (hostPath) => ({ hostPath, guestPath: '/a' }), 'mounts'],
    ['a list of strings', (hostPath) => [hostPath], 'mounts'],
    ['without a host path', () => [{ guestPath: '/a' }], 'hostPath'],
    ['without a guest path', (hostPath) => [{ hostPath }], 'guestPath'],
    ['with an empty host path', () => [{ hostPath: '', guestPath: '/a' }], 'hostPath'],
    ['with an empty guest path', (hostPath) => [{ hostPath, guestPath: '' }], 'guestPath'],
    ['with a relative guest path', (hostPath) => [{ hostPath, guestPath: 'docs' }], 'docs'],
    ['with .. in the guest path', (hostPath) => [{ hostPath, guestPath: '/a/../b' }], '/a/../b'],
    ['with NUL in the guest path', (hostPath) => [{ hostPath, guestPath: '/a\0b' }], 'guestPath'],
    ['over the root', (hostPath) => [{ hostPath, guestPath: '/' }], 'guestPath'],
    ['with a writable that is no boolean', (hostPath) => [{ hostPath, guestPath: '/a', writable: 1 }], 'writable'],
    ['with an unknown property', (hostPath) => [{ hostPath, guestPath: '/a', readonly: true }], 'readonly'],
    ['over /work', (hostPath) => [{ hostPath, guestPath: '/work' }], '/work'],
    ['twice at one place', (hostPath) => [{ hostPath, guestPath: '/a' }, { hostPath, guestPath: '/a/' }], '/a'],
  ]
  test.each(mounts)('mounts cannot be %s', (_, mountsAt, named) => {
    const error = thrown(make({ mounts: mountsAt(directory()) }))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.message).toContain('mounts')
    expect(error.message).toContain(named)
  })

  test('a mount of a missing directory or of a file is refused', () => {
    const home = directory({ file: 'x' })
    for (const name of ['missing', 'file']) {
      const error = thrown(make({ mounts: [{ hostPath: join(home, name), guestPath: '/a' }] }))
      expect(error.code).toBe('ERR_SANDBOX_WORKDIR')
      expect(error.message).toContain(join(home, name))
    }
  })
})

describe('of exec', () => {
  const refusal = async (command: unknown, args?: unknown, options?: unknown) => {
    const error = await failure(sandboxWith().exec(command as string, args as string[], options as ExecOptions))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.usage).toBeUndefined()
    return error.message
  }

  test.each([undefined, null, 5, '', {}, ['ls'], 'a\0b'])('the command cannot be %j', async (command) => {
    expect(await refusal(command)).toContain('command')
  })

  test.each([null, 5, 'x', {}, true])('args cannot be %j', async (args) => {
    expect(await refusal('echo', args)).toContain('args')
  })

  test.each([null, undefined, 5, {}, ['x']])('an argument cannot be %j', async (arg) => {
    expect(await refusal('echo', ['fine', arg])).toMatch(/args.*1/)
  })

  test('an argument cannot hold NUL', async () => {
    expect(await refusal('echo', ['fine', 'a\0b'])).toMatch(/args.*1/)
  })

  test.each([null, 5, 'x', true])('options cannot be %j', async (options) => {
    expect(await refusal('echo', [], options)).toContain('options')
  })

  test.each(['timeout', 'shell', 'workDir', 'memoryLimitBytes', ''])('%j is not an option', async (name) => {
    expect(await refusal('true', [], { [name]: 1 })).toContain(`'${name}'`)
    const { signal } = new AbortController()
    expect(await refusal('true', [], { [name]: 1, signal })).toContain(`'${name}'`)
  })

  test.each(['timeoutMs', 'maxOutputBytes'].flatMap((name) => noLimits.map((value) => [name, value] as const)))(
    '%s cannot be %o',
    async (name, value) => {
      const message = await refusal('true', [], { [name]: value })
      expect(message).toContain(`'${name}'`)
      expect(message).toContain(shown(value))
    },
  )

  test('timeoutMs cannot be 0', async () => {
    expect(await refusal('true', [], { timeoutMs: 0 })).toMatch(/'timeoutMs'.*0/)
  })

  test.each([null, 5, true, {}, [1], new ArrayBuffer(1), new Uint16Array(1)])('stdin cannot be %o', async (stdin) => {
    expect(await refusal('cat', [], { stdin })).toContain("'stdin'")
  })

  test.each([null, 5, 'x', {}, new AbortController(), { aborted: false }])('signal cannot be %o', async (signal) => {
    expect(await refusal('true', [], { signal })).toContain("option 'signal' must be an AbortSignal, not ")
  })

  test.each([null, 5, '', 'sub', 'a\0b', '/work/missing', '/work/file'])('cwd cannot be %j', async (cwd) => {
    const workDir = directory({ file: 'x' })
    const error = await failure(sandboxWith({ workDir }).exec('true', [], { cwd } as ExecOptions))
    expect(error.code).toBe('ERR_SANDBOX_INVALID_OPTION')
    expect(error.message).toContain("'cwd'")
  })
})

test('a refused option leaves the sandbox as it was', async () => {
  const workDir = directory()
  writeFileSync(join(workDir, 'kept'), '')
  const sandbox = sandboxWith({ workDir })
  await failure(sandbox.exec('rm', ['kept'], { timeoutMs: -1 }))
  expect(String((await sandbox.exec('ls')).stdout)).toBe('kept\n')
})
