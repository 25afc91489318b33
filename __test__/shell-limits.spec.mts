//! What a script cannot do: go on after its end was asked for, run out of a stack, or take time that grows faster than it does.
import { describe, expect, test } from 'vitest'
import type { SandboxError } from 'agent-sandbox'
import { directory, failure, sandboxWith } from './helpers.mts'
import { sh, type ScriptOptions } from './shell.mts'

/** The bound for "stops at once": generous, as the machine may be busy. The bench measures the real figure. */
const SOON_MS = 2_000

/** Each goes on without end after it has printed a line. */
const ENDLESS = {
  'a loop that does nothing': 'while :; do :; done',
  'a loop in a function in a subshell': 'f() { while true; do (( n++ )); done; }; (f)',
  'a wait for a background process': 'sleep 100 & wait',
  'a program that prints into /dev/null': 'yes > /dev/null',
  'a program that reads a pipe to which nobody writes': 'sleep 100 | cat',
  'a read from a pipe to which nobody writes': 'read -r line < <(sleep 100)',
  'a substitution that does not end': 'x=$(while :; do :; done)',
  'a pipeline of loops': 'while :; do echo x; done | while read -r x; do :; done',
  'a loop that starts processes': 'while :; do true | true; done',
  'a fork bomb': ':() { :|:& }; :; while :; do :; done',
  'a background loop that is waited for': 'while :; do :; done & wait',
  'a trap that ignores signals': 'trap "" TERM INT HUP; while :; do :; done',
  'a loop in the exit trap': 'trap "while :; do :; done" EXIT',
}

const started = (script: string) => `echo started; echo problem >&2; ${script}`

function expectPartialOutput(error: SandboxError) {
  expect(String(error.stdout)).toBe('started\n')
  expect(String(error.stderr)).toMatch(/^problem\n/)
}

describe.each(Object.entries(ENDLESS))('%s', (_, script) => {
  test('is stopped at its time limit, its output kept, and the next call works', async () => {
    const sandbox = sandboxWith()
    const error = await failure(sh(sandbox, started(script), { timeoutMs: 200 }))
    expect(error.code).toBe('ERR_SANDBOX_TIMEOUT')
    expectPartialOutput(error)
    expect(error.durationMs).toBeLessThan(200 + SOON_MS)
    expect(String((await sh(sandbox, 'echo next')).stdout)).toBe('next\n')
  })

  test('is stopped by an abort', async () => {
    const sandbox = sandboxWith()
    const controller = new AbortController()
    const call = failure(sh(sandbox, started(script), { signal: controller.signal }))
    setTimeout(() => controller.abort(), 200)
    const error = await call
    expect(error.code).toBe('ERR_SANDBOX_ABORTED')
    expectPartialOutput(error)
    expect(error.durationMs).toBeLessThan(200 + SOON_MS)
    expect(String((await sh(sandbox, 'echo next')).stdout)).toBe('next\n')
  })
})

test('close stops scripts and all they have started', async () => {
  const sandbox = sandboxWith()
  const calls = Object.values(ENDLESS).map((script) => failure(sh(sandbox, started(script))))
  await new Promise((resolve) => setTimeout(resolve, 200))
  const began = performance.now()
  await sandbox.close()
  expect(performance.now() - began).toBeLessThan(SOON_MS)
  for (const error of await Promise.all(calls)) expect(error.code).toBe('ERR_SANDBOX_CLOSED')
})

test('a fork bomb is kept within the processes of a call', async () => {
  const sandbox = sandboxWith()
  const outcome = await sh(sandbox, ':() { :|:& }; :', { background: 'wait', timeoutMs: 1_000 }).catch(
    (error: SandboxError) => error.code,
  )
  expect(typeof outcome === 'object' || outcome === 'ERR_SANDBOX_TIMEOUT').toBe(true)
  expect(String((await sh(sandbox, 'echo next')).stdout)).toBe('next\n')
})

test('what runs in the background is stopped with the script unless it is waited for', async () => {
  const sandbox = sandboxWith()
  await sh(sandbox, '{ sleep 0.1; echo late > stopped; } &')
  await sh(sandbox, '{ sleep 0.1; echo late > waited; } &', { background: 'wait' })
  expect(String((await sh(sandbox, 'ls')).stdout)).toBe('waited\n')
})

