//! The addon in other places than a main thread that waits: workers, children that exit, processes short of address space.
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { directory, root, runProgram } from './helpers.mts'

const INDEX = pathToFileURL(join(root, 'index.js')).href
const IMPORT = `const { Sandbox } = await import(${JSON.stringify(INDEX)});`

/** Runs a module in a Node process of its own. */
const runNode = (code: string, workDir = directory()) =>
  runProgram(process.execPath, ['--input-type=module', '--eval', `${IMPORT}\n${code}`], { cwd: workDir })

/** Runs a script in a worker; resolves with its first message. Its exit may come in the same turn as that. */
async function runWorker(code: string): Promise<{ worker: Worker; message: unknown; exited: Promise<unknown[]> }> {
  const worker = new Worker(
    `(async () => {
      const { parentPort, workerData } = require('node:worker_threads')
      const { Sandbox } = require(workerData.index)
      const sandbox = new Sandbox({ workDir: workerData.workDir })
      ${code}
    })()`,
    { eval: true, workerData: { index: join(root, 'index.js'), workDir: directory() } },
  )
  const exited = once(worker, 'exit')
  const [message] = await once(worker, 'message')
  return { worker, message, exited }
}

test('four workers at once run commands, and end', async () => {
  const code = `
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => sandbox.exec('echo', [String(index)])))
    parentPort.postMessage(results.map((result) => String(result.stdout)).join(''))`
  const expected = Array.from({ length: 50 }, (_, index) => `${index}\n`).join('')
  const workers = await Promise.all(Array.from({ length: 4 }, () => runWorker(code)))
  for (const { worker, message } of workers) {
    expect(message).toBe(expected)
    await worker.terminate()
  }
})

test('a worker that ends by itself is not held up', async () => {
  const { message, exited } = await runWorker(`
    parentPort.postMessage((await sandbox.exec('true')).exitCode)`)
  expect(message).toBe(0)
  expect(await exited).toEqual([0])
})

test('a worker that is terminated while commands run takes nothing down', async () => {
  const { worker } = await runWorker(`
    for (let index = 0; index < 10; index++) sandbox.exec('yes').catch(() => {})
    setImmediate(() => parentPort.postMessage('running'))`)
  await worker.terminate()
  const { message } = await runWorker(`parentPort.postMessage(String((await sandbox.exec('echo', ['alive'])).stdout))`)
  expect(message).toBe('alive\n')
})

test('a process may exit while commands run', async () => {
  const began = performance.now()
  const result = await runNode(`
    const sandbox = new Sandbox({ workDir: '.' });
    for (let index = 0; index < 10; index++) sandbox.exec(index % 2 ? 'yes' : 'sleep', ['1000']).catch(() => {});
    setTimeout(() => { console.log('leaving'); process.exit(0) }, 100);`)
  expect(result).toEqual({ status: 0, stdout: 'leaving\n', stderr: '' })
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('a process stays until its commands have ended, and no longer', async () => {
  const result = await runNode(`
    const sandbox = new Sandbox({ workDir: '.' });
    sandbox.exec('echo', ['done']).then(({ stdout }) => process.stdout.write(stdout));`)
  expect(result).toEqual({ status: 0, stdout: 'done\n', stderr: '' })
})

test('a process that ends by an exception shows it, while commands run', async () => {
  const result = await runNode(`
    const sandbox = new Sandbox({ workDir: '.', timeoutMs: 60_000 });
    sandbox.exec('yes').catch(() => {});
    setTimeout(() => { throw new Error('the exception of the user') }, 50);`)
  expect(result.status).toBe(1)
  expect(result.stderr).toContain('Error: the exception of the user')
})

test('a rejection that nobody handles names its code', async () => {
  const result = await runNode(`
    const sandbox = new Sandbox({ workDir: '.', timeoutMs: 20 });
    sandbox.exec('yes', [], { maxOutputBytes: 4 });`)
  expect(result.status).toBe(1)
  expect(result.stderr).toContain("code: 'ERR_SANDBOX_TIMEOUT'")
})

test('a process short of address space runs commands all the same', async () => {
  // Enough for Node, too little for the pool of instances, which reserves address space for a thousand of them.
  const kibibytes = 16 << 20
  const code = `${IMPORT}
    const sandbox = new Sandbox({ workDir: '.' });
    for (const word of ['one', 'two', 'three']) process.stdout.write((await sandbox.exec('echo', [word])).stdout);
    await sandbox.close();`
  const shell = `ulimit -v ${kibibytes} && exec "$0" --input-type=module --eval "$1"`
  const result = await runProgram('bash', ['-c', shell, process.execPath, code], { cwd: directory() })
  expect(result).toEqual({ status: 0, stdout: 'one\ntwo\nthree\n', stderr: '' })
})
