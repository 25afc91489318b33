// Imports a peer and runs `true` once: `first-peer.mjs NAME WORKDIR`.
import { writeSync } from 'node:fs'
import { open } from '../contestants.mjs'

const [name, workDir] = process.argv.slice(2)
const peer = await open(name, workDir, {})
const { exitCode } = await peer.exec('true', [])
await peer.close()
writeSync(1, JSON.stringify({ exitCode }))
