//! Running commands and saying what goes on: what the scripts share. Node's own modules only, as a fresh clone has no others.
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const began = performance.now()

/** Prints one line of progress, after the seconds since the start. */
export function say(text) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`[${seconds.padStart(6)} s] ${text}`)
}

/** A fault that the reader can mend: printed as it stands, without a stack. */
export class Advice extends Error {}

/** Runs `main`; an `Advice` or a failure ends the process with status 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    console.error(error instanceof Advice ? `\nerror: ${error.message}` : error)
    process.exitCode = 1
  }
}

/**
 * Runs a command in the repository. Its output passes through and, with `capture`, standard output is returned too; with
 * `quiet` it is only returned.
 */
export function run(command, args, { env, capture = false, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', capture || quiet ? 'pipe' : 'inherit', 'inherit'],
      // npm is a script there, which Windows starts only through its shell.
      shell: process.platform === 'win32' && command === 'npm',
    })
    const chunks = []
    child.stdout?.on('data', (chunk) => {
      chunks.push(chunk)
      if (!quiet) process.stdout.write(chunk)
    })
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout: Buffer.concat(chunks).toString() }))
  })
}

/** Runs a command that must succeed; `advice` says what to do when it does not. */
export async function must(command, args, advice, options) {
  let result
  try {
    result = await run(command, args, options)
  } catch (error) {
    throw new Advice(`${command} does not start (${error.code}): ${advice}`)
  }
  if (result.status !== 0) throw new Advice(`'${[command, ...args].join(' ')}' failed: ${advice}`)
  return result.stdout.trim()
}
