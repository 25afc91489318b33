// The peer `just-bash`: a shell and its tools written in TypeScript, over a mount of the real directory.
import { Bash, MountableFs, ReadWriteFs } from 'just-bash'
import { quote } from './quote.mjs'

const LARGE = 2 ** 31 - 1

export async function open(workDir) {
  // A shell of its own lays out /bin, /dev and /tmp; the real directory is mounted over that.
  const fs = new MountableFs({ base: new Bash().fs })
  fs.mount('/work', new ReadWriteFs({ root: workDir, maxFileReadSize: LARGE }))
  const executionLimits = {
    maxInputBytes: LARGE,
    maxLiveBytes: LARGE,
    maxOutputSize: LARGE,
    maxStringLength: LARGE,
    maxTraversalWork: LARGE,
    maxWorkUnits: LARGE,
  }
  const bash = new Bash({ fs, cwd: '/work', env: { LANG: 'C.UTF-8', TZ: 'UTC' }, executionLimits })
  const sh = async (script) => {
    const { exitCode, stdout, stderr } = await bash.exec(script)
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }
  }
  return {
    exec: (command, args) => sh(quote(command, args)),
    sh,
    close: async () => {},
  }
}
