// How long after its deadline, its abort or its close an endless command still runs.
import { openWorker } from '../child.mjs'

const CODES = { deadline: 'ERR_SANDBOX_TIMEOUT', abort: 'ERR_SANDBOX_ABORTED', close: 'ERR_SANDBOX_CLOSED' }

/** What each prints before it goes on without end. */
const LOADS = [
  { count: 1, name: 'yes', command: ['yes'], prints: 'y\n' },
  { count: 10, name: 'yes', command: ['yes'], prints: 'y\n' },
  { count: 10, name: 'sleep', command: ['sleep', '1000'], prints: '' },
]

/** Scripts have no real side: what they start there would go on without them, and one is a fork bomb. */
const SCRIPTS = {
  'while :': 'while :; do :; done',
  'sleep & wait': 'sleep 100 & wait',
  'yes > /dev/null': 'yes > /dev/null',
  'cat without input': 'sleep 100 | cat',
  'a fork bomb': ':() { :|:& }; :; while :; do :; done',
}

const scriptLoads = Object.entries(SCRIPTS).map(([name, script]) => ({
  count: 1,
  name,
  command: ['bash', '-c', `echo started; ${script}`],
  prints: 'started\n',
  sides: ['ours'],
}))

function stopRow(how, { count, name, command, prints, sides = ['ours', 'real'] }, { addon, data }) {
  return {
    name: `stop: ${how}, ${count} × ${name}`,
    unit: 'ms',
    stat: 'max',
    limit: { ours: 50 },
    warmup: 0,
    sides,
    open: (side) => openWorker('stop', { side, addon, workDir: data.small(), how, count, command }),
    check({ exitCode, code, message, stdout, afterMs }) {
      if (exitCode !== undefined) throw new Error(`wrong answer: an endless command exits with ${exitCode}`)
      if (code !== CODES[how]) throw new Error(`wrong answer: ${code} (${message}) for ${CODES[how]}`)
      // Timers may be a little early.
      if (afterMs < -2) throw new Error(`wrong answer: stopped ${-afterMs} ms too early`)
      if (!stdout?.toString('latin1').startsWith(prints)) {
        throw new Error('wrong answer: the error carries no partial output')
      }
    },
  }
}

export const rows = (context) =>
  Object.keys(CODES).flatMap((how) => [...LOADS, ...scriptLoads].map((load) => stopRow(how, load, context)))
