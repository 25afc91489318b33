//! The text of a case file: scripts, what they are given, and what bash made of them. `__test__/cases/README.md` describes it.
import { createHash } from 'node:crypto'

/** A case file that cannot be read; the message says where. */
export class FormatError extends Error {}

const TITLE = /^==== (.*)$/
const SECTION = /^---- (\w+)(?: (.*))?$/
const STAMP = /^# recorded with (.*): ([0-9a-f]{12}|nothing)$/

/** Sections with lines of their own beneath them, in the order in which they are written. */
const BODIES = new Set(['stdin', 'file', 'stdout', 'stderr'])

/** A script is never given its last line's end, as nobody writes one in `sh('…')`. */
const joined = (lines) => lines.join('\n').replace(/\n+$/, '')

const latin = (text) => Buffer.from(text, 'utf8').toString('latin1')

/** The bytes of a body, as a latin1 string: one character each. */
function readBody(lines, escaped, where) {
  if (!escaped) return lines.map((line) => `${latin(line)}\n`).join('')
  return lines.map((line) => unescaped(latin(line), where)).join('')
}

const ESCAPES = { '\\': '\\', n: '\n', r: '\r', t: '\t' }

/** One line of an escaped body: `\xHH \n \r \t \\`, and `\c` at the end of a line that does not end. */
function unescaped(line, where) {
  const open = /(?<!\\)(?:\\\\)*\\c$/.test(line)
  const text = open ? line.slice(0, -2) : line
  const bytes = text.replace(/\\(?:x([0-9a-f]{2})|(.?))/g, (all, hex, letter) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
    if (!(letter in ESCAPES)) throw new FormatError(`${where}: unknown escape '${all}'`)
    return ESCAPES[letter]
  })
  return open ? bytes : `${bytes}\n`
}

