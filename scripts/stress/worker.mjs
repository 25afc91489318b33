//! Users in a worker thread. It tells what they did when it is told to end; it may also be terminated, or exit by itself.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { readFixture } from './fixture.mjs'
import { Random } from './random.mjs'
import { Tally } from './tally.mjs'
import { runUsers } from './user.mjs'

const { addon, root, seed, fixtureSeed, users, exitAfterMs } = workerData
const { Sandbox } = createRequire(import.meta.url)(addon)
if (exitAfterMs !== undefined) setTimeout(() => process.exit(0), exitAfterMs)
let over = false
parentPort.once('message', () => (over = true))
parentPort.postMessage({ running: true })
const tally = new Tally()
await runUsers(users, {
  Sandbox,
  fixture: readFixture(root, fixtureSeed),
  random: new Random(seed),
  tally,
  isOver: () => over,
})
parentPort.postMessage({ counts: { ...tally } })
