// One command in many contestants at once: a sample is how many a second all of them run.
import { open } from '../contestants.mjs'

export async function sampler({ side, addon, workDir, command: [program, ...args], sampleMs, count }) {
  const contestants = await Promise.all(Array.from({ length: count }, () => open(side, workDir, { addon })))

  // Each runs one command after the other until the time is over, so all of them are busy all along.
  async function busy(contestant, end, answers) {
    do answers.push(await contestant.exec(program, args))
    while (performance.now() < end)
  }

  return {
    async sample() {
      const answers = []
      const start = performance.now()
      await Promise.all(contestants.map((contestant) => busy(contestant, start + 2 * sampleMs, answers)))
      return { values: [answers.length / ((performance.now() - start) / 1000)], answers }
    },
    close: async () => {
      await Promise.all(contestants.map((contestant) => contestant.close()))
    },
  }
}
