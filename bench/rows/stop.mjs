// How long after its deadline, its abort or its close an endless command still runs.
import { openWorker } from '../child.mjs'

const CODES = { deadline: 'ERR_SANDBOX_TIMEOUT', abort: 'ERR_SANDBOX_ABORTED', close: 'ERR_SANDBOX_CLOSED' }

const LOADS = [
  { count: 1, command: ['yes'] },
  { count: 10, command: ['yes'] },
  { count: 10, command: ['sleep', '1000'] },
]

function stopRow(how, { count, command }, { addon, data }) {
  return {
    name: `stop: ${how}, ${count} × ${command[0]}`,
    unit: 'ms',
    stat: 'max',
    limit: { ours: 50 },
    warmup: 0,
    sides: ['ours', 'real'],
    open: (side) => openWorker('stop', { side, addon, workDir: data.small(), how, count, command }),
    check({ exitCode, code, message, stdout, afterMs }) {
      if (exitCode !== undefined) throw new Error(`wrong answer: an endless command exits with ${exitCode}`)
      if (code !== CODES[how]) throw new Error(`wrong answer: ${code} (${message}) for ${CODES[how]}`)
      // Timers may be a little early.
      if (afterMs < -2) throw new Error(`wrong answer: stopped ${-afterMs} ms too early`)
      if (command[0] === 'yes' && !stdout?.toString('latin1').startsWith('y\n')) {
        throw new Error('wrong answer: the error carries no partial output')
      }
    },
  }
}

export const rows = (context) => Object.keys(CODES).flatMap((how) => LOADS.map((load) => stopRow(how, load, context)))
