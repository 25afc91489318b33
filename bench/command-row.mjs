// The commonest row: one command, run by every contestant on the same directory.
import { openWorker } from './child.mjs'

/**
 * Throws unless both ended with the status of a success, and with the same output; `sorted` leaves out the order of
 * lines.
 */
export function sameAnswer(answer, reference, { sorted = false, success = 0 } = {}) {
  if (reference === undefined) throw new Error('the real tool gave no answer to compare with')
  const exit = ({ exitCode, stderr }) => `exits with ${exitCode}: ${stderr.toString().trim()}`
  if (reference.exitCode !== success) throw new Error(`the real tool ${exit(reference)}`)
  if (answer.exitCode !== success) throw new Error(`wrong answer: ${exit(answer)}`)
  const [stdout, expected] = [answer, reference].map((one) => (sorted ? sortLines(one.stdout) : one.stdout))
  if (stdout.equals(expected)) return
  const at = stdout.findIndex((byte, i) => byte !== expected[i])
  const shown = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, at - 20), Math.max(0, at) + 20).toString('latin1'))
  throw new Error(
    `wrong answer: ${stdout.length} bytes for ${expected.length}, ${shown(stdout)} for ${shown(expected)}`,
  )
}

function sortLines(bytes) {
  return Buffer.from(bytes.toString('latin1').split('\n').sort().join('\n'), 'latin1')
}

/**
 * `workDir` is called when the row starts: data nobody asked for is not made. So is `real`, for a real side that runs
 * another command. `fresh` is the sampler's, `success` the status of a command that did its work.
 */
export function commandRow({ name, command, real, workDir, limit, sorted = false, success, fresh }, context) {
  const { addon, peers, sampleMs } = context
  return {
    name,
    unit: 'ms',
    limit,
    sides: ['ours', 'real', ...peers],
    async open(side) {
      const sideCommand = side === 'real' && real !== undefined ? real() : command
      return openWorker('repeated', { side, addon, workDir: workDir(), command: sideCommand, sampleMs, fresh })
    },
    check: (answer, reference) => sameAnswer(answer, reference, { sorted, success }),
  }
}
