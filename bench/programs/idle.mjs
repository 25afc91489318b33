// How many KiB of resident memory each of COUNT idle sandboxes holds: `idle.mjs NAME ADDON WORKDIR COUNT new|used`.
// Needs `node --expose-gc`.
import { writeSync } from 'node:fs'
import { open } from '../contestants.mjs'

const [name, addon, workDir, count, state] = process.argv.slice(2)

async function idle() {
  const sandbox = await open(name, workDir, { addon })
  if (state === 'used') {
    const { exitCode } = await sandbox.exec('true', [])
    if (exitCode !== 0) throw new Error(`true exits with ${exitCode}`)
  }
  return sandbox
}

function residentKiB() {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage.rss() / 1024
}

// What is made once for all of them is there before the count starts.
const sandboxes = []
for (let i = 0; i < 10; i++) sandboxes.push(await idle())
const before = residentKiB()
for (let i = 0; i < Number(count); i++) sandboxes.push(await idle())
const eachKiB = (residentKiB() - before) / Number(count)
for (const sandbox of sandboxes) await sandbox.close()
writeSync(1, JSON.stringify({ eachKiB }))
