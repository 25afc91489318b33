//! What guests see of the host's files: the work directory and the mounts, and nothing else.
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Sandbox } from 'agent-sandbox'
import { directory, sandboxWith } from './helpers.mts'

test('the work directory is the same on both sides', async () => {
  const workDir = directory({ 'from-host': 'host\n' })
  const sandbox = sandboxWith({ workDir })
  expect(String((await sandbox.exec('cat', ['/work/from-host'])).stdout)).toBe('host\n')
  await sandbox.exec('tee', ['/work/from-guest'], { stdin: 'guest\n' })
  expect(readFileSync(join(workDir, 'from-guest'), 'utf8')).toBe('guest\n')
  await sandbox.exec('rm', ['from-host'])
  expect(existsSync(join(workDir, 'from-host'))).toBe(false)
  writeFileSync(join(workDir, 'later'), 'later\n')
  expect(String((await sandbox.exec('cat', ['later'])).stdout)).toBe('later\n')
})

test('without a work directory, /work is in memory and starts empty', async () => {
  const sandbox = new Sandbox()
  onTestFinished(() => sandbox.close())
  expect(String((await sandbox.exec('ls', ['/work'])).stdout)).toBe('')
  await sandbox.exec('tee', ['file'], { stdin: 'x\n' })
  expect(String((await sandbox.exec('cat', ['/work/file'])).stdout)).toBe('x\n')
})

test('a relative work directory is taken from the directory of the process', async () => {
  const workDir = directory({ file: 'x\n' })
  const sandbox = sandboxWith({ workDir: relative(process.cwd(), workDir) })
  expect(String((await sandbox.exec('cat', ['file'])).stdout)).toBe('x\n')
})

test('names beyond ASCII are the same on both sides', async () => {
  const workDir = directory({ 'grüße 漢字.txt': 'x\n' })
  const sandbox = sandboxWith({ workDir })
  expect(String((await sandbox.exec('ls')).stdout)).toBe('grüße 漢字.txt\n')
  expect(String((await sandbox.exec('cat', ['grüße 漢字.txt'])).stdout)).toBe('x\n')
})

test('file names are bytes, and survive every way in and out', async () => {
  const texts = ['plain', 'new\nline', ' ', '-n', "it's", '\xff\xfe\x80', '\xc0\xaf', 'caf\xe9', '\x01\x1b[31m', '\\', '*?[']
  const names = texts.map((text) => Buffer.from(text, 'latin1'))
  const sorted = (list: Buffer[]) => list.map((name) => name.toString('latin1')).sort()
  const workDir = directory({ 'from/keep': '' })
  const below = (folder: string, name: Buffer) => Buffer.concat([Buffer.from(`${workDir}/${folder}/`), name])
  for (const name of names) writeFileSync(below('from', name), name)
  const sandbox = sandboxWith({ workDir })
  const listed = await sandbox.exec('ls', ['--zero', 'from'])
  const zero = listed.stdout.toString('latin1').split('\0').slice(0, -1)
  expect(zero.sort()).toEqual(sorted([...names, Buffer.from('keep')]))
  for (const args of [['-r', 'from', '/tmp/there'], ['-r', '/tmp/there', 'to']]) {
    const { exitCode, stderr } = await sandbox.exec('cp', args)
    expect([exitCode, String(stderr)]).toEqual([0, ''])
  }
  const arguments_ = Buffer.concat(names.flatMap((name) => [Buffer.from('./'), name, Buffer.from('\0')]))
  const removed = await sandbox.exec('xargs', ['-0', 'rm'], { cwd: '/work/from', stdin: arguments_ })
  expect([removed.exitCode, String(removed.stderr)]).toEqual([0, ''])
  expect(readdirSync(join(workDir, 'from'))).toEqual(['keep'])
  expect(sorted(readdirSync(join(workDir, 'to'), { encoding: 'buffer' }))).toEqual(sorted([...names, Buffer.from('keep')]))
  for (const name of names) expect(readFileSync(below('to', name))).toEqual(name)
})

test('a mount is read-only unless it is writable', async () => {
  const docs = directory({ 'a.md': 'docs\n' })
  const out = directory()
  const sandbox = sandboxWith({
    mounts: [
      { hostPath: docs, guestPath: '/docs' },
      { hostPath: out, guestPath: '/deep/below/out', writable: true },
    ],
  })
  expect(String((await sandbox.exec('cat', ['/docs/a.md'])).stdout)).toBe('docs\n')
  const attempts: [string, string[], string][] = [
    ['touch', ['/docs/new'], "touch: cannot touch '/docs/new': Read-only file system\n"],
    ['rm', ['/docs/a.md'], "rm: cannot remove '/docs/a.md': Read-only file system\n"],
    ['mkdir', ['/docs/new'], "mkdir: cannot create directory ‘/docs/new’: Read-only file system\n"],
    ['tee', ['/docs/a.md'], 'tee: /docs/a.md: Read-only file system\n'],
  ]
  for (const [command, args, message] of attempts) {
    const { exitCode, stderr } = await sandbox.exec(command, args)
    expect([command, exitCode, String(stderr)]).toEqual([command, 1, message])
  }
  expect(readFileSync(join(docs, 'a.md'), 'utf8')).toBe('docs\n')
  expect(existsSync(join(docs, 'new'))).toBe(false)

  expect((await sandbox.exec('cp', ['/docs/a.md', '/deep/below/out/b.md'])).exitCode).toBe(0)
  expect(readFileSync(join(out, 'b.md'), 'utf8')).toBe('docs\n')
})

