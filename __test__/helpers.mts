//! What the specs share: work directories and sandboxes that go away with their test, and ways to look at a process.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { onTestFinished } from 'vitest'
import { Sandbox, SandboxError, type SandboxOptions } from 'agent-sandbox'

export const root = dirname(import.meta.dirname)

/** A new directory with these files. */
export function directory(files: Record<string, string | Uint8Array> = {}): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'agent-sandbox-')))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}

/** A new sandbox, over a new directory unless one is given. */
export function sandboxWith(options: Partial<SandboxOptions> = {}): Sandbox {
  const sandbox = new Sandbox({ workDir: options.workDir ?? directory(), ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** The error that a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<SandboxError> {
  const error = await call.then(
    (value) => new Error(`resolved with ${inspect(value)}`),
    (reason: unknown) => reason,
  )
  if (error instanceof SandboxError) return error
  throw error
}

/** The error that a function throws. */
export function thrown(call: () => unknown): SandboxError {
  try {
    call()
  } catch (error) {
    if (error instanceof SandboxError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Runs a program to its end. */
export async function runProgram(command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { status, ...output }
}

/** What this process holds of the machine. Linux only, as is the `/proc` it reads. */
export function holdings() {
  const status = readFileSync('/proc/self/status', 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    residentKiB: field('VmRSS'),
    threads: field('Threads'),
    fileDescriptors: readdirSync('/proc/self/fd').length,
  }
}
