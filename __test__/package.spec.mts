//! The package as users get it: packed, installed, imported each way, and what it says when a file is missing.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { root, runProgram } from './helpers.mts'

const USE = `
const sandbox = new Sandbox({ workDir: '.' })
const { exitCode, stdout } = await sandbox.exec('grep', ['-rn', 'TODO', '/work/notes.txt'])
console.log(exitCode, stdout.toString().trimEnd(), new SandboxError('x', 'y') instanceof Error)
await sandbox.close()
`
const EXPECTED = '0 1:TODO: write true\n'

/** A project of a user, with the packed package installed without a network. */
let project: string
const installed = (name: string) => join(project, 'node_modules', 'agent-sandbox', name)

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'agent-sandbox-package-'))
  const npm = (args: string[]) => runProgram('npm', [...args, '--loglevel=error'], { cwd: project })
  const packed = await npm(['pack', root, '--json'])
  expect([packed.status, packed.stderr]).toEqual([0, ''])
  const [{ filename }] = JSON.parse(packed.stdout)
  writeFileSync(join(project, 'package.json'), '{"name": "user", "private": true}')
  const added = await npm(['install', `./${filename}`, '--offline', '--no-audit', '--no-fund'])
  expect([added.status, added.stderr]).toEqual([0, ''])
  writeFileSync(join(project, 'notes.txt'), 'TODO: write\n')
  return () => rmSync(project, { recursive: true, force: true })
})

const runInProject = (file: string, code: string) => {
  writeFileSync(join(project, file), code)
  return runProgram(process.execPath, [file], { cwd: project })
}

describe('the packed package', () => {
  test('holds what it needs and nothing else', () => {
    const names = readdirSync(installed('.')).map((name) => name.replace(/\.[a-z0-9]+-[a-z0-9-]+\./, '.PLATFORM.'))
    expect(names.sort()).toEqual([
      'LICENSE',
      'README.md',
      'agent-sandbox.PLATFORM.cwasm',
      'agent-sandbox.PLATFORM.node',
      'binding.d.ts',
      'binding.js',
      'index.d.ts',
      'index.js',
      'package.json',
    ])
  })

  test('runs the example of the README as it stands', async () => {
    const example = /```js\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''
    const { status, stdout, stderr } = await runInProject('readme.mjs', example)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^0\n/)
    expect(stdout.split('\n')).toContain('/work/notes.txt:1:TODO: write')
    expect(stdout).toMatch(/\n[\d.]+ \d+ \d+\n$/)
  })

  test('is imported by an ES module', async () => {
    const result = await runInProject('esm.mjs', `import { Sandbox, SandboxError } from 'agent-sandbox'${USE}`)
    expect(result).toEqual({ status: 0, stdout: EXPECTED, stderr: '' })
  })

  test('is required by CommonJS', async () => {
    const code = `const { Sandbox, SandboxError } = require('agent-sandbox')\n;(async () => {${USE}})()`
    expect(await runInProject('commonjs.cjs', code)).toEqual({ status: 0, stdout: EXPECTED, stderr: '' })
  })

  test('is one module, however it is loaded', async () => {
    const code = `
      import { createRequire } from 'node:module'
      import * as named from 'agent-sandbox'
      const required = createRequire(import.meta.url)('agent-sandbox')
      console.log(Object.keys(named).sort().join(), named.Sandbox === required.Sandbox, named.default === required)`
    const result = await runInProject('both.mjs', code)
    expect(result.stdout).toBe('Sandbox,SandboxError,default,module.exports true true\n'.replace(process.versions.node.startsWith('20.') ? ',module.exports' : '', ''))
  })

  test('is typed for TypeScript, strict, as an ES module and as CommonJS', async () => {
    mkdirSync(join(project, 'node_modules', '@types'), { recursive: true })
    symlinkSync(join(root, 'node_modules', '@types', 'node'), join(project, 'node_modules', '@types', 'node'))
    const code = (load: string) => `${load}
      async function main(): Promise<number> {
        await using sandbox = new Sandbox({ workDir: '.' })
        const { exitCode, stdout } = await sandbox.exec('echo', ['typed'])
        process.stdout.write(stdout)
        return exitCode
      }
      void main()`
    writeFileSync(join(project, 'typed.mts'), code("import { Sandbox } from 'agent-sandbox'"))
    writeFileSync(join(project, 'typed.cts'), code("import { Sandbox } from 'agent-sandbox'"))
    const options = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,esnext.disposable']
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const compiled = await runProgram(process.execPath, [tsc, ...options, '--types', 'node', 'typed.mts', 'typed.cts'], { cwd: project })
    expect(compiled).toEqual({ status: 0, stdout: '', stderr: '' })
    for (const file of ['typed.mjs', 'typed.cjs']) {
      const result = await runProgram(process.execPath, [file], { cwd: project })
      expect(result).toEqual({ status: 0, stdout: 'typed\n', stderr: '' })
    }
  })
})

describe('an installation that is broken', () => {
  const CODE = `
    import { Sandbox, SandboxError } from 'agent-sandbox'
    try { await new Sandbox({ workDir: '.' }).exec('true') } catch (error) {
      console.log(error instanceof SandboxError, error.code, error.message)
    }`

  /** Runs the code over a copy of the package that was changed first. */
  async function broken(change: (folder: string) => void) {
    const folder = mkdtempSync(join(tmpdir(), 'agent-sandbox-broken-'))
    try {
      cpSync(installed('.'), join(folder, 'node_modules', 'agent-sandbox'), { recursive: true })
      change(join(folder, 'node_modules', 'agent-sandbox'))
      writeFileSync(join(folder, 'use.mjs'), CODE)
      const { status, stdout, stderr } = await runProgram(process.execPath, ['use.mjs'], { cwd: folder })
      expect([status, stderr]).toEqual([0, ''])
      return stdout
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const find = (folder: string, extension: string) =>
    join(folder, readdirSync(folder).find((name) => name.endsWith(extension)) ?? 'none')

  test('without its addon says what to do', async () => {
    const message = await broken((folder) => rmSync(find(folder, '.node')))
    expect(message).toMatch(/^true ERR_SANDBOX_IMAGE the native addon for \S+ cannot be loaded: reinstall agent-sandbox/)
  })

  test('without its precompiled toolbox says what to do', async () => {
    const message = await broken((folder) => rmSync(find(folder, '.cwasm')))
    expect(message).toMatch(/^true ERR_SANDBOX_IMAGE .*\.cwasm/)
    expect(message).toMatch(/reinstall|npm run build/)
  })

  test.each([
    ['is empty', () => Buffer.alloc(0)],
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['is something else', () => Buffer.from('#!/bin/sh\n')],
    ['is of another build', (bytes: Buffer) => otherBuild(bytes)],
  ])('whose precompiled toolbox %s says what to do', async (_, change) => {
    const message = await broken((folder) => {
      const path = find(folder, '.cwasm')
      writeFileSync(path, change(readFileSync(path)))
    })
    expect(message).toMatch(/^true ERR_SANDBOX_IMAGE .*\.cwasm/)
    expect(message).toMatch(/reinstall|npm run build/)
  })
})

/** The module with another fingerprint, which is the end of the file. */
function otherBuild(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes)
  changed[changed.length - 1] = changed[changed.length - 1]! ^ 1
  return changed
}
