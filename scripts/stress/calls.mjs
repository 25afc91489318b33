//! The kinds of calls: what is run, what may come of it, and whether the answer is right.
//!
//! A kind is a function of the random choices and the fixture; it gives
//! `{ command, args, options?, stop?, wants }`. `wants` is called with the outcome, `{ result }` or `{ error }`, and says what
//! is wrong with it, if anything. `stop` is the number of ms after which the caller aborts the call.

/** The call must end with this status and print exactly this. */
const prints = (expected, exitCode = 0) => ({ result, error }) => {
  if (error) return `${error.code}: ${error.message}`
  if (result.exitCode !== exitCode) return `exits with ${result.exitCode}: ${result.stderr}`
  if (result.stdoutTruncated || result.stdoutBytes !== result.stdout.length) return 'some of the output is missing'
  if (result.stdout.equals(Buffer.from(expected))) return undefined
  return `${result.stdout.length} bytes that are not the ${expected.length} expected: ${result.stdout.subarray(0, 80)}`
}

/** The call must be rejected with one of these codes. */
const fails = (...codes) => ({ result, error }) => {
  if (!error) return `exits with ${result.exitCode} for ${codes}`
  return codes.includes(error.code) ? undefined : `${error.code} (${error.message}) for ${codes}`
}

const sortedLines = (text) => text.split('\n').slice(0, -1).sort()

const words = (random, low, high) => Array.from({ length: random.whole(low, high) }, () => random.word())

/** What runs to its end, with an answer that is known. */
const COMPLETE = {
  true: (random) => ({
    command: 'true',
    options: random.pick([{}, undefined, { background: 'wait' }]),
    wants: prints(''),
  }),
  false: () => ({ command: 'false', wants: prints('', 1) }),
  echo(random) {
    const args = words(random, 0, 50)
    return { command: 'echo', args, wants: prints(`${args.join(' ')}\n`) }
  },
  'cat stdin'(random) {
    const stdin = words(random, 1, 500).join('\n')
    return { command: 'cat', options: { stdin }, wants: prints(stdin) }
  },
  'big stdin': (random, { big }) => {
    const stdin = big.subarray(0, random.whole(1 << 20, big.length / 2))
    return { command: 'cat', options: { stdin }, wants: prints(stdin) }
  },
  'unread stdin': (random, { big }) => ({ command: 'true', options: { stdin: big }, wants: prints('') }),
  'big output': (random, { numbers }) => ({ command: 'seq', args: ['100000'], wants: prints(numbers) }),
  'cut output'(random, { numbers }) {
    const maxOutputBytes = random.whole(0, 10_000)
    return {
      command: 'seq',
      args: ['100000'],
      options: { maxOutputBytes },
      wants({ result, error }) {
        if (error) return error.message
        if (!result.stdoutTruncated || result.stdoutBytes !== numbers.length) return `${result.stdoutBytes} bytes counted`
        return result.stdout.equals(numbers.subarray(0, maxOutputBytes)) ? undefined : 'not the beginning of the output'
      },
    }
  },
  'cat file'(random, { files }) {
    const { path, text } = random.pick(files)
    return { command: 'cat', args: [`/files/${path}`], wants: prints(text) }
  },
  wc(random, { files }) {
    const { text, lines } = random.pick(files)
    return { command: 'wc', args: ['-l'], options: { stdin: text }, wants: prints(`${lines}\n`) }
  },
  'grep tree': (random, { marks }) => ({
    command: 'grep',
    args: ['-rn', 'MARK', 'tree'],
    options: { cwd: '/files' },
    wants(outcome) {
      const wrong = prints(outcome.result?.stdout ?? '')(outcome)
      if (wrong) return wrong
      const lines = sortedLines(outcome.result.stdout.toString())
      return lines.join() === marks.join() ? undefined : `${lines.length} lines for ${marks.length}`
    },
  }),
  sort(random) {
    const lines = words(random, 1, 1000)
    const stdin = lines.map((line) => `${line}\n`).join('')
    return { command: 'sort', options: { stdin }, wants: prints(sortedLines(stdin).map((line) => `${line}\n`).join('')) }
  },
  tee(random) {
    const stdin = words(random, 1, 2000).join(' ')
    // In memory and in the shared directory of the host; several write the same file at a time.
    return { command: 'tee', args: ['/tmp/copy', `/out/${random.whole(1, 20)}`], options: { stdin }, wants: prints(stdin) }
  },
  'short sleep': (random) => ({ command: 'sleep', args: [`0.0${random.whole(1, 30)}`], wants: prints('') }),
  xargs(random) {
    const list = words(random, 1, 40)
    return {
      command: 'xargs',
      args: ['-n1', 'echo'],
      options: { stdin: list.join(' ') },
      wants(outcome) {
        const processes = outcome.result?.usage.processes
        if (processes !== undefined && processes !== list.length + 1) return `${processes} processes for ${list.length + 1}`
        return prints(list.map((word) => `${word}\n`).join(''))(outcome)
      },
    }
  },
  'xargs -P'(random) {
    const list = words(random, 1, 40)
    return {
      command: 'xargs',
      args: ['-P', String(random.whole(2, 16)), '-n1', 'true'],
      options: { stdin: list.join(' ') },
      wants: prints(''),
    }
  },
  env(random) {
    const value = random.word()
    return { command: 'env', args: [`VALUE=${value}`, 'printenv', 'VALUE'], wants: prints(`${value}\n`) }
  },
  timeout: (random) => ({ command: 'timeout', args: [`0.0${random.whole(1, 30)}`, 'sleep', '1000'], wants: prints('', 124) }),
  'too much written': (random, { big }) => ({
    command: 'tee',
    args: ['/tmp/big'],
    options: { stdin: big, maxWrittenBytes: random.whole(1, 100_000) },
    wants: fails('ERR_SANDBOX_DISK'),
  }),
  unknown(random) {
    const command = random.pick(['no-such-tool', 'no/such', '/bin', '/files/tree', 'x'.repeat(5000), '🙂'])
    return {
      command,
      wants({ result, error }) {
        if (error) return `${error.code}: ${error.message}`
        return [126, 127].includes(result.exitCode) ? undefined : `exits with ${result.exitCode}`
      },
    }
  },
  refused: (random) => ({
    command: random.pick(['', 'a\0b', 5, null]),
    wants: fails('ERR_SANDBOX_INVALID_OPTION'),
  }),
  'bad option': (random) => ({
    command: 'true',
    options: random.pick([
      { timeoutMs: -1 },
      { timeoutMs: NaN },
      { nope: 1 },
      { stdin: 5 },
      { env: { 'A=': '1' } },
      { cwd: '/no/such' },
      { maxOutputBytes: -1 },
      { signal: 5 },
      5,
    ]),
    wants: fails('ERR_SANDBOX_INVALID_OPTION'),
  }),
  'bad arguments': (random) => ({
    command: 'echo',
    args: random.pick(['x', [1], ['a\0b'], [undefined], 5]),
    wants: fails('ERR_SANDBOX_INVALID_OPTION'),
  }),
}

