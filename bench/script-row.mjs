// A row on a script, which every contestant's shell runs: bash on the real side.
import { openWorker } from './child.mjs'
import { sameAnswer } from './command-row.mjs'

/** `workDir` is called when the row starts: data nobody asked for is not made. */
export function scriptRow({ name, script, workDir, limit, rounds }, { addon, peers, sampleMs }) {
  return {
    name,
    unit: 'ms',
    limit,
    rounds,
    sides: ['ours', 'real', ...peers],
    open: async (side) => openWorker('scripts', { side, addon, workDir: workDir(), script, sampleMs }),
    check: sameAnswer,
  }
}
