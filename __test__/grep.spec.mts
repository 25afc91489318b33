//! A recursive grep, which searches many files in several processes: its answers are those of the machine's own grep.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { directory, root, sandboxWith } from './helpers.mts'

const { NativeSandbox } = createRequire(`${root}/`)('./binding.js')

/** GNU grep, run in a directory. */
function original(workDir: string, args: string[]) {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const { status, stdout, stderr } = spawnSync('grep', args, { cwd: workDir, env, maxBuffer: 64 << 20 })
  return { exitCode: status, stdout: stdout.toString('latin1'), stderr: String(stderr) }
}

const hasOriginal = spawnSync('grep', ['--version']).stdout?.toString().startsWith('grep (GNU grep) 3.8')

async function ours(workDir: string, args: string[]) {
  const { exitCode, stdout, stderr, usage } = await sandboxWith({ workDir }).exec('grep', args, { maxOutputBytes: 64 << 20 })
  return { answer: { exitCode, stdout: Buffer.from(stdout).toString('latin1'), stderr: String(stderr) }, usage }
}

/** A tree of this many files, most of which have matches. */
function tree(count: number): string {
  const names = ['plain', 'with space', 'line\nbreak', 'größe', '-dash']
  const files: Record<string, string | Uint8Array> = {}
  for (let at = 0; at < count; at++) {
    const name = `${names[at % names.length]}${at}.${at % 3 === 0 ? 'rs' : 'txt'}`
    const text = at % 7 === 0 ? 'nothing\n' : `one\nneedle ${at} Needle needles\ntwo needle`
    files[`src/d${at % 9}/${name}`] = at % 11 === 10 ? Buffer.concat([Buffer.from(text), Buffer.from([10, 0, 255])]) : text
  }
  const path = directory({ ...files, 'more/single': 'needle\n' })
  mkdirSync(join(path, 'src'), { recursive: true })
  return path
}

describe.skipIf(!hasOriginal)('the answer of GNU grep', () => {
  const lines = [
    ['-rn', 'needle'],
    ['-rn', 'needle', 'more/single'],
    ['-rl', 'needle', '.'],
    ['-rL', 'needle', 'src'],
    ['-rc', 'needle', 'src'],
    ['-rh', 'needle', 'src'],
    ['-ri', 'needle', 'src'],
    ['-rw', 'needle', 'src'],
    ['-ro', 'needle', 'src'],
    ['-rZl', 'needle', 'src'],
    ['-rnT', 'needle', 'src'],
    ['-rn', '--include=*.rs', 'needle', 'src'],
    ['-rn', '--exclude=*.rs', 'needle', 'src'],
    ['-rm1', 'needle', 'src'],
    ['-rb', '--color=always', 'needle', 'src'],
    ['-r', '-e', 'one', '-e', 'needle 1', 'src'],
    ['-rv', 'needle', 'src'],
    ['-ra', '\\bneedle\\b', 'src'],
    ['-rI', 'needle', 'src'],
    ['-rz', 'needle', 'src'],
    ['-rE', '(one|two)$', 'src'],
    ['-rP', 'need(?=les)', 'src'],
    ['-rF', 'needle\none', 'src'],
    ['-rf', '/dev/null', 'src'],
    ['-rnA1', 'needle', 'src'],
    ['-rq', 'needle', 'src'],
    ['-r', 'absent', 'src'],
    ['-rn', 'needle', 'missing', 'src', 'gone', 'more'],
    ['-rs', 'needle', 'missing', 'src'],
    ['-rn', '--line-buffered', 'needle', 'src', 'more/single'],
  ]
  test.each([0, 1, 64, 65, 300])('in a tree of %i files', async (count) => {
    const workDir = tree(count)
    for (const line of lines) {
      const { answer } = await ours(workDir, line)
      expect({ line, ...answer }).toEqual({ line, ...original(workDir, line) })
    }
  })

  test('with a directory loop', async () => {
    const workDir = tree(100)
    symlinkSync('..', join(workDir, 'src', 'up'))
    symlinkSync('nowhere', join(workDir, 'src', 'd3', 'broken'))
    const line = ['-Rn', 'needle', 'src']
    const { answer } = await ours(workDir, line)
    expect(answer).toEqual(original(workDir, line))
  })

  test('when each part prints more than is held', async () => {
    const text = `${'x'.repeat(99)}\n`.repeat(300)
    const workDir = directory(Object.fromEntries(Array.from({ length: 180 }, (_, at) => [`d${at % 4}/${at}`, text])))
    const line = ['-rv', 'y', '.']
    const { answer, usage } = await ours(workDir, line)
    expect(answer).toEqual(original(workDir, line))
    expect(answer.stdout.length).toBeGreaterThan(5_000_000)
    expect(usage.processes).toBe(2)
    expect(usage.peakMemoryBytes).toBeLessThan(16 << 20)
  })
})

test('a second process starts for more than 64 files', async () => {
  const processes = async (count: number, args: string[]) => (await ours(tree(count), args)).usage.processes
  expect(await processes(64, ['-r', 'needle', 'src'])).toBe(1)
  expect(await processes(65, ['-r', 'needle', 'src'])).toBe(2)
  expect(await processes(65, ['-rC1', 'needle', 'src'])).toBe(1)
  expect(await processes(65, ['-rq', 'needle', 'src'])).toBe(1)
})

test('the fuel of two processes is the same in every run', async () => {
  const workDir = tree(300)
  const fuel = async () => (await ours(workDir, ['-rn', 'needle'])).usage.fuel
  const first = await fuel()
  expect([await fuel(), await fuel(), await fuel()]).toEqual([first, first, first])
})

test('a reader that has enough ends both processes', async () => {
  const result = await new NativeSandbox({ workDir: tree(300) }).pipeline([
    ['grep', '-rn', '.', '.'],
    ['head', '-n1'],
  ], {})
  expect(String(result.stdout).split('\n').length).toBe(2)
  expect(result.exitCode).toBe(0)
})

test('the mark of a part is an unknown option to who has no turn', async () => {
  const { answer } = await ours(directory(), ['--part-of-a-recursive-search', 'x'])
  expect(answer.exitCode).toBe(2)
  expect(answer.stderr).toContain("grep: unrecognized option '--part-of-a-recursive-search'\n")
})
