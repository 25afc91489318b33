// What a measured row looks like in the terminal, which is Markdown, and in results/latest.json.
import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

/** A row as the JSON has it: its sides, and what they say together. */
export function judge(row, sides) {
  const { name, unit, limit, stat = 'median', against = 'real' } = row
  const pair = [sides.ours, sides[against]].filter((side) => side !== undefined)
  if (pair.some(({ failed }) => failed !== undefined)) {
    return { name, unit, stat, against, limit, sides, verdict: 'failed' }
  }
  // A busy machine can make a subtraction leave nothing.
  if (row.less !== undefined && pair.some((side) => side[stat] <= 0)) {
    return { name, unit, stat, against, limit, sides, verdict: 'noise' }
  }
  const ratio = pair.length === 2 ? pair[0][stat] / pair[1][stat] : undefined
  return { name, unit, stat, against, limit, sides, ratio, verdict: compare(limit, ratio, sides.ours[stat]) }
}

function compare(limit, ratio, ours) {
  if (limit === undefined) return ''
  if (limit.ratioFrom !== undefined) return ratio >= limit.ratioFrom ? 'ok' : 'under'
  const within = limit.ratio === undefined ? ours <= limit.ours : ratio <= limit.ratio
  return within ? 'ok' : 'over'
}

const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** `12.3 ms ±4%`: half the distance of the quartiles says how sure the median is. */
function cell(side, { unit, stat }) {
  if (side === undefined) return ''
  if (side.failed !== undefined) return 'failed'
  if (stat === 'max') return `${number(side.max)} ${unit} (median ${number(side.median)})`
  const [low, high] = side.quartiles
  const spread = side.median === 0 ? 0 : Math.abs((high - low) / 2 / side.median)
  return `${number(side.median)} ${unit} ±${(100 * spread).toFixed(0)}%`
}

/** A peer's cell also has its ratio. */
function peerCell(side, result) {
  const base = result.sides[result.against]
  const text = cell(side, result)
  if (side?.median === undefined || base?.median === undefined) return text
  return `${text}, ${number(side[result.stat] / base[result.stat])}`
}

function limitText({ limit, unit }) {
  if (limit === undefined) return ''
  if (limit.ratioFrom !== undefined) return `ratio ≥ ${limit.ratioFrom}`
  return limit.ratio === undefined ? `${limit.ours} ${unit}` : `ratio ${limit.ratio}`
}

const WIDTHS = [33, 28, 28, 7, 10, 7]

function line(cells) {
  return `| ${cells.map((text, i) => text.padEnd(WIDTHS[i] ?? 28)).join(' | ')} |`
}

export function heading(peers) {
  const names = ['row', 'ours', 'real', 'ratio', 'limit', 'verdict', ...peers]
  return `${line(names)}\n${line(names.map((_, i) => '-'.repeat(WIDTHS[i] ?? 28)))}`
}

export function tableLine(result, peers) {
  const { name, ratio, against, sides, verdict } = result
  const base = cell(sides[against], result)
  return line([
    name,
    cell(sides.ours, result),
    against === 'real' ? base : `${base} (${against})`,
    ratio === undefined ? '' : number(ratio),
    limitText(result),
    verdict,
    ...peers.map((peer) => peerCell(sides[peer], result)),
  ])
}

/** Why a side has no time, one line each. */
export function reasons({ name, sides }) {
  return Object.entries(sides)
    .filter(([, side]) => side.failed !== undefined)
    .map(([side, { failed }]) => `${name}: ${side}: ${failed}`)
}

/** What one must know to compare two runs. */
export function machine() {
  const version = (tool) => execFileSync(tool, ['--version'], { encoding: 'utf8' }).split('\n')[0]
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: `${cpus().length} × ${cpus()[0].model.trim()}`,
    load: number(loadavg()[0]),
    tools: ['bash', 'grep', 'sort'].map(version),
  }
}