describe('recursion to a depth of 2,000 works:', () => {
  const DEEP = {
    functions: 'f() { if (($1 > 0)); then f $(($1 - 1)); else echo bottom; fi; }; f 2000',
    eval: `x='if ((n++ < 2000)); then eval "$x"; else echo bottom; fi'; eval "$x"`,
    source: `echo 'if ((n++ < 2000)); then . ./self; else echo bottom; fi' > self; . ./self`,
    'functions through eval': `f() { if (($1 > 0)); then eval "f $(($1 - 1))"; else echo bottom; fi; }; f 1000`,
  }

  test.each(Object.entries(DEEP))('%s', async (_, script) => {
    const { exitCode, stdout, stderr } = await sh(sandboxWith(), script)
    expect([exitCode, String(stdout), String(stderr)]).toEqual([0, 'bottom\n', ''])
  })

  test('substitutions, 50 in each other', async () => {
    const script = `${'echo $('.repeat(50)}echo bottom${')'.repeat(50)}`
    const { exitCode, stdout } = await sh(sandboxWith(), script)
    expect([exitCode, String(stdout)]).toEqual([0, 'bottom\n'])
  })
})

describe('recursion without end gives a message and a status:', () => {
  const ENDLESSLY_DEEP = {
    'a function that calls itself': 'f() { f; }; f',
    'functions that call each other': 'f() { g; }; g() { f; }; f',
    'a function in a loop': 'f() { for i in 1 2; do f; done; }; f',
    'eval that evaluates itself': `x='eval "$x"'; eval "$x"`,
    'a file that sources itself': `echo '. ./self' > self; . ./self`,
    'a function through a substitution': 'f() { x=$(f); return $?; }; f',
    'a function through a subshell': 'f() { (f); }; f',
    'a shell that calls itself': `export x='bash -c "$x"; exit $?'; bash -c "$x"`,
    'a script that calls itself': `printf '#!/bin/bash\\n./self || exit $?\\n' > self; chmod +x self; ./self`,
    'a variable that names itself': 'x=x; ((x)); exit $?',
  }

  test.each(Object.entries(ENDLESSLY_DEEP))('%s', async (_, script) => {
    const sandbox = sandboxWith({ timeoutMs: 20_000 })
    const { exitCode, stderr } = await sh(sandbox, script)
    expect(exitCode).toBeGreaterThan(0)
    expect(stderr.length).toBeGreaterThan(0)
    expect(String((await sh(sandbox, 'echo next')).stdout)).toBe('next\n')
  })
})

/** A script ends by itself, with whatever status, or at a limit. */
async function expectAnEnd(script: string, options: ScriptOptions = {}) {
  const sandbox = sandboxWith({ memoryLimitBytes: 128 << 20, timeoutMs: 2_000 })
  const began = performance.now()
  await sh(sandbox, script, options).catch((error: SandboxError) => {
    expect(['ERR_SANDBOX_MEMORY', 'ERR_SANDBOX_TIMEOUT']).toContain(error.code)
  })
  expect(performance.now() - began).toBeLessThan(2_000 + SOON_MS)
  expect(String((await sh(sandbox, 'echo next')).stdout)).toBe('next\n')
}

describe('what grows without bounds is stopped:', () => {
  const GROWING = {
    'a range of a hundred million words': 'echo {1..100000000} | wc -w',
    'a range in a loop': 'for i in {1..100000000}; do :; done',
    'a product of ranges': 'echo {1..1000}{1..1000}{1..1000} | wc -w',
    'lists that double': `echo ${'{a,b}'.repeat(40)}`,
    'a string that doubles': 'a=x; while :; do a=$a$a; done',
    'an array that doubles': 'a=(x); while :; do a+=("${a[@]}"); done',
    'arguments that double': 'f() { f "$@" "$@"; }; f x',
    'a substitution of endless output': 'x=$(yes)',
    'a glob over everything, again and again': 'shopt -s globstar; echo /**/**/**/** | wc -c',
    'a pattern with many stars': `x=$(printf '%5000s' '' | tr ' ' a); [[ $x == *a*a*a*a*a*a*a*a*b ]]`,
    'an extended pattern of repetitions': `shopt -s extglob; x=$(printf '%5000s' '' | tr ' ' a); [[ $x == +(+(+(a)))b ]]`,
    'a regular expression of repetitions': `x=$(printf '%5000s' '' | tr ' ' a); [[ $x =~ ^(a+)+$b ]]`,
    'a wide printf': 'printf "%2000000000s" x | wc -c',
  }

  test.each(Object.entries(GROWING))('%s', (_, script) => expectAnEnd(script))
})

