// `npm run bench`: measures the rows and prints how ours compares with the real tools.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { runProgram } from './child.mjs'
import { PEERS } from './contestants.mjs'
import { Data } from './data.mjs'
import { measure } from './measure.mjs'
import { installPeers } from './peers.mjs'
import { heading, judge, machine, reasons, tableLine } from './report.mjs'

const FAMILIES = ['start', 'process', 'call', 'together', 'pipe', 'shell', 'files', 'memory', 'gap', 'stop']

const USAGE = `Usage: npm run bench -- [options]
  --row TEXT     only rows whose name contains TEXT; may be repeated
  --rounds N     N counted rounds for every row
  --quick        3 rounds, a tenth of the data: to see that the bench works, not to quote
  --peers        also just-bash and bashkit, installed into bench/node_modules
  --addon PATH   the index.js of another build
  --help         this text`

function parseOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      row: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      addon: { type: 'string', default: fileURLToPath(new URL('../index.js', import.meta.url)) },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds)) {
    throw new Error(`--rounds takes a number from 1 up, not '${values.rounds}'`)
  }
  const rounds = values.rounds === undefined ? (values.quick ? 3 : undefined) : Number(values.rounds)
  return { ...values, rounds, addon: pathToFileURL(resolve(values.addon)).href }
}

async function selectRows(context, texts) {
  const families = await Promise.all(FAMILIES.map((family) => import(`./rows/${family}.mjs`)))
  const rows = families.flatMap((family) => family.rows(context))
  const unknown = texts.find((text) => !rows.some(({ name }) => name.includes(text)))
  if (unknown !== undefined) {
    const names = rows.map(({ name }) => `  ${name}`).join('\n')
    throw new Error(`no row's name contains '${unknown}'; there are:\n${names}`)
  }
  return texts.length === 0 ? rows : rows.filter(({ name }) => texts.some((text) => name.includes(text)))
}

/** Writes results/latest.json and returns its path. */
function save(report) {
  const folder = fileURLToPath(new URL('results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}latest.json`, `${JSON.stringify(report, undefined, 2)}\n`)
  return `${folder}latest.json`
}

async function bench(options, data) {
  const { addon, quick, rounds } = options
  const peers = options.peers ? PEERS : []
  const versions = options.peers ? installPeers() : {}
  const context = { addon, data, quick, peers, sampleMs: quick ? 20 : 100 }
  const rows = await selectRows(context, options.row)
  // An addon that cannot run anything is one error, not one for each row.
  await runProgram('first-exec.mjs', [addon, data.small()])

  const about = { date: new Date().toISOString(), quick, ...machine(), peers: versions }
  console.log(`${about.platform}, ${about.cpu}, load ${about.load}, Node ${about.node}\n${about.tools.join('\n')}\n`)
  console.log(heading(peers))
  const results = []
  for (const row of rows) {
    const result = judge(row, await measure(row, { rounds }))
    console.log(tableLine(result, peers))
    results.push(result)
  }
  const count = (verdict) => results.filter((result) => result.verdict === verdict).length
  console.log(['', ...results.flatMap(reasons)].join('\n'))
  const path = save({ ...about, rows: results })
  const missed = count('over') + count('under')
  console.log(`${results.length} rows, ${missed} beyond their limit, ${count('failed')} failed; ${path}`)
  return count('failed') === 0 ? 0 : 1
}

let options
try {
  options = parseOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${error.message}\n${USAGE}`)
  process.exit(2)
}
if (options.help) {
  console.log(USAGE)
} else {
  const data = new Data(options)
  process.once('SIGINT', () => {
    data.remove()
    process.exit(130)
  })
  try {
    process.exitCode = await bench(options, data)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 2
  } finally {
    data.remove()
  }
}
