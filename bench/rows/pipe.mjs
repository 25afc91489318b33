// Commands with pipes between them. The shell is not part of it: ours gets the stages as they are.
import { openWorker } from '../child.mjs'
import { sameAnswer } from '../command-row.mjs'

const PIPES = [
  {
    name: 'pipe: cat 200 MB through 3 cats',
    stages: [['cat', 'huge.txt'], ['cat'], ['cat'], ['cat'], ['wc', '-c']],
    workDir: (data) => data.huge(),
    rounds: 5,
  },
  {
    name: 'pipe: yes, head -n 1000000, wc -l',
    stages: [['yes'], ['head', '-n', '1000000'], ['wc', '-l']],
    workDir: (data) => data.small(),
  },
]

export function rows({ addon, data }) {
  return PIPES.map(({ name, stages, workDir, rounds }) => ({
    name,
    unit: 'ms',
    limit: { ratio: 1 },
    rounds,
    sides: ['ours', 'real'],
    open: async (side) => openWorker('pipe', { side, addon, workDir: workDir(data), stages }),
    check: sameAnswer,
  }))
}
