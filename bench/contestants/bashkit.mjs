// The peer `@everruns/bashkit`: a shell and its tools written in Rust, over a mount of the real directory.
import { Bash } from '@everruns/bashkit'
import { quote } from './quote.mjs'

const LARGE = 2 ** 31 - 1

export async function open(workDir) {
  const bash = new Bash({
    cwd: '/work',
    env: { LANG: 'C.UTF-8', TZ: 'UTC' },
    mounts: [{ path: '/work', root: workDir }],
    allowedMountPaths: [workDir],
    profile: 'Interactive',
    maxCommands: LARGE,
    maxMemory: LARGE,
    maxStdoutBytes: LARGE,
    timeoutMs: 600_000,
  })
  const sh = async (script) => {
    const { exitCode, stdout, stderr } = await bash.execute(script)
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  }
  return {
    exec: (command, args) => sh(quote(command, args)),
    sh,
    close: async () => {},
  }
}
