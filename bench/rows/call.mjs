// Small calls, one after the other: what an agent does in a loop.
import { commandRow } from '../command-row.mjs'

const COMMANDS = [
  { name: 'call: new and exec', command: ['true'], fresh: true },
  { name: 'call: true', command: ['true'], limit: { ratio: 0.03 } },
  { name: 'call: echo', command: ['echo', 'hello', 'world'] },
  { name: 'call: cat file', command: ['cat', 'notes.txt'] },
  { name: 'call: wc -l file', command: ['wc', '-l', 'notes.txt'] },
  { name: 'call: sort file', command: ['sort', 'notes.txt'] },
  { name: 'call: grep in a file', command: ['grep', '-n', 'a', 'notes.txt'] },
  { name: 'call: ls directory', command: ['ls', 'entries'] },
]

export function rows(context) {
  const workDir = () => context.data.small()
  return COMMANDS.map((row) => commandRow({ ...row, workDir }, context))
}
