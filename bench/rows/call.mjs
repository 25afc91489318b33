// Small calls, one after the other: what an agent does in a loop.
import { commandRow, sameAnswer } from '../command-row.mjs'
import { open } from '../contestants.mjs'
import { repeated } from '../measure.mjs'

const COMMANDS = [
  { name: 'call: true', command: ['true'], limit: { ratio: 0.05 } },
  { name: 'call: echo', command: ['echo', 'hello', 'world'] },
  { name: 'call: cat file', command: ['cat', 'notes.txt'] },
  { name: 'call: wc -l file', command: ['wc', '-l', 'notes.txt'] },
  { name: 'call: sort file', command: ['sort', 'notes.txt'] },
  { name: 'call: grep in a file', command: ['grep', '-n', 'a', 'notes.txt'] },
  { name: 'call: ls directory', command: ['ls', 'entries'] },
]

function newAndExec(context) {
  return {
    name: 'call: new and exec',
    unit: 'ms',
    sides: ['ours', 'real', ...context.peers],
    async open(side) {
      const workDir = context.data.small()
      const call = async () => {
        const contestant = await open(side, workDir, context)
        const answer = await contestant.exec('true', [])
        await contestant.close()
        return answer
      }
      return { sample: repeated(call, context.sampleMs), close: async () => {} }
    },
    check: sameAnswer,
  }
}

export function rows(context) {
  const workDir = () => context.data.small()
  return [newAndExec(context), ...COMMANDS.map((row) => commandRow({ ...row, workDir }, context))]
}
