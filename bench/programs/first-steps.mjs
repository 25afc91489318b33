// How long each step to a first command takes, and the same command once more: `first-steps.mjs ADDON WORKDIR`.
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'

const [addon, workDir] = process.argv.slice(2)

let last = performance.now()
function lap() {
  const before = last
  last = performance.now()
  return last - before
}

async function newAndExec() {
  const sandbox = new Sandbox({ workDir })
  const { exitCode } = await sandbox.exec('true')
  await sandbox.close()
  if (exitCode !== 0) throw new Error(`true exits with ${exitCode}`)
  return lap()
}

const { Sandbox } = await import(addon)
// The native part is loaded by its first use.
Sandbox.availableTools()
const loadMs = lap()
const firstMs = await newAndExec()
const secondMs = await newAndExec()
// What the addon itself measured: checking and mapping the precompiled guest.
const { moduleMs } = createRequire(addon)('./binding.js').NativeSandbox.startup()
writeSync(1, JSON.stringify({ loadMs, firstMs, secondMs, moduleMs }))
