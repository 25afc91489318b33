// Much data in one call: the tools' own speed.
import { openWorker } from '../child.mjs'
import { commandRow } from '../command-row.mjs'

const TREE = [
  { name: 'files: grep -rn', command: ['grep', '-rn', 'TODO', 'src'], sorted: true, limit: { ratio: 1 } },
  { name: 'files: grep -rniE', command: ['grep', '-rniE', 'todo [a-f][a-m]+ ', 'src'], sorted: true },
  { name: 'files: grep -rl --include', command: ['grep', '-rl', '--include=*1.txt', 'TODO', 'src'], sorted: true },
]

const BIG = [
  { name: 'files: grep -c', command: ['grep', '-c', 'TODO', 'words.txt'] },
  { name: 'files: sort', command: ['sort', 'lines.txt'] },
  { name: 'files: wc', command: ['wc', 'words.txt'] },
  { name: 'files: cat', command: ['cat', 'words.txt'] },
]

/**
 * Reads every file to its end, as none has the string. The real side does no more than list and read; both say which
 * files they read, and end with 1, which is how grep says that no line was selected.
 */
const listAndRead = ({ data }) => ({
  name: 'files: list and read 2,000',
  command: ['grep', '-rL', 'NO-SUCH-STRING', 'src'],
  real: () => [data.program('read-tree'), 'src'],
  sorted: true,
  success: 1,
  limit: { ratio: 1.5 },
})

/** How the time of a listing grows: ten times the names, against a tenth of them. */
function listEntries({ addon, data, sampleMs }) {
  const commands = { ours: ['ls', '-U', 'many'], tenth: ['ls', '-U', 'few'] }
  return {
    name: 'files: list 100,000 entries',
    unit: 'ms',
    limit: { ratio: 12 },
    sides: ['ours', 'tenth'],
    against: 'tenth',
    open: async (side) =>
      openWorker('repeated', { side: 'ours', addon, workDir: data.entries(), command: commands[side], sampleMs }),
    check({ exitCode, stdout }) {
      if (exitCode !== 0) throw new Error(`wrong answer: exits with ${exitCode}`)
      const lines = stdout.toString('latin1').split('\n').length - 1
      const count = data.entryCount()
      if (lines !== count && lines !== count / 10) throw new Error(`wrong answer: ${lines} lines`)
    },
  }
}

export function rows(context) {
  const tree = () => context.data.tree()
  const big = () => context.data.big()
  return [
    ...TREE.map((row) => commandRow({ ...row, workDir: tree }, context)),
    commandRow({ ...listAndRead(context), workDir: tree }, context),
    ...BIG.map((row) => commandRow({ ...row, workDir: big }, context)),
    listEntries(context),
  ]
}
