//! The directory that all sandboxes share, and what it takes to know the right answers about it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from './random.mjs'

const FILES = 60

/** The files by their paths: lines of words, of which some have a mark. The same in every thread of a run. */
function contents(seed) {
  const random = new Random(seed)
  const line = () => {
    const words = Array.from({ length: random.whole(1, 12) }, () => random.word())
    return random.once(20) ? [...words, 'MARK'].join(' ') : words.join(' ')
  }
  return Array.from({ length: FILES }, (_, index) => ({
    path: `tree/part-${index % 4}/section-${index % 3}/file-${index}.txt`,
    lines: Array.from({ length: random.whole(1, 200) }, line),
  }))
}

/** What `seq 100000` prints. */
const NUMBERS = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('')

/** Writes the tree into `root`, and `numbers` beside it. */
export function writeFixture(root, seed) {
  writeFileSync(join(root, 'numbers'), NUMBERS)
  for (const { path, lines } of contents(seed)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), lines.map((line) => `${line}\n`).join(''))
  }
}

/** The files, and what some tools must say about them. */
export function readFixture(root, seed) {
  const files = contents(seed).map(({ path, lines }) => ({
    path,
    text: lines.map((line) => `${line}\n`).join(''),
    lines: lines.length,
    marked: lines.flatMap((line, index) => (line.endsWith('MARK') ? [`${path}:${index + 1}:${line}`] : [])),
  }))
  return {
    root,
    files,
    /** What `grep -rn MARK tree` prints, sorted. */
    marks: files.flatMap(({ marked }) => marked).sort(),
    numbers: Buffer.from(NUMBERS),
    /** More than any buffer between JavaScript and a guest holds. */
    big: Buffer.alloc(8 << 20, NUMBERS),
  }
}
