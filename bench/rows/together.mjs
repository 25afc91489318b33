// 64 sandboxes at once: how many commands a second all of them run.
import { sameAnswer } from '../command-row.mjs'
import { open } from '../contestants.mjs'

const SANDBOXES = 64

function togetherRow(name, [program, ...args], context) {
  return {
    name,
    unit: 'execs/s',
    sides: ['ours', 'real', ...context.peers],
    async open(side) {
      const workDir = context.data.small()
      const sandboxes = await Promise.all(Array.from({ length: SANDBOXES }, () => open(side, workDir, context)))
      // Each runs one command after the other until the time is over, so all of them are busy all along.
      const busy = async (sandbox, end, answers) => {
        do answers.push(await sandbox.exec(program, args))
        while (performance.now() < end)
      }
      return {
        async sample() {
          const answers = []
          const start = performance.now()
          await Promise.all(sandboxes.map((sandbox) => busy(sandbox, start + 2 * context.sampleMs, answers)))
          return { values: [answers.length / ((performance.now() - start) / 1000)], answers }
        },
        close: async () => {
          await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
        },
      }
    },
    check: sameAnswer,
  }
}

export const rows = (context) => [
  togetherRow('together: true', ['true'], context),
  togetherRow('together: grep in a file', ['grep', '-n', 'a', 'notes.txt'], context),
]
