//! Every option that cannot be used is refused at once, with its name and value.
import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Sandbox, type ExecOptions, type SandboxOptions } from 'agent-sandbox'
import { directory, failure, sandboxWith, thrown } from './helpers.mts'

/** The message that the constructor refuses these options with. */
function constructorRefusal(options: unknown): string {
  const error = thrown(() => new Sandbox(options as SandboxOptions))
  expect([error.name, error.code]).toEqual(['SandboxError', 'ERR_SANDBOX_INVALID_OPTION'])
  return error.message
}

/** The message that `exec` refuses these arguments with. */
async function execRefusal(command: unknown, args?: unknown, options?: unknown): Promise<string> {
  const error = await failure(sandboxWith().exec(command as string, args as string[], options as ExecOptions))
  expect([error.name, error.code]).toEqual(['SandboxError', 'ERR_SANDBOX_INVALID_OPTION'])
  return error.message
}

/** A value that is refused, and how the message ends or shows it. */
type Case = [value: unknown, text: string]

/** Values of wrong types, and how messages show them. */
const values = {
  number: [5, '5'],
  string: ['x', '"x"'],
  boolean: [true, 'true'],
  null: [null, 'null'],
  bigint: [5n, '5'],
  symbol: [Symbol('x'), 'a symbol'],
  function: [() => 1, 'a function'],
  array: [[], 'an array'],
  object: [{}, 'an object'],
} satisfies Record<string, Case>

type Kind = keyof typeof values

/** All values but those of the kinds that the option takes. */
const wrong = (...taken: Kind[]): Case[] =>
  (Object.keys(values) as Kind[]).filter((kind) => !taken.includes(kind)).map((kind) => values[kind])

/** Options whose properties cannot even be read. */
const hostile: [string, object][] = [
  ['a getter that throws', { get timeoutMs() { throw new Error('from the getter') } }],
  ['a proxy that throws', new Proxy({ timeoutMs: 1 }, { get() { throw new Error('from the proxy') } })],
  ['a proxy without keys', new Proxy({}, { ownKeys() { throw new Error('from the proxy') } })],
  ['a revoked proxy', revoked()],
]
test.each(hostile)('%s is refused, and Node lives', async (_, options) => {
  expect(() => new Sandbox(options as SandboxOptions)).toThrow()
  await expect(sandboxWith().exec('true', [], options as ExecOptions)).rejects.toThrow()
  await expect(sandboxWith().exec('true', [], { env: options } as ExecOptions)).rejects.toThrow()
  expect((await sandboxWith().exec('true')).exitCode).toBe(0)
})

test('an instance of a class has no options in it and is refused', async () => {
  const map = new Map([['A', '1']])
  expect(() => new Sandbox(map as SandboxOptions)).toThrow("option 'options' must be an object, got Map(1) { 'A' => '1' }")
  expect(() => new Sandbox({ env: map as unknown as SandboxOptions['env'] & {} })).toThrow("option 'env' must be an object, got Map(1) { 'A' => '1' }")
  const call = sandboxWith().exec('true', [], new Date(0) as ExecOptions)
  await expect(call).rejects.toThrow("option 'options' must be an object, got 1970-01-01T00:00:00.000Z")
})

test('more arguments than a command takes are refused at once', async () => {
  const call = sandboxWith().exec('true', new Array(2 ** 31))
  await expect(call).rejects.toThrow("option 'args' must have at most 1048576 elements, got 2147483648")
})

describe('limits', () => {
  const wanted: Record<string, string> = {
    timeoutMs: 'a number of milliseconds above 0 and up to 2147483647',
    memoryLimitBytes: 'a whole number of bytes from 1 to 4294967296',
    fuelLimit: 'a whole number from 1 up',
    maxOutputBytes: 'a whole number of bytes from 0 to 1073741824',
    maxWrittenBytes: 'a whole number of bytes from 0 up',
  }
  const impossible: [string, number][] = [
    ...Object.keys(wanted).flatMap((name) => [-1, NaN, Infinity, -Infinity, 2 ** 53].map((value) => [name, value] as [string, number])),
    ['timeoutMs', 0],
    ['timeoutMs', 2 ** 31],
    ['memoryLimitBytes', 0],
    ['memoryLimitBytes', 1.5],
    ['memoryLimitBytes', 2 ** 32 + 1],
    ['fuelLimit', 0],
    ['fuelLimit', 1.5],
    ['maxOutputBytes', 1.5],
    ['maxOutputBytes', 2 ** 30 + 1],
    ['maxWrittenBytes', 1.5],
  ]
  const cases = [
    ...impossible.map(([name, value]) => [name, value, String(value)] as const),
    ...Object.keys(wanted).flatMap((name) => wrong('number').map(([value, shown]) => [name, value, shown] as const)),
  ]
  test.each(cases)('%s cannot be %o', async (name, value, shown) => {
    const message = `option '${name}' must be ${wanted[name]}, got ${shown}`
    expect(constructorRefusal({ [name]: value })).toBe(message)
    if (['timeoutMs', 'maxOutputBytes', 'maxWrittenBytes'].includes(name)) {
      expect(await execRefusal('true', [], { [name]: value })).toBe(message)
    }
  })
})

