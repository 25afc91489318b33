//! `npm run hostile`: scripts that kill shells, in a process that must outlive them, keep nothing, and answer each.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hostileScript } from './hostile-scripts.mjs'
import { Advice, root, runMain, say } from './steps.mjs'
import { MEASURABLE } from './stress/process.mjs'

const USAGE = 'npm run hostile -- [--count N] [--seed N] [--first N] [--show N] [--ways] [--addon PATH]'

const WRONGS_SHOWN = 20

/** Where the scripts go that were wrong. */
const FOLDER = join(root, 'target', 'hostile')

function options() {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      first: { type: 'string', default: '0' },
      lanes: { type: 'string', default: '4' },
      show: { type: 'string' },
      ways: { type: 'boolean', default: false },
      addon: { type: 'string', default: join(root, 'index.js') },
    },
  })
  const [count, seed, first, lanes, show] = [values.count, values.seed, values.first, values.lanes, values.show ?? '0'].map(Number)
  if (![count, seed, first, lanes, show].every((number) => Number.isSafeInteger(number) && number >= 0) || lanes === 0) {
    throw new Advice(`usage: ${USAGE}`)
  }
  const shown = values.show === undefined ? undefined : show
  return { count, seed, first, lanes, show: shown, ways: values.ways, addon: resolve(values.addon) }
}

/** Keeps a script for whoever looks for the fault. */
function keep(seed, number) {
  mkdirSync(FOLDER, { recursive: true })
  const path = join(FOLDER, `${seed}-${number}.sh`)
  writeFileSync(path, hostileScript(seed, number).script)
  return path
}

/** Runs the scripts in a process of their own; resolves with what it told and how it ended. */
function runWorker(settings) {
  const worker = fileURLToPath(new URL('./hostile/worker.mjs', import.meta.url))
  const child = spawn(process.execPath, [...MEASURABLE.nodeOptions, worker, JSON.stringify(settings)], {
    env: { ...process.env, ...MEASURABLE.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const running = new Set()
  const ways = {}
  const wrongs = []
  let ended = 0
  let end
  child.on('message', (message) => {
    if (message.began !== undefined) running.add(message.began)
    else if (message.ended !== undefined) {
      running.delete(message.ended)
      ended++
      const way = `${message.kind}: ${message.way}`
      ways[way] = (ways[way] ?? 0) + 1
      if (message.wrong) wrongs.push({ number: message.ended, text: message.wrong })
      if (ended % 1000 === 0) say(`${ended} scripts`)
    } else end = message
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, running: [...running], ways, wrongs, ended, end }))
  })
}

await runMain(async () => {
  const { show, ways, ...settings } = options()
  const { seed, count } = settings
  if (show !== undefined) {
    const { kind, script, ...limits } = hostileScript(seed, show)
    console.error(`# ${kind} ${JSON.stringify(limits)}`)
    process.stdout.write(`${script}\n`)
    return 0
  }
  if (process.platform !== 'linux') throw new Advice('this looks into /proc, which only Linux has')
  const result = await runWorker(settings)
  if (ways) for (const [way, times] of Object.entries(result.ways).sort()) console.log(`  ${times} × ${way}`)
  for (const { number, text } of result.wrongs.slice(0, WRONGS_SHOWN)) {
    console.error(`wrong: script ${number} ${text}: ${keep(seed, number)}`)
  }
  const faults = result.end?.faults ?? [`the process ended with ${result.signal ?? `status ${result.code}`}`]
  for (const fault of faults) console.error(`wrong: ${fault}`)
  if (result.end === undefined) for (const number of result.running) console.error(`  while it ran ${keep(seed, number)}`)
  const failed = result.wrongs.length + faults.length
  console.log(
    `seed ${seed}: ${result.ended} of ${count} scripts, ${result.wrongs.length} wrong; ` +
      `${result.end?.held ?? 'not at rest'}: ${failed === 0 ? 'ok' : 'FAILED'}`,
  )
  return failed === 0 ? 0 : 1
})
