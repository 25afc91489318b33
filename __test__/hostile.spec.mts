//! Scripts that kill shells are answered, and the sandbox works afterwards. `npm run hostile` runs more of them.
import { expect, test } from 'vitest'
import type { ExecResult, Sandbox, SandboxError } from 'agent-sandbox'
import { hostileScript, wrongOutcome } from '../scripts/hostile-scripts.mjs'
import { sandboxWith } from './helpers.mts'
import { sh } from './shell.mts'

const SEED = 4
const SCRIPTS = 400
const LANES = 4

/** Runs the scripts of a lane one after the other; returns what was wrong. */
async function runLane(lane: number): Promise<string[]> {
  const wrongs: string[] = []
  let sandbox: Sandbox | undefined
  for (let number = lane; number < SCRIPTS; number += LANES) {
    const { kind, script, memoryLimitBytes, options } = hostileScript(SEED, number)
    sandbox = sandboxWith({ memoryLimitBytes })
    const outcome = await sh(sandbox, script, options).then(
      ({ exitCode }: ExecResult) => ({ exitCode }),
      (error: SandboxError) => ({ error }),
    )
    const wrong = wrongOutcome(outcome, script)
    if (wrong !== undefined) wrongs.push(`script ${number} (${kind}) ${wrong}`)
    const next = await sh(sandbox, 'echo alive')
    if (String(next.stdout) !== 'alive\n') wrongs.push(`after script ${number} (${kind}): ${String(next.stdout)}`)
    await sandbox.close()
  }
  return wrongs
}

test(`${SCRIPTS} hostile scripts end with a status or at a limit, and the next call works`, async () => {
  const wrongs = await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)))
  expect(wrongs.flat()).toEqual([])
}, 600_000)
