//! The shell does what bash did when the cases in `__test__/cases` were recorded.
import { chmodSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { format, parse, shown, type Case } from '../scripts/cases/format.mjs'
import { directory, sandboxWith } from './helpers.mts'
import { sh } from './shell.mts'

const FOLDER = join(import.meta.dirname, 'cases')
const TIMEOUT_MS = 10_000

async function run({ script, args, env, stdin, files }: Case) {
  const workDir = directory(Object.fromEntries(files.map(({ path, content }) => [path, Buffer.from(content, 'latin1')])))
  for (const { path, mode } of files) chmodSync(join(workDir, path), parseInt(mode ?? '644', 8))
  const sandbox = sandboxWith({ workDir, timeoutMs: TIMEOUT_MS })
  return sh(sandbox, script, { args, env, stdin: Buffer.from(stdin, 'latin1') })
}

const text = (bytes: Buffer) => shown(bytes.toString('latin1'))

async function check(one: Case) {
  const { exitCode, stdout, stderr } = await run(one)
  const { result } = one
  const wanted = { stdout: shown(result.stdout), status: result.status }
  // Standard error is seen when something else is wrong, even where it is not compared.
  const fine = text(stdout) === wanted.stdout && exitCode === wanted.status
  const errors = result.stderr === undefined ? (fine ? {} : { stderr: '(not compared)' }) : { stderr: shown(result.stderr) }
  const seen = { stdout: text(stdout), status: exitCode, ...('stderr' in errors ? { stderr: text(stderr) } : {}) }
  expect(seen).toEqual({ ...wanted, ...errors })
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.cases'))) {
  const content = readFileSync(join(FOLDER, name), 'utf8')
  const file = parse(content, name)
  describe(name.replace('.cases', ''), () => {
    test('the file is as the recorder wrote it', () => expect(content).toBe(format(file, file.recordedWith ?? 'nothing')))

    for (const one of file.cases) {
      if (one.gap === undefined) test(one.name, () => check(one))
      else test.fails(`known gap: ${one.name} (${one.gap})`, () => check(one))
    }
  })
}