/** What would run on for ever, and is stopped. */
const ENDLESS = {
  yes: ['yes'],
  sleep: ['sleep', '1000'],
  'many sleep': ['xargs', '-P', '8', '-n1', 'sleep'],
  'many yes': ['xargs', '-P', '8', '-n1', 'yes'],
  'timeout of yes': ['timeout', '1000', 'yes'],
}

const SOON_MS = 60

function endless(random, name) {
  const [command, ...args] = ENDLESS[name]
  return { command, args, options: { stdin: '1000 '.repeat(8), maxOutputBytes: 1 << 12 } }
}

const STOPPED = {
  timeout(random, name) {
    const { options, ...call } = endless(random, name)
    return { ...call, options: { ...options, timeoutMs: random.whole(1, SOON_MS) }, wants: fails('ERR_SANDBOX_TIMEOUT') }
  },
  abort: (random, name) => ({
    ...endless(random, name),
    stop: random.whole(0, SOON_MS),
    wants: fails('ERR_SANDBOX_ABORTED'),
  }),
}

/** Every kind for a sandbox without limits of its own, by its name. */
export const KINDS = {
  ...COMPLETE,
  ...Object.fromEntries(
    Object.entries(STOPPED).flatMap(([way, make]) =>
      Object.keys(ENDLESS).map((name) => [`${name}, ${way}`, (random) => make(random, name)]),
    ),
  ),
}

/** Calls for a sandbox with `LIMITS`, which they run into. */
export const LIMITS = { fuelLimit: 200e6, memoryLimitBytes: 12 << 20 }

export const LIMITED = {
  'out of fuel': () => ({ command: 'yes', options: { maxOutputBytes: 100 }, wants: fails('ERR_SANDBOX_FUEL') }),
  // It keeps every line until it knows that there are no more than these.
  'out of memory': (random, { big }) => ({
    command: 'tail',
    args: ['-n', '99999999'],
    options: { stdin: big },
    wants: fails('ERR_SANDBOX_MEMORY'),
  }),
}

/** A call that only the end of its sandbox, or of its thread, ends. */
export const untilClosed = (random) => ({
  ...endless(random, random.pick(Object.keys(ENDLESS))),
  wants: fails('ERR_SANDBOX_CLOSED'),
})