const hex = (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`

const isText = (bytes) => {
  const buffer = Buffer.from(bytes, 'latin1')
  return Buffer.from(buffer.toString('utf8'), 'utf8').equals(buffer)
}

/** Whether an editor would show the bytes as they are, and keep them so. */
const isPlain = (bytes) =>
  isText(bytes) && (bytes === '' || bytes.endsWith('\n')) && !/[\0-\x08\x0b-\x1f\x7f]|[ \t]\n|^\n$|\n\n$/.test(bytes)

/** The lines of a body and whether they are escaped. */
function writeBody(bytes) {
  if (bytes === '') return { lines: [], escaped: false }
  const lines = bytes.split('\n')
  const rest = lines.pop()
  if (isPlain(bytes)) return { lines: lines.map((line) => Buffer.from(line, 'latin1').toString('utf8')), escaped: false }
  const unprintable = isText(bytes) ? /[\0-\x1f\x7f]/g : /[\0-\x1f\x7f-\xff]/g
  const shown = (line) =>
    Buffer.from(
      line
        .replace(/\\/g, '\\\\')
        .replace(/\t/g, '\\t')
        .replace(/\r/g, '\\r')
        .replace(unprintable, hex)
        .replace(/ $/, '\\x20'),
      'latin1',
    ).toString('utf8')
  const written = lines.map(shown)
  if (rest !== '') written.push(`${shown(rest)}\\c`)
  // An empty last line would be lost among those between two cases.
  else if (written.at(-1) === '') written.splice(-1, 1, '\\n\\c')
  return { lines: written, escaped: true }
}

/** Reads a case file. */
export function parse(text, fileName) {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new FormatError(`${fileName}: the last line does not end`)
  const file = { name: fileName, about: [], recordedWith: undefined, stamp: undefined, cases: [] }
  let at = 0
  for (; at < lines.length && !TITLE.test(lines[at]); at++) {
    const stamp = STAMP.exec(lines[at])
    if (stamp) [, file.recordedWith, file.stamp] = stamp
    else if (lines[at].startsWith('# ')) file.about.push(lines[at].slice(2))
    else if (lines[at] !== '') throw new FormatError(`${fileName}:${at + 1}: neither a comment nor the title of a case`)
  }
  while (at < lines.length) {
    const from = at++
    while (at < lines.length && !TITLE.test(lines[at])) at++
    file.cases.push(parseCase(lines.slice(from, at), `${fileName}:${from + 1}`))
  }
  const seen = new Set()
  for (const { name, where } of file.cases) {
    if (seen.has(name)) throw new FormatError(`${where}: there is another case '${name}'`)
    seen.add(name)
  }
  return file
}

function parseCase(lines, where) {
  // One empty line between two cases belongs to neither.
  if (lines.at(-1) === '') lines.pop()
  const one = { name: TITLE.exec(lines[0])[1], where, gap: undefined, script: '', args: [], env: {}, stdin: '', files: [] }
  const result = { status: 0, stdout: '', stderr: undefined }
  const sections = [{ words: ['script'], lines: [] }]
  for (const line of lines.slice(1)) {
    const section = SECTION.exec(line)
    if (section) sections.push({ words: [section[1]], rest: section[2] ?? '', lines: [] })
    else sections.at(-1).lines.push(line)
  }
  for (const { words: [kind], rest, lines: body } of sections) {
    const words = rest?.split(' ').filter(Boolean) ?? []
    const escaped = BODIES.has(kind) && words.at(-1) === 'escaped'
    if (escaped) words.pop()
    if (kind !== 'script' && !BODIES.has(kind) && body.length > 0) {
      throw new FormatError(`${where}: '---- ${kind}' has lines beneath it`)
    }
    if (kind === 'script') one.script = joined(body)
    else if (kind === 'gap') one.gap = rest
    else if (kind === 'args') one.args = JSON.parse(rest)
    else if (kind === 'env') one.env[rest.slice(0, rest.indexOf('='))] = rest.slice(rest.indexOf('=') + 1)
    else if (kind === 'stdin') one.stdin = readBody(body, escaped, where)
    else if (kind === 'file') one.files.push({ path: words[0], mode: words[1], content: readBody(body, escaped, where) })
    else if (kind === 'status') result.status = Number(rest)
    else if (kind === 'stdout') result.stdout = readBody(body, escaped, where)
    else if (kind === 'stderr') result.stderr = readBody(body, escaped, where)
    else throw new FormatError(`${where}: unknown section '---- ${kind}'`)
  }
  if (one.script === '') throw new FormatError(`${where}: there is no script`)
  if (/[ \t]$|\r/m.test(one.script)) throw new FormatError(`${where}: the script has white space that editors remove`)
  if (one.gap === '') throw new FormatError(`${where}: a gap needs a reason`)
  return { ...one, result }
}

/** What a file says its scripts are and do, in short: a result that was edited by hand is found by it. */
export function stampOf({ cases }) {
  const inputs = cases.map(({ name, script, args, env, stdin, files, result }) => [
    ...[name, script, args, env, stdin, files.map(({ path, mode, content }) => [path, mode ?? '', content])],
    ...[result.status, result.stdout, result.stderr ?? null],
  ])
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12)
}

/** Writes a case file as `parse` reads it, with the stamp of what it holds. */
export function format(file, recordedWith) {
  const about = file.about.map((line) => `# ${line}`)
  const stamp = `# recorded with ${recordedWith}: ${stampOf(file)}`
  return `${[...about, stamp, ...file.cases.flatMap((one) => ['', ...formatCase(one)])].join('\n')}\n`
}

function formatCase({ name, where, script, gap, args, env, stdin, files, result }) {
  const body = (header, bytes) => {
    const { lines, escaped } = writeBody(bytes)
    return [`---- ${header}${escaped ? ' escaped' : ''}`, ...lines]
  }
  const lines = [
    ...(gap === undefined ? [] : [`---- gap ${gap}`]),
    ...(args.length === 0 ? [] : [`---- args ${JSON.stringify(args)}`]),
    ...Object.entries(env).map(([variable, value]) => `---- env ${variable}=${value}`),
    ...(stdin === '' ? [] : body('stdin', stdin)),
    ...files.flatMap(({ path, mode, content }) => body(mode ? `file ${path} ${mode}` : `file ${path}`, content)),
    ...(result.stdout === '' ? [] : body('stdout', result.stdout)),
    ...(result.stderr === undefined ? [] : body('stderr', result.stderr)),
    ...(result.status === 0 ? [] : [`---- status ${result.status}`]),
  ]
  const written = [`==== ${name}`, ...script.split('\n'), ...lines]
  const again = parseCase([...written, ''], where)
  if (JSON.stringify(again.result) !== JSON.stringify(result)) {
    throw new FormatError(`${where}: the output holds a line that looks like one of this format`)
  }
  return written
}

/** Bytes for the eye, and for a test to compare: as text when they are text. */
export const shown = (bytes) => (isText(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes)
