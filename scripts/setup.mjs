//! Makes a clone ready to use: checks the tools, installs what is missing, builds the addon. `npm run build` runs it.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Advice, must, root, runMain, say } from './steps.mjs'

const GUEST_TARGET = 'wasm32-wasip1'

/** Everything a build needs. */
export async function prepare() {
  await checkTools()
  await installPackages()
}

/** The release build of the addon, its precompiled guest and its generated binding. Cargo decides what is stale. */
export async function build() {
  say('release build of the addon (a first one takes some minutes)')
  const napi = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js')
  const args = ['build', '--platform', '--release', '--js', 'binding.js', '--dts', 'binding.d.ts']
  await must(process.execPath, [napi, ...args], 'see the messages above')
}

async function checkTools() {
  const [major] = process.versions.node.split('.')
  if (Number(major) < 20) throw new Advice(`Node ${process.versions.node} is too old: install Node 20 or newer`)
  const install = 'install Rust (rustup.rs) and open a new shell'
  const version = await must('cargo', ['--version'], install, { quiet: true })
  say(`Node ${process.versions.node}, ${version}`)

  const library = await must('rustc', ['--print', 'target-libdir', '--target', GUEST_TARGET], install, { quiet: true })
  if (existsSync(library)) return
  say(`rustup target add ${GUEST_TARGET}`)
  const advice = `install Rust's standard library for ${GUEST_TARGET} (with rustup, or your system's package for it)`
  await must('rustup', ['target', 'add', GUEST_TARGET], advice)
}

/** Runs `npm ci` unless the installed packages are those of the lockfile. */
async function installPackages() {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')
  const stamp = join(root, 'node_modules', '.lockfile-hash')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('npm ci')
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await must('npm', args, 'the npm registry must be reachable once')
  writeFileSync(stamp, lock)
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    await prepare()
    await build()
    say('ready')
  })
}
