// Runs bench/programs in Node processes of their own.
// The process that measures never loads the addon: what it maps makes every later spawn slower, the real tools' too.
import { fork, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const path = (program) => fileURLToPath(new URL(`programs/${program}`, import.meta.url))

/** How a process ended, and the line of an uncaught error that names it. */
function ending(program, code, signal, stderr) {
  const message = stderr.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? stderr.trim()
  return new Error(`${program} ended with ${signal ?? `status ${code}`}: ${message}`)
}

/** `wallMs` from the start to the end of the process, and what it printed as JSON (undefined when nothing). */
export function runProgram(program, args, { nodeOptions = [] } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, [...nodeOptions, path(program), ...args.map(String)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let wallMs
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('error', reject)
    child.on('exit', () => (wallMs = performance.now() - start))
    child.on('close', (code, signal) => {
      if (code !== 0) reject(ending(program, code, signal, stderr))
      else resolve({ wallMs, result: stdout === '' ? undefined : JSON.parse(stdout) })
    })
  })
}

/** A side of a row whose samples are taken in a process that lasts as long as the row. */
export async function openWorker(sampler, settings) {
  const child = fork(path('worker.mjs'), [sampler, JSON.stringify(settings)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += chunk))

  const ask = (step) =>
    new Promise((resolve, reject) => {
      const onMessage = ({ done, failed }) => {
        child.off('close', onClose)
        if (failed === undefined) resolve(done)
        else reject(new Error(failed))
      }
      const onClose = (code, signal) => {
        child.off('message', onMessage)
        reject(ending(`the worker for '${sampler}'`, code, signal, stderr))
      }
      child.once('message', onMessage)
      child.once('close', onClose)
      if (child.connected) child.send(step)
      else onClose(child.exitCode, child.signalCode)
    })

  const ended = new Promise((resolve) => child.once('close', resolve))
  const close = async () => {
    await ask('close')
    await ended
  }
  try {
    await ask('open')
  } catch (error) {
    child.kill()
    throw error
  }
  return { sample: () => ask('sample'), close }
}