describe('deep nesting is run or refused:', () => {
  const NESTED: Record<string, [before: string, middle: string, after: string]> = {
    groups: ['{ ', 'echo x', '; }'],
    subshells: ['( ', 'echo x', ' )'],
    conditions: ['if true; then ', 'echo x', '; fi'],
    loops: ['for i in 1; do ', 'echo x', '; done'],
    cases: ['case x in x) ', 'echo x', ';; esac'],
    functions: ['f() { ', 'echo x', '; }'],
    substitutions: ['$(', 'echo echo x', ')'],
    'quoted substitutions': ['"$(', 'echo echo x', ')"'],
    'process substitutions': ['cat <(', 'echo x', ')'],
    defaults: ['${u:-', 'x', '}'],
    arithmetic: ['$((', '1', '))'],
    'brace expansions': ['{a,', 'b', '}'],
    'here-documents': ['cat <<E\n$(', 'echo x', '\n)\nE\n'],
    conditionals: ['! ', '[[ a ]]', ''],
    parentheses: ['(', ':', ')'],
  }

  describe.each(Object.entries(NESTED))('%s', (_, [before, middle, after]) => {
    test.each([100, 10_000, 1_000_000])('%d levels', (depth) => {
      const levels = Math.min(depth, Math.floor(4_000_000 / (before.length + after.length)))
      return expectAnEnd(`${before.repeat(levels)}${middle}${after.repeat(levels)}`)
    })

    test('levels that do not close', () => expectAnEnd(before.repeat(20_000)))
  })
})

describe('a script of 10 MB', () => {
  const fill = (text: string) => text.repeat(Math.ceil(10_000_000 / text.length))
  const LONG = {
    'of commands': [`${fill('x=1\n')}echo end`, 'end\n'],
    'of functions': [`${fill('f() { if true; then echo "$1" | cat; fi; }\n')}f end`, 'end\n'],
    'of comments': [`${fill('# a comment of some length\n')}echo end`, 'end\n'],
    'of a here-document': [`cat <<'END' | wc -c\n${fill('a line of text\n')}END`, `${fill('a line of text\n').length}\n`],
    'of one word': [`x='${fill('word')}'; echo \${#x}`, '10000000\n'],
    'of a line that is continued': [`echo end ${fill('\\\n')}`, 'end\n'],
  } satisfies Record<string, [script: string, output: string]>

  test.each(Object.entries(LONG))('%s is read', async (_, [script, output]) => {
    const sandbox = sandboxWith({ workDir: directory({ script }) })
    const { exitCode, stdout } = await sh(sandbox, 'bash script')
    expect([exitCode, String(stdout)]).toEqual([0, output])
  })

  test.fails('known gap: of five million commands on one line is read', async () => {
    const sandbox = sandboxWith({ workDir: directory({ script: `${fill(':;')}echo end` }) })
    expect((await sh(sandbox, 'bash script')).exitCode).toBe(0)
  })

  test('takes ten times as long as one of 1 MB, and no more', async () => {
    const line = 'f() { if [ "$1" = x ]; then echo "${1:-none} $((1 + 2))"; fi; }\n'
    const files = { short: line.repeat(1_000_000 / line.length), long: line.repeat(10_000_000 / line.length) }
    const sandbox = sandboxWith({ workDir: directory(files) })
    const fuel = async (name: string) => (await sh(sandbox, `bash ${name}`)).usage.fuel
    expect(await fuel('long')).toBeLessThan(15 * (await fuel('short')))
  })
})
