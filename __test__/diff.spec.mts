//! `diff()` and `checkpoint()`: what commands have changed.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directory, failure, sandboxWith, thrown } from './helpers.mts'

const NOTHING = { created: [], modified: [], deleted: [], renamed: [], complete: true }

test('a new sandbox has changed nothing, whatever is in its directories', async () => {
  const sandbox = sandboxWith({ workDir: directory({ 'a/b': 'x' }) })
  expect(await sandbox.diff()).toEqual(NOTHING)
  await sandbox.exec('grep', ['-r', 'x', '.'])
  expect(await sandbox.diff()).toEqual(NOTHING)
})

test('each kind of change is listed under its path', async () => {
  const workDir = directory({ keep: '1', change: '1', gone: '1', old: '1', 'dir/inner': '1' })
  const sandbox = sandboxWith({ workDir })
  await sandbox.exec('tee', ['change', 'new', '/tmp/note'], { stdin: '2' })
  await sandbox.exec('rm', ['gone'])
  await sandbox.exec('mv', ['old', 'moved'])
  await sandbox.exec('mv', ['dir', 'folder'])
  await sandbox.exec('mkdir', ['-p', 'deep/er'])
  expect(await sandbox.diff()).toEqual({
    created: ['/tmp/note', '/work/deep', '/work/deep/er', '/work/new'],
    modified: ['/work/change'],
    deleted: ['/work/gone'],
    renamed: [
      { from: '/work/dir', to: '/work/folder' },
      { from: '/work/old', to: '/work/moved' },
    ],
    complete: true,
  })
  expect(readFileSync(join(workDir, 'folder', 'inner'), 'utf8')).toBe('1')
})

test('what was undone is no change, and a checkpoint begins anew', async () => {
  const sandbox = sandboxWith({ workDir: directory({ a: '1' }) })
  await sandbox.exec('touch', ['b'])
  await sandbox.exec('rm', ['b'])
  await sandbox.exec('mv', ['a', 'c'])
  await sandbox.exec('mv', ['c', 'a'])
  expect(await sandbox.diff()).toEqual(NOTHING)
  await sandbox.exec('touch', ['d'])
  sandbox.checkpoint()
  expect(await sandbox.diff()).toEqual(NOTHING)
  await sandbox.exec('rm', ['d'])
  expect(await sandbox.diff()).toEqual({ ...NOTHING, deleted: ['/work/d'] })
})

test('a file that is replaced by one renamed over it is modified', async () => {
  const sandbox = sandboxWith({ workDir: directory({ config: 'old' }) })
  await sandbox.exec('tee', ['config.tmp'], { stdin: 'new' })
  await sandbox.exec('mv', ['config.tmp', 'config'])
  expect(await sandbox.diff()).toEqual({ ...NOTHING, modified: ['/work/config'] })
})

test('changes of the host and of other sandboxes are not seen', async () => {
  const workDir = directory()
  const [one, other] = [sandboxWith({ workDir }), sandboxWith({ workDir })]
  writeFileSync(join(workDir, 'from-host'), '')
  await other.exec('touch', ['from-other'])
  expect(await one.diff()).toEqual(NOTHING)
  expect(await other.diff()).toEqual({ ...NOTHING, created: ['/work/from-other'] })
})

test('a closed sandbox has none', async () => {
  const sandbox = sandboxWith()
  await sandbox.close()
  expect(await failure(sandbox.diff()).then(({ code }) => code)).toBe('ERR_SANDBOX_CLOSED')
  expect(thrown(() => sandbox.checkpoint()).code).toBe('ERR_SANDBOX_CLOSED')
})
