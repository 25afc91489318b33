// Runs one of bench/programs in a fresh Node process.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `wallMs` from the start to the end of the process, and what it printed as JSON (undefined when nothing). */
export function runProgram(name, args, { nodeOptions = [] } = {}) {
  const program = fileURLToPath(new URL(`programs/${name}`, import.meta.url))
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, [...nodeOptions, program, ...args.map(String)], {
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
      if (code !== 0) reject(new Error(`${name} ended with ${signal ?? `status ${code}`}: ${stderr.trim()}`))
      else resolve({ wallMs, result: stdout === '' ? undefined : JSON.parse(stdout) })
    })
  })
}
