// Brings in the peers: the packages bench/package.json pins, installed only when somebody asks for them.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

const readPackage = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))

function installed(name) {
  try {
    return readPackage(`node_modules/${name}/package.json`).version
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Installs what the lock says unless it is there; returns the versions. */
export function installPeers() {
  const wanted = readPackage('package.json').devDependencies
  if (Object.keys(wanted).some((name) => installed(name) !== wanted[name])) {
    console.log('Installing the peers into bench/node_modules')
    // Nothing the peers are measured with needs their install scripts, one of which compiles C.
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: here,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
  }
  return wanted
}
