// Starts the real bash once.
import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'

spawn('bash', ['-c', 'true'], { stdio: ['ignore', 'pipe', 'pipe'] }).on('close', (exitCode) => {
  writeSync(1, JSON.stringify({ exitCode }))
})