describe('env', () => {
  const names = "has a name that is empty or has '=' or NUL: "
  const cases: Case[] = [
    ...wrong('object').map(([value, shown]): Case => [value, `'env' must be an object, got ${shown}`]),
    ...wrong('string').map(([value, shown]): Case => [{ A: value }, `'env.A' must be a string, got ${shown}`]),
    [{ '': 'x' }, `'env' ${names}""`],
    [{ 'A=B': 'x' }, `'env' ${names}"A=B"`],
    [{ 'A\0B': 'x' }, `'env' ${names}"A\\0B"`],
    [{ A: 'x\0y' }, `'env.A' must be a string without NUL, got "x\\0y"`],
  ]
  test.each(cases)('cannot be %o', async (env, message) => {
    expect(constructorRefusal({ env })).toBe(`option ${message}`)
    expect(await execRefusal('true', [], { env })).toBe(`option ${message}`)
  })
})

describe('of the constructor', () => {
  test.each(wrong('object'))('options cannot be %o', (options, shown) => {
    expect(constructorRefusal(options)).toBe(`option 'options' must be an object, got ${shown}`)
  })

  test.each(['workdir', 'timeout', 'signal', 'cwd', 'stdin', '', 'toString'])('%j is not an option', (name) => {
    expect(constructorRefusal({ [name]: 1 })).toBe(
      `option '${name}' is unknown; known are workDir, mounts, env, timeoutMs, maxOutputBytes, maxWrittenBytes, memoryLimitBytes, fuelLimit`,
    )
  })

  test.each<Case>([
    ...wrong('string').map(([value, shown]): Case => [value, `a string, got ${shown}`]),
    ['', 'a string that is not empty, got ""'],
    ['a\0b', 'a string without NUL, got "a\\0b"'],
  ])('workDir cannot be %o', (workDir, message) => {
    expect(constructorRefusal({ workDir })).toBe(`option 'workDir' must be ${message}`)
  })

  /** Directories that do not open, and why. */
  function unusable(): [string, string][] {
    const home = directory({ file: 'x' })
    const closed = join(home, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0)
    const cases: [string, string][] = [
      [join(home, 'missing'), 'does not exist'],
      [join(home, 'file'), 'is not a directory'],
      [join(home, 'file', 'below'), 'is not a directory'],
    ]
    // Nothing is closed to root.
    return canRead(closed) ? cases : [...cases, [closed, 'cannot be read']]
  }

  test('a workDir that is missing, a file, or unreadable is refused', () => {
    for (const [workDir, problem] of unusable()) {
      const error = thrown(() => new Sandbox({ workDir }))
      expect([error.code, error.message]).toEqual(['ERR_SANDBOX_WORKDIR', `option 'workDir' ${problem}: '${workDir}'`])
    }
  })

  test('a hostPath that is missing, a file, or unreadable is refused', () => {
    for (const [hostPath, problem] of unusable()) {
      const mounts = [{ hostPath: directory(), guestPath: '/a' }, { hostPath, guestPath: '/b' }]
      expect(constructorRefusal({ mounts })).toBe(`option 'mounts[1].hostPath' ${problem}: '${hostPath}'`)
    }
  })

  const mounts: Case[] = [
    ...wrong('array').map(([value, shown]): Case => [value, `'mounts' must be an array, got ${shown}`]),
    ...wrong('object').map(([value, shown]): Case => [[value], `'mounts[0]' must be an object, got ${shown}`]),
    [[undefined], "'mounts[0]' must be an object, got undefined"],
    [[{ guestPath: '/a' }], "'mounts[0].hostPath' must be a string, got undefined"],
    [[{ hostPath: '.' }], "'mounts[0].guestPath' must be a string, got undefined"],
    [[{ hostPath: '', guestPath: '/a' }], `'mounts[0].hostPath' must be a string that is not empty, got ""`],
    [[{ hostPath: '.', guestPath: '' }], `'mounts[0].guestPath' must be a string that is not empty, got ""`],
    [[{ hostPath: '.', guestPath: 'docs' }], `'mounts[0].guestPath' must be an absolute path without '..', got "docs"`],
    [[{ hostPath: '.', guestPath: '/a/../b' }], `'mounts[0].guestPath' must be an absolute path without '..', got "/a/../b"`],
    [[{ hostPath: '.', guestPath: '/a\0b' }], `'mounts[0].guestPath' must be a string without NUL, got "/a\\0b"`],
    [[{ hostPath: '.', guestPath: '/a', writable: 1 }], "'mounts[0].writable' must be a boolean, got 1"],
    [
      [{ hostPath: '.', guestPath: '/a', readonly: true }],
      "'mounts[0].readonly' is unknown; known are hostPath, guestPath, writable",
    ],
    ...['/', '/work', '/work/', '/bin', '/etc', '/dev', '/tmp', '/home/agent'].map((guestPath): Case => [
      [{ hostPath: '.', guestPath }],
      `'mounts[0].guestPath' must be a path where nothing else is mounted, got "${guestPath}"`,
    ]),
    [
      [{ hostPath: '.', guestPath: '/a' }, { hostPath: '.', guestPath: '//a/' }],
      `'mounts[1].guestPath' must be a path where nothing else is mounted, got "//a/"`,
    ],
  ]
  test.each(mounts)('mounts cannot be %o', (value, message) => {
    expect(constructorRefusal({ workDir: '.', mounts: value })).toBe(`option ${message}`)
  })
})

