// One command, called again and again: a sample is the mean over as many calls as fill `sampleMs`.
import { open } from '../contestants.mjs'

/** The most calls of a sample: each one's answer is kept, to be checked. */
const MOST = 4096

/** With `fresh`, every call also makes its contestant and closes it. */
export async function sampler({ side, addon, workDir, command: [program, ...args], sampleMs, fresh = false }) {
  const lasting = fresh ? undefined : await open(side, workDir, { addon })

  async function call() {
    if (lasting !== undefined) return lasting.exec(program, args)
    const contestant = await open(side, workDir, { addon })
    const answer = await contestant.exec(program, args)
    await contestant.close()
    return answer
  }

  return repeated(call, sampleMs, async () => lasting?.close())
}

/** The sampler of a call that gives an answer. */
export function repeated(call, sampleMs, close) {
  let count
  return {
    async sample() {
      count ??= await callsThatFill(call, sampleMs)
      const answers = []
      const start = performance.now()
      for (let i = 0; i < count; i++) answers.push(await call())
      return { values: [(performance.now() - start) / count], answers }
    },
    close,
  }
}

/** How many calls take `sampleMs`. What the first ones take, before everything is warm, says little of the others. */
async function callsThatFill(call, sampleMs) {
  let count = 1
  for (;;) {
    const start = performance.now()
    for (let i = 0; i < count; i++) await call()
    const share = sampleMs / (performance.now() - start)
    if (share < 2 || count === MOST) return Math.min(MOST, Math.max(1, Math.round(count * share)))
    count = Math.min(MOST, count * 2)
  }
}
