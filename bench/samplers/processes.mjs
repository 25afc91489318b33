// What one process more costs the process that starts them: a sample is the difference of a call that starts many and
// one that starts one, divided by theirs.
import { open } from '../contestants.mjs'

export async function sampler({ side, addon, workDir, one, many }) {
  const contestant = await open(side, workDir, { addon })

  async function timed({ count, command: [program, ...args], stdin }) {
    const start = performance.now()
    const answer = await contestant.exec(program, args, { stdin })
    const ms = performance.now() - start
    const processes = answer.usage?.processes ?? count + 1
    if (processes !== count + 1) throw new Error(`wrong answer: ${processes} processes for ${count + 1}`)
    return { ms, answer }
  }

  return {
    async sample() {
      const all = await timed(many)
      const single = await timed(one)
      const values = [(all.ms - single.ms) / (many.count - one.count)]
      return { values, answers: [all, single].map(({ answer }) => answer) }
    },
    close: () => contestant.close(),
  }
}
