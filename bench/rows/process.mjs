// Processes that a process starts, one after the other.
import { openWorker } from '../child.mjs'
import { commandRow } from '../command-row.mjs'

/** One start, without what starts them all: the time of many less that of one, shared out. */
function start({ addon, data }) {
  const commands = {
    ours: (count) => ({ command: ['xargs', '-n1', '/bin/true'], stdin: 'x\n'.repeat(count) }),
    real: (count) => ({ command: [data.program('spawn'), String(count), data.program('nothing')] }),
  }
  return {
    name: 'process: start',
    unit: 'ms',
    limit: { ratio: 0.03 },
    sides: ['ours', 'real'],
    async open(side) {
      const [one, many] = [1, 500].map((count) => ({ count, ...commands[side](count) }))
      return openWorker('processes', { side, addon, workDir: data.small(), one, many })
    },
    check({ exitCode, stderr }) {
      if (exitCode !== 0) throw new Error(`wrong answer: exits with ${exitCode}: ${stderr.toString().trim()}`)
    },
  }
}

const inTurn = {
  name: 'process: 500 one after another',
  command: ['xargs', '-n', '1', '-a', 'arguments.txt', 'true'],
  real: () => ['bash', '-c', 'for i in {1..500}; do /bin/true; done'],
  limit: { ratio: 0.05 },
}

export function rows(context) {
  return [start(context), commandRow({ ...inTurn, workDir: () => context.data.words() }, context)]
}
