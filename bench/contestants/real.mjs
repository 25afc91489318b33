// The real tools: what PATH finds, each in a child process, in the environment a guest has.
import { spawn } from 'node:child_process'

export const environment = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', TZ: 'UTC', TERM: 'dumb' }

export async function open(workDir) {
  return {
    exec: (command, args) => run(command, args, workDir),
    sh: (script) => run('bash', ['-c', script], workDir),
    close: async () => {},
  }
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout = []
    const stderr = []
    child.stdout.on('data', (chunk) => stdout.push(chunk))
    child.stderr.on('data', (chunk) => stderr.push(chunk))
    child.on('error', reject)
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) })
    })
  })
}
