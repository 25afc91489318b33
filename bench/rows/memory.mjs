// What a sandbox holds while it does nothing; the real side is a bash that waits for input.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { runProgram } from '../child.mjs'
import { environment } from '../contestants/real.mjs'

const IDLE_SHELLS = 50

/** The memory of idle shells, each charged with its share of the pages they have in common (Linux only). */
async function idleShells() {
  const shells = Array.from({ length: IDLE_SHELLS }, () =>
    spawn('bash', [], { env: environment, stdio: ['pipe', 'pipe', 'ignore'] }),
  )
  // A shell that has answered has finished its start, and waits again.
  for (const shell of shells) shell.stdin.write('echo\n')
  await Promise.all(shells.map((shell) => once(shell.stdout, 'data')))
  const total = shells.reduce((sum, { pid }) => {
    const [, kiB] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
    return sum + Number(kiB)
  }, 0)
  for (const shell of shells) shell.stdin.end()
  await Promise.all(shells.map((shell) => once(shell, 'close')))
  return total / IDLE_SHELLS
}

function memoryRow(name, state, context) {
  const count = context.quick ? 200 : 1000
  return {
    name,
    unit: 'KiB',
    rounds: 5,
    sides: ['ours', ...(process.platform === 'linux' ? ['real'] : []), ...context.peers],
    async open(side) {
      const workDir = context.data.small()
      const idleSandbox = async () => {
        const args = [side, context.addon, workDir, count, state]
        const { result } = await runProgram('idle.mjs', args, { nodeOptions: ['--expose-gc'] })
        return result.eachKiB
      }
      const each = side === 'real' ? idleShells : idleSandbox
      return { sample: async () => ({ values: [await each()], answers: [] }), close: async () => {} }
    },
    check: () => {},
  }
}

export const rows = (context) => [
  memoryRow('memory: idle, new', 'new', context),
  memoryRow('memory: idle, used', 'used', context),
]
