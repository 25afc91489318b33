//! `npm run record`: runs the shell cases of `__test__/cases` in the bash of this machine and writes down what it does.
import { spawn } from 'node:child_process'
import {
  chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { format, FormatError, parse, shown, stampOf } from './cases/format.mjs'
import { Advice, root, runMain } from './steps.mjs'

const USAGE = 'npm run record -- [--all] [--check] [FILE…]'

const FOLDER = join(root, '__test__', 'cases')

/** The specification: another version has other messages. */
const WANTED = /^GNU bash, version (5\.2\.\d+)/

/** What is longer than this is no case to read. */
const MOST_BYTES = 20_000
const TIMEOUT_MS = 10_000

/** The user that guests are, when there is a choice. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {}

/** Where a guest starts and where its home is. */
const WORK = '/work'
const HOME = '/home/agent'

const environment = (work, home) => ({
  HOME: home,
  LANG: 'C.UTF-8',
  LOGNAME: 'agent',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  PWD: work,
  TERM: 'dumb',
  TZ: 'UTC',
  USER: 'agent',
})

/** A directory with everything a run may see; `depth` makes its path as long as no other's. */
function stage({ files }, depth) {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'record-')))
  const [work, home] = ['w'.repeat(depth), 'h'.repeat(depth)].map((name) => join(top, name))
  const own = (path) => USER.uid !== undefined && chownSync(path, USER.uid, USER.gid)
  for (const path of [work, home]) mkdirSync(path)
  for (const { path, mode, content } of files) {
    const folder = join(work, dirname(path))
    mkdirSync(folder, { recursive: true })
    for (let each = folder; each !== work; each = dirname(each)) own(each)
    writeFileSync(join(work, path), content, 'latin1')
    chmodSync(join(work, path), parseInt(mode ?? '644', 8))
    own(join(work, path))
  }
  for (const path of [top, work, home]) own(path)
  return { top, work, home }
}

/**
 * Runs a command with pipes for its input, output and errors: what Node makes are sockets, which `/dev/stdout` cannot
 * open. The status goes to descriptor 3.
 */
const HARNESS = 'exec 4>&2 2>/dev/null; cat | { "$@" 2> >(cat >&4) 3>&- 4>&-; echo $? >&3; } | cat 3>&-'

/** How long what a script left running may still print. */
const LINGER_MS = 200

/** One run of a case in bash, as it would look in a sandbox. */
async function runBash(one, depth) {
  const { top, work, home } = stage(one, depth)
  try {
    const variables = Object.entries({ ...environment(work, home), ...one.env }).map(([name, value]) => `${name}=${value}`)
    const command = ['env', '-i', ...variables, 'bash', '-c', one.script, 'bash', ...one.args]
    const child = spawn('bash', ['-c', HARNESS, 'harness', ...command], {
      cwd: work,
      // A session of its own: no terminal, and everything it started can be ended with it.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      ...USER,
    })
    const endAll = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // All have ended.
      }
    }
    const timer = setTimeout(endAll, TIMEOUT_MS)
    const [, stdout, stderr, status] = child.stdio
    // A script need not read what it is given.
    child.stdin.on('error', () => {}).end(Buffer.from(one.stdin, 'latin1'))
    status.once('data', () => setTimeout(endAll, LINGER_MS).unref())
    const [out, err, code] = await Promise.all([stdout, stderr, status].map((stream) => stream.toArray()))
    clearTimeout(timer)
    if (code.length === 0) throw new FormatError(`${one.where}: does not end: ${one.name}`)
    const seen = (chunks) => Buffer.concat(chunks).toString('latin1').replaceAll(work, WORK).replaceAll(home, HOME)
    const result = { status: Number(Buffer.concat(code)), stdout: seen(out), stderr: seen(err) }
    for (const name of ['stdout', 'stderr']) {
      if (result[name].includes(basename(top))) throw new FormatError(`${one.where}: ${name} holds the directory of the recorder`)
      if (result[name].includes(hostname())) throw new FormatError(`${one.where}: ${name} holds the name of this machine`)
    }
    if (result.stdout.length > MOST_BYTES) throw new FormatError(`${one.where}: prints ${result.stdout.length} bytes`)
    return result
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

/** Runs every case twice, in another order and other directories, and tells which differ. */
async function record(cases) {
  const first = []
  const faults = []
  for (const one of cases) first.push(await runBash(one, 4))
  for (const [index, one] of [...cases.entries()].reverse()) {
    const second = await runBash(one, 9)
    for (const part of ['status', 'stdout', ...(one.result.stderr === undefined ? [] : ['stderr'])]) {
      if (first[index][part] === second[part]) continue
      const [a, b] = [first[index], second].map((result) => JSON.stringify(shown(String(result[part]))))
      faults.push(`${one.where}: '${one.name}' has another ${part} each time:\n  ${a}\n  ${b}`)
    }
  }
  return { results: first, faults }
}

function bashVersion(text) {
  const version = WANTED.exec(text)?.[1]
  if (version === undefined) throw new Advice(`the cases are recorded with bash 5.2, and this is ${text.split('\n')[0]}`)
  return `bash ${version}`
}

function options() {
  const { values, positionals } = parseArgs({
    options: { all: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.cases')).sort()
  const wanted = positionals.map((name) => `${basename(name, '.cases')}.cases`)
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Advice(`there is no ${unknown}; usage: ${USAGE}`)
  return { ...values, names: wanted.length === 0 ? names : wanted }
}

/** Records one file; returns what is wrong with it. */
async function recordFile(name, { all, check }, version) {
  const path = join(FOLDER, name)
  const before = readFileSync(path, 'utf8')
  const file = parse(before, `__test__/cases/${name}`)
  if (!all && !check && file.stamp === stampOf(file)) return { cases: file.cases.length, faults: [] }
  const { results, faults } = await record(file.cases)
  const cases = file.cases.map((one, index) => {
    const { status, stdout, stderr } = results[index]
    return { ...one, result: { status, stdout, stderr: one.result.stderr === undefined ? undefined : stderr } }
  })
  for (const [index, { where, name: title, result }] of cases.entries()) {
    // It may do so for a reason that has nothing to do with its name.
    if (result.stdout === '' && result.stderr === undefined) {
      faults.push(`${where}: '${title}' prints nothing, status ${result.status}, standard error: ${results[index].stderr}`)
    }
  }
  const after = format({ ...file, cases }, version)
  if (check && after !== before) faults.push(`${name} is not what bash does: npm run record`)
  if (!check && faults.length === 0 && after !== before) {
    writeFileSync(path, after)
    console.log(`${name}: ${cases.length} cases`)
  }
  return { cases: cases.length, faults }
}

await runMain(async () => {
  const chosen = options()
  process.umask(0o022)
  const bash = spawn('bash', ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of bash.stdout) text += chunk
  const version = bashVersion(text)
  let total = 0
  const faults = []
  for (const name of chosen.names) {
    try {
      const done = await recordFile(name, chosen, version)
      total += done.cases
      faults.push(...done.faults)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      faults.push(error.message)
    }
  }
  for (const fault of faults) console.error(`wrong: ${fault}`)
  console.log(`${total} cases in ${chosen.names.length} files, ${faults.length} wrong`)
  return faults.length === 0 ? 0 : 1
})