describe('of exec', () => {
  test.each<Case>([
    ...wrong('string').map(([value, shown]): Case => [value, `a string, got ${shown}`]),
    [undefined, 'a string, got undefined'],
    ['', 'a string that is not empty, got ""'],
    ['a\0b', 'a string without NUL, got "a\\0b"'],
  ])('the command cannot be %o', async (command, message) => {
    expect(await execRefusal(command)).toBe(`option 'command' must be ${message}`)
  })

  test.each(wrong('array'))('args cannot be %o', async (args, shown) => {
    expect(await execRefusal('echo', args)).toBe(`option 'args' must be an array, got ${shown}`)
  })

  test.each<Case>([
    ...wrong('string').map(([value, shown]): Case => [value, `a string, got ${shown}`]),
    [undefined, 'a string, got undefined'],
    ['a\0b', 'a string without NUL, got "a\\0b"'],
  ])('an argument cannot be %o', async (arg, message) => {
    expect(await execRefusal('echo', ['fine', arg])).toBe(`option 'args[1]' must be ${message}`)
  })

  test('arguments and variables have at most sixteen mebibytes together', async () => {
    expect(await execRefusal('echo', ['x'.repeat(16 << 20)])).toBe(
      "option 'args' and env must have at most 16777216 bytes together, got 16777222",
    )
  })

  test.each(wrong('object'))('options cannot be %o', async (options, shown) => {
    expect(await execRefusal('echo', [], options)).toBe(`option 'options' must be an object, got ${shown}`)
  })

  test.each<Case>([
    ...wrong('string').map(([value, shown]): Case => [value, `a string, got ${shown}`]),
    ['', `'stop' or 'wait', got ""`],
    ['keep', `'stop' or 'wait', got "keep"`],
  ])('background cannot be %o', async (background, message) => {
    expect(await execRefusal('true', [], { background })).toBe(`option 'background' must be ${message}`)
  })

  test.each(['timeout', 'shell', 'workDir', 'memoryLimitBytes', ''])('%j is not an option', async (name) => {
    const message = `option '${name}' is unknown; known are cwd, env, stdin, background, timeoutMs, maxOutputBytes, maxWrittenBytes`
    expect(await execRefusal('true', [], { [name]: 1 })).toBe(message)
    const { signal } = new AbortController()
    expect(await execRefusal('true', [], { [name]: 1, signal })).toBe(message)
  })

  test.each<Case>([...wrong('string'), [new ArrayBuffer(1), 'an object'], [new Uint16Array(1), 'an object']])(
    'stdin cannot be %o',
    async (stdin, shown) => {
      expect(await execRefusal('cat', [], { stdin })).toBe(`option 'stdin' must be a string, Buffer or Uint8Array, got ${shown}`)
    },
  )

  test.each<Case>([
    [null, 'null'],
    [5, '5'],
    ['x', "'x'"],
    [{}, '{}'],
    [{ aborted: false }, '{ aborted: false }'],
    [new AbortController(), 'AbortController [Object]'],
  ])('signal cannot be %o', async (signal, shown) => {
    expect(await execRefusal('true', [], { signal })).toBe(`option 'signal' must be an AbortSignal, got ${shown}`)
  })

  test.each<Case>([
    ...wrong('string').map(([value, shown]): Case => [value, `must be a string, got ${shown}`]),
    ['', 'must be a string that is not empty, got ""'],
    ['a\0b', 'must be a string without NUL, got "a\\0b"'],
    ['missing', "does not exist: '/work/missing'"],
    ['/work/file', "is not a directory: '/work/file'"],
  ])('cwd cannot be %o', async (cwd, message) => {
    const sandbox = sandboxWith({ workDir: directory({ file: 'x' }) })
    const error = await failure(sandbox.exec('true', [], { cwd } as ExecOptions))
    expect([error.code, error.message]).toEqual(['ERR_SANDBOX_INVALID_OPTION', `option 'cwd' ${message}`])
  })

  test('a refused option leaves the files alone', async () => {
    const workDir = directory({ kept: '' })
    await failure(sandboxWith({ workDir }).exec('rm', ['kept'], { timeoutMs: -1 }))
    expect(readdirSync(workDir)).toEqual(['kept'])
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function canRead(path: string): boolean {
  try {
    readdirSync(path)
    return true
  } catch {
    return false
  }
}
