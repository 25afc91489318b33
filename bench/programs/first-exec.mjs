// Imports the addon and runs one command: `first-exec.mjs ADDON WORKDIR`.
import { writeSync } from 'node:fs'

const [addon, workDir] = process.argv.slice(2)
const { Sandbox } = await import(addon)
const sandbox = new Sandbox({ workDir })
const { exitCode } = await sandbox.exec('true')
await sandbox.close()
writeSync(1, JSON.stringify({ exitCode }))
