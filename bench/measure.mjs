// Takes the samples of a row: every side in turn, round after round, and no time without a right answer.
import { summary } from './stats.mjs'

/**
 * @typedef {object} Row
 * @property {string} name      what is printed, and what `--row` looks in
 * @property {string} unit      'ms', 'KiB' or 'execs/s'
 * @property {string[]} sides   who takes part; the first is ours
 * @property {string} [against] the side the ratio divides by (default 'real')
 * @property {string} [less]    a side that is not shown itself, and whose sample each round is taken off the others'
 * @property {'median' | 'max'} [stat]  which number of our samples stands for the row (default 'median')
 * @property {{ ratio: number } | { ratioFrom: number } | { ours: number }} [limit]  the most the issue allows; with
 *   `ratioFrom` the least
 * @property {number} [rounds]  rounds this row needs when the user names none
 * @property {number} [warmup]  rounds that are checked and not counted (default 1)
 * @property {(side: string) => Promise<Side>} open
 * @property {(answer: unknown, reference: unknown) => void} check  throws when an answer is wrong; the reference is the
 *   first answer of the side `against`, or undefined when that side takes no part
 *
 * @typedef {object} Side
 * @property {() => Promise<{ values: number[], answers: unknown[] }>} sample
 * @property {() => Promise<void>} close
 */

/**
 * The sides of a row, each a summary of its samples or `{ failed }` with the reason.
 * Peers may fail alone; when ours or the side it is divided by fails, the row has no ratio.
 */
export async function measure(row, { rounds }) {
  const against = row.against ?? 'real'
  const taking = row.sides.map((name) => ({ name, values: [], answers: [], failed: undefined, side: undefined }))
  for (const part of taking) await attempt(part, async () => (part.side = await row.open(part.name)))
  for (let round = -(row.warmup ?? 1); round < (rounds ?? row.rounds ?? 11); round++) {
    // Nobody always runs in the wake of the same other.
    const first = Math.abs(round) % taking.length
    for (const part of [...taking.slice(first), ...taking.slice(0, first)]) {
      if (part.failed === undefined) await attempt(part, () => takeSample(part, round >= 0))
    }
    const reference = taking.find(({ name }) => name === against)?.reference
    for (const part of taking) {
      if (part.failed === undefined) await attempt(part, () => checkAnswers(part, row, reference))
    }
  }
  for (const part of taking) {
    if (part.side !== undefined) await attempt(part, () => part.side.close())
  }
  return results(taking, row)
}

async function attempt(part, step) {
  try {
    await step()
  } catch (error) {
    part.failed ??= error.message
  }
}

async function takeSample(part, counted) {
  const { values, answers } = await part.side.sample()
  part.reference ??= answers[0]
  part.answers = answers
  if (counted) part.values.push(...values)
}

function checkAnswers(part, row, reference) {
  for (const answer of part.answers) row.check(answer, reference)
  part.answers = []
}

function results(taking, row) {
  const base = taking.find(({ name }) => name === row.less)
  const result = ({ failed = base?.failed, values }) => {
    if (failed !== undefined) return { failed }
    // Neighbours in time share what else the machine did.
    return summary(base === undefined ? values : values.map((value, round) => value - base.values[round]))
  }
  return Object.fromEntries(taking.filter((part) => part !== base).map((part) => [part.name, result(part)]))
}
