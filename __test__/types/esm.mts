//! What an ES module may write, and what the compiler must refuse.
import { Sandbox, SandboxError, type ExecResult, type SandboxDiff, type SandboxErrorCode, type SandboxOptions, type Usage } from 'agent-sandbox'

const options: SandboxOptions = {
  workDir: './project',
  mounts: [{ hostPath: './docs', guestPath: '/docs', writable: false }],
  env: { LANG: 'C.UTF-8' },
  timeoutMs: 30_000,
  memoryLimitBytes: 512 << 20,
  fuelLimit: undefined,
  maxOutputBytes: 1 << 20,
  maxWrittenBytes: 1 << 30,
}

export const inMemory = new Sandbox()

export async function use(signal: AbortSignal | undefined): Promise<ExecResult> {
  await using sandbox = new Sandbox(options)
  const result = await sandbox.exec('grep', ['-rn', 'TODO', '/work'], {
    cwd: '/work',
    env: { A: '1', PATH: process.env['PATH'] },
    stdin: new Uint8Array(1),
    timeoutMs: undefined,
    signal,
    maxOutputBytes: 10,
    maxWrittenBytes: 10,
    background: 'wait',
  })
  sandbox.checkpoint()
  const { created, modified, deleted, renamed, complete }: SandboxDiff = await sandbox.diff()
  const paths: string[] = [...created, ...modified, ...deleted, ...renamed.flatMap(({ from, to }) => [from, to])]
  const whole: boolean = complete
  const stdout: Buffer = result.stdout
  const stderr: Buffer = result.stderr
  const numbers: number[] = [result.exitCode, result.stdoutBytes, result.stderrBytes, result.durationMs, ...Object.values(result.usage)]
  const flags: boolean[] = [result.stdoutTruncated, result.stderrTruncated]
  const names: string[] = Sandbox.availableTools()
  const closed: Promise<void> = sandbox.close()
  await closed
  void [stdout, stderr, numbers, flags, names, paths, whole]

  const readonlyArgs: readonly string[] = ['a']
  await sandbox.exec('echo', readonlyArgs)
  await sandbox.exec('cat', [], { stdin: Buffer.from('x') })
  await sandbox.exec('cat', undefined, { stdin: 'x' })
  return sandbox.exec('true')
}

export function explain(error: unknown): string {
  if (!(error instanceof SandboxError)) return 'not ours'
  const name: 'SandboxError' | 'AbortError' = error.name
  const code: SandboxErrorCode = error.code
  const stdout: Buffer | undefined = error.stdout
  const usage: Usage | undefined = error.usage
  const cause: unknown = error.cause
  void [name, stdout, usage, cause]
  switch (code) {
    case 'ERR_SANDBOX_TIMEOUT':
    case 'ERR_SANDBOX_ABORTED':
    case 'ERR_SANDBOX_FUEL':
    case 'ERR_SANDBOX_MEMORY':
    case 'ERR_SANDBOX_DISK':
    case 'ERR_SANDBOX_CLOSED':
    case 'ERR_SANDBOX_INVALID_OPTION':
    case 'ERR_SANDBOX_WORKDIR':
    case 'ERR_SANDBOX_IMAGE':
    case 'ERR_SANDBOX_INTERNAL':
      return code
    default: {
      const none: never = code
      return none
    }
  }
}

export function refused(sandbox: Sandbox): void {
  // @ts-expect-error: an unknown option
  new Sandbox({ workDir: '.', workdir: '.' })
  // @ts-expect-error: a number is not a path
  new Sandbox({ workDir: 1 })
  // @ts-expect-error: a mount needs a guest path
  new Sandbox({ workDir: '.', mounts: [{ hostPath: '.' }] })
  // @ts-expect-error: environment values are strings
  new Sandbox({ workDir: '.', env: { A: 1 } })
  // @ts-expect-error: arguments are a list
  void sandbox.exec('echo', 'hello')
  // @ts-expect-error: arguments are strings
  void sandbox.exec('echo', [1])
  // @ts-expect-error: a command is needed
  void sandbox.exec()
  // @ts-expect-error: a timeout is a number
  void sandbox.exec('true', [], { timeoutMs: '1s' })
  // @ts-expect-error: the memory limit belongs to the sandbox
  void sandbox.exec('true', [], { memoryLimitBytes: 1 })
  // @ts-expect-error: not a choice
  void sandbox.exec('true', [], { background: 'keep' })
  // @ts-expect-error: a controller is not a signal
  void sandbox.exec('true', [], { signal: new AbortController() })
  // @ts-expect-error: errors are made by the package
  new SandboxError('ERR_SANDBOX_TIMEOUT', 'x')
  // @ts-expect-error: not a code of ours
  const code: SandboxErrorCode = 'ERR_SANDBOX_OTHER'
  void code
}
