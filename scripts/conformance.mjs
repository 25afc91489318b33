//! `npm run conformance`: the shell against the cases of other projects, where they lie beside the checkout.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Advice, root, run, runMain } from './steps.mjs'

const USAGE = 'npm run conformance -- [--corpus oils,brush] [--filter REGEX] [--one ID] [--jobs N] [--timeout MS] [--addon PATH]'

/** Beside the checkout, or beside the folder of its worktrees. */
const PLACES = ['..', join('..', '..')].map((up) => resolve(root, up, 'shared', 'conformance'))

const GAPS = join(root, '__test__', 'conformance-gaps.md')

/** The share of the cases that must pass. */
const WANTED = { oils: 0.95, brush: 0.9 }

function options() {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string' },
      filter: { type: 'string' },
      one: { type: 'string' },
      jobs: { type: 'string' },
      timeout: { type: 'string' },
      addon: { type: 'string', default: join(root, 'index.js') },
    },
  })
  const { addon, ...passed } = values
  return { addon: resolve(addon), passed }
}

/** The cases that are known to fail, each with its reason. */
function readGaps() {
  const lines = readFileSync(GAPS, 'utf8').split('\n')
  const gaps = new Map()
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('- ')) continue
    const [id, ...reason] = line.slice(2).split(' → ')
    if (reason.length === 0 || reason.join('').trim() === '') throw new Advice(`${GAPS}:${index + 1}: an entry needs ' → ' and a reason`)
    if (gaps.has(id)) throw new Advice(`${GAPS}:${index + 1}: there is another entry for ${id}`)
    gaps.set(id, reason.join(' → '))
  }
  return gaps
}

/** A line for each corpus; the shares only count when nothing was left out. */
function summary({ total }, isWhole) {
  return Object.entries(total).map(([corpus, { pass, total: all }]) => {
    const share = pass / all
    const wanted = isWhole && WANTED[corpus] !== undefined ? `, at least ${100 * WANTED[corpus]} %` : ''
    const missed = wanted !== '' && share < WANTED[corpus]
    return { text: `${corpus}: ${pass} of ${all} pass, ${(100 * share).toFixed(1)} %${wanted}`, missed }
  })
}

await runMain(async () => {
  const { addon, passed } = options()
  const folder = PLACES.find((place) => existsSync(join(place, 'conformance.mjs')))
  if (folder === undefined) throw new Advice(`there is no ${PLACES[0]}: the cases come with the project's shared files; usage: ${USAGE}`)
  const gaps = readGaps()
  const reportPath = join(root, 'target', 'conformance.json')
  mkdirSync(join(root, 'target'), { recursive: true })

  const args = Object.entries(passed).flatMap(([name, value]) => [`--${name}`, value])
  const env = { SANDBOX_ADDON: join(root, 'scripts', 'conformance', 'sandbox.mjs'), CONFORMANCE_ADDON: addon, SANDBOX_SHELL: 'bash' }
  const command = [join(folder, 'conformance.mjs'), '--adapter', 'sandbox', '--out', reportPath, ...args]
  const { status } = await run(process.execPath, command, { env })
  if (status !== 0) throw new Advice(`the cases did not run: status ${status}`)

  const report = JSON.parse(readFileSync(reportPath, 'utf8'))
  const ran = new Set(report.results.map(({ id }) => id))
  const failures = report.results.filter(({ ok, id }) => !ok && !gaps.has(id))
  const passes = report.results.filter(({ ok, id }) => ok && gaps.has(id))
  const isWhole = passed.filter === undefined && passed.one === undefined
  const unknown = isWhole && passed.corpus === undefined ? [...gaps.keys()].filter((id) => !ran.has(id)) : []
  for (const { id, why, exitCode } of failures) console.log(`fails: ${id} (${why}${exitCode === 0 ? ', status 0' : ''})`)
  for (const { id } of passes) console.log(`passes, and is in the list of gaps: ${id}`)
  for (const id of unknown) console.log(`in the list of gaps, and no case: ${id}`)
  const shares = summary(report, isWhole)
  for (const { text } of shares) console.log(text)
  const known = report.results.filter(({ ok, id }) => !ok && gaps.has(id)).length
  console.log(`${known} known gaps, ${failures.length} unexpected failures, ${passes.length} unexpected passes; ${reportPath}`)
  return failures.length + passes.length + unknown.length + shares.filter(({ missed }) => missed).length === 0 ? 0 : 1
})
