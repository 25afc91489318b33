// The longest gap in the event loop while work runs; the real side shows what this machine does to Node anyway. A
// `held` row leaves out the time in which Node's thread was ready and had no core.
import { runProgram } from '../child.mjs'

function gapRow({ name, part, workDir, command, together, options, expected }, context) {
  return {
    name,
    unit: 'ms',
    stat: 'max',
    limit: { ours: 10 },
    warmup: 0,
    rounds: 5,
    // An endless command has no real side: it would flood Node with what it prints.
    sides: expected === undefined ? ['ours', 'real'] : ['ours'],
    async open(side) {
      const load = { name: side, addon: context.addon, workDir: workDir(), command, together, options, forMs: 1000 }
      return {
        async sample() {
          const { result } = await runProgram('gap.mjs', [JSON.stringify(load)])
          return { values: [result[part]], answers: [result.answers.join('; ')] }
        },
        close: async () => {},
      }
    },
    check(answer, reference) {
      if (expected === undefined && !reference.startsWith('exit 0')) throw new Error(`the real tool: ${reference}`)
      if (answer !== (expected ?? reference)) throw new Error(`wrong answer: ${answer} for ${expected ?? reference}`)
    },
  }
}

export function rows(context) {
  const small = () => context.data.small()
  const tree = () => context.data.tree()
  const big = () => context.data.big()
  const loads = [
    { name: '64 × true', workDir: small, command: ['true'], together: 64 },
    { name: '4 × grep -rn', workDir: tree, command: ['grep', '-rn', 'TODO', 'src'], together: 4 },
    { name: '4 × cat 20 MB', workDir: big, command: ['cat', 'words.txt'], together: 4 },
    { name: '2 × sort', workDir: big, command: ['sort', 'lines.txt'], together: 2 },
    {
      name: '10 × yes',
      workDir: small,
      command: ['yes'],
      together: 10,
      options: { timeoutMs: 300, maxOutputBytes: 1 << 16 },
      expected: 'ERR_SANDBOX_TIMEOUT',
    },
  ]
  return loads.flatMap((load) => [
    gapRow({ ...load, name: `gap: ${load.name}`, part: 'longestMs' }, context),
    gapRow({ ...load, name: `held: ${load.name}`, part: 'heldMs' }, context),
  ])
}
