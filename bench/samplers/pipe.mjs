// One pipeline: ours through what the native part offers to the bench, the real one through bash.
import { createRequire } from 'node:module'
import { open } from '../contestants.mjs'
import { quote } from '../contestants/quote.mjs'

async function contestantFor({ side, addon, workDir, stages }) {
  if (side === 'real') {
    const real = await open(side, workDir, { addon })
    const script = stages.map(([command, ...args]) => quote(command, args)).join(' | ')
    return { run: () => real.exec('bash', ['-c', script]), close: () => real.close() }
  }
  const { NativeSandbox } = createRequire(addon)('./binding.js')
  const sandbox = new NativeSandbox({ workDir })
  return {
    async run() {
      const { error, exitCode, stdout, stderr } = await sandbox.pipeline(stages, { timeoutMs: 120_000 })
      if (error) throw new Error(error.message)
      return { exitCode, stdout, stderr }
    },
    close: async () => sandbox.close(),
  }
}

export async function sampler(settings) {
  const { run, close } = await contestantFor(settings)
  return {
    async sample() {
      const start = performance.now()
      const answer = await run()
      return { values: [performance.now() - start], answers: [answer] }
    },
    close,
  }
}