test('mounts show up in the directories above them', async () => {
  const sandbox = sandboxWith({ mounts: [{ hostPath: directory(), guestPath: '/data/docs' }] })
  expect(String((await sandbox.exec('ls', ['/'])).stdout).split('\n')).toEqual(expect.arrayContaining(['data', 'work']))
  expect(String((await sandbox.exec('ls', ['/data'])).stdout)).toBe('docs\n')
})

test('a mount inside the work directory lies over it', async () => {
  const workDir = directory({ 'vendor/under': 'x' })
  const vendor = directory({ over: 'y' })
  const sandbox = sandboxWith({ workDir, mounts: [{ hostPath: vendor, guestPath: '/work/vendor' }] })
  expect(String((await sandbox.exec('ls', ['vendor'])).stdout)).toBe('over\n')
})

test('a symlink that leads out of the work directory does not open', async () => {
  const outside = directory({ secret: 'host secret\n' })
  const workDir = directory()
  symlinkSync(join(outside, 'secret'), join(workDir, 'absolute'))
  symlinkSync(`../${basename(outside)}/secret`, join(workDir, 'relative'))
  symlinkSync(outside, join(workDir, 'folder'))
  symlinkSync(join(outside, 'planted'), join(workDir, 'dangling'))
  const sandbox = sandboxWith({ workDir })
  for (const name of ['absolute', 'relative', 'folder/secret', 'folder/../secret']) {
    const { exitCode, stdout } = await sandbox.exec('cat', [name])
    expect([name, exitCode, String(stdout)]).toEqual([name, 1, ''])
  }
  for (const name of ['absolute', 'relative', 'folder/planted', 'dangling']) {
    const { exitCode } = await sandbox.exec('tee', [name], { stdin: 'overwritten' })
    expect([name, exitCode]).toEqual([name, 1])
  }
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('host secret\n')
  expect(existsSync(join(outside, 'planted'))).toBe(false)
})

test('a symlink that a guest makes leads out no more than one of the host', async () => {
  const outside = directory({ secret: 'host secret\n' })
  const sandbox = sandboxWith()
  await sandbox.exec('ln', ['-s', join(outside, 'secret'), 'link'])
  const { exitCode, stdout } = await sandbox.exec('cat', ['link'])
  expect([exitCode, String(stdout)]).toEqual([1, ''])
})

test('a symlink within the work directory opens', async () => {
  const workDir = directory({ 'sub/file': 'x\n' })
  symlinkSync('sub/file', join(workDir, 'relative'))
  symlinkSync('../sub', join(workDir, 'sub', 'around'))
  const sandbox = sandboxWith({ workDir })
  expect(String((await sandbox.exec('cat', ['relative', 'sub/around/file'])).stdout)).toBe('x\nx\n')
})

test('.. does not lead out of the work directory', async () => {
  const workDir = directory()
  const outside = directory({ secret: 'host secret\n' })
  const sandbox = sandboxWith({ workDir })
  const up = '../'.repeat(20)
  for (const path of [`../${basename(outside)}/secret`, `${up}${outside.slice(1)}/secret`, join(outside, 'secret')]) {
    const { exitCode, stdout } = await sandbox.exec('cat', [path])
    expect([path, exitCode, String(stdout)]).toEqual([path, 1, ''])
  }
  await sandbox.exec('touch', [`../planted-${basename(workDir)}`])
  expect(existsSync(join(workDir, '..', `planted-${basename(workDir)}`))).toBe(false)
})

test('two sandboxes share nothing', async () => {
  const [one, two] = [sandboxWith({ env: { A: '1' } }), sandboxWith()]
  await one.exec('touch', ['/work/mine', '/tmp/mine'])
  expect((await two.exec('ls', ['/work/mine'])).exitCode).toBe(2)
  expect((await two.exec('ls', ['/tmp/mine'])).exitCode).toBe(2)
  expect((await two.exec('printenv', ['A'])).exitCode).toBe(1)
  await one.close()
  expect((await two.exec('true')).exitCode).toBe(0)
})

test('the host is out of sight', async () => {
  const sandbox = sandboxWith()
  for (const path of ['/etc/shadow', '/root', '/usr/lib', '/proc/1', '/sys', process.execPath]) {
    expect([path, (await sandbox.exec('ls', [path])).exitCode]).toEqual([path, 2])
  }
})

test('a work directory that is deleted gives errors, not a crash', async () => {
  const workDir = directory()
  mkdirSync(join(workDir, 'inner'))
  const sandbox = sandboxWith({ workDir: join(workDir, 'inner') })
  await sandboxWith({ workDir }).exec('rmdir', ['inner'])
  const { exitCode } = await sandbox.exec('cat', ['/work/file'])
  expect(exitCode).toBe(1)
})
