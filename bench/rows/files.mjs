// Much data in one call: the tools' own speed.
import { commandRow } from '../command-row.mjs'

const TREE = [
  { name: 'files: grep -rn', command: ['grep', '-rn', 'TODO', 'src'], sorted: true },
  { name: 'files: grep -rniE', command: ['grep', '-rniE', 'todo [a-f][a-m]+ ', 'src'], sorted: true },
  { name: 'files: grep -rl --include', command: ['grep', '-rl', '--include=*1.txt', 'TODO', 'src'], sorted: true },
]

const BIG = [
  { name: 'files: grep -c', command: ['grep', '-c', 'TODO', 'words.txt'] },
  { name: 'files: sort', command: ['sort', 'lines.txt'] },
  { name: 'files: wc', command: ['wc', 'words.txt'] },
  { name: 'files: cat', command: ['cat', 'words.txt'] },
]

export function rows(context) {
  return [
    ...TREE.map((row) => commandRow({ ...row, workDir: () => context.data.tree() }, context)),
    ...BIG.map((row) => commandRow({ ...row, workDir: () => context.data.big() }, context)),
  ]
}
