// Cold start: what the first command costs a process that has run none.
import { runProgram } from '../child.mjs'

const PROGRAMS = {
  empty: () => ['empty.mjs', []],
  ours: ({ addon, data }) => ['first-exec.mjs', [addon, data.small()]],
  real: () => ['first-spawn.mjs', []],
  'just-bash': ({ data }) => ['first-peer.mjs', ['just-bash', data.small()]],
  bashkit: ({ data }) => ['first-peer.mjs', ['bashkit', data.small()]],
}

function coldStart(context) {
  return {
    name: 'start: import and first exec',
    unit: 'ms',
    limit: { ratio: 1.6 },
    rounds: 41,
    sides: ['ours', 'real', ...context.peers, 'empty'],
    less: 'empty',
    async open(side) {
      const [program, args] = PROGRAMS[side](context)
      return {
        async sample() {
          const { wallMs, result } = await runProgram(program, args)
          return { values: [wallMs], answers: [result ?? { exitCode: 0 }] }
        },
        close: async () => {},
      }
    },
    check({ exitCode }) {
      if (exitCode !== 0) throw new Error(`wrong answer: exits with ${exitCode}`)
    },
  }
}

/** A row on what a process of ours says about a part of its start, against all of it. */
function partOfStart(name, part, context, limit = {}) {
  const parts = { ours: part, start: ({ loadMs, firstMs }) => loadMs + firstMs }
  return {
    name,
    unit: 'ms',
    ...limit,
    sides: ['ours', 'start'],
    against: 'start',
    async open(side) {
      const workDir = context.data.small()
      return {
        async sample() {
          const { result } = await runProgram('first-steps.mjs', [context.addon, workDir])
          return { values: [parts[side](result)], answers: [] }
        },
        close: async () => {},
      }
    },
    check: () => {},
  }
}

export const rows = (context) => [
  coldStart(context),
  partOfStart('start: loading the addon', ({ loadMs }) => loadMs, context),
  partOfStart('start: first use', ({ firstMs, secondMs }) => firstMs - secondMs, context),
  partOfStart('start: loading the module', ({ moduleMs }) => moduleMs, context, { limit: { ratio: 0.1 } }),
]
