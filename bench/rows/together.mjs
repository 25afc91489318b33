// 64 sandboxes at once: how many commands a second all of them run.
import { openWorker } from '../child.mjs'
import { sameAnswer } from '../command-row.mjs'

const COMMANDS = [
  { name: 'together: true', command: ['true'], limit: { ratioFrom: 50 } },
  { name: 'together: grep in a file', command: ['grep', '-n', 'a', 'notes.txt'] },
]

export function rows({ addon, data, peers, sampleMs }) {
  return COMMANDS.map(({ name, command, limit }) => ({
    name,
    unit: 'execs/s',
    limit,
    sides: ['ours', 'real', ...peers],
    open: (side) => openWorker('together', { side, addon, workDir: data.small(), command, sampleMs, count: 64 }),
    check: sameAnswer,
  }))
}
