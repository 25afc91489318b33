// The files the rows work on: generated, the same in every run, and removed at the end.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Numbers in [0, 1) that only depend on the seed (the generator of Park and Miller). */
function random(seed) {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return (state - 1) / 2147483646
  }
}

const below = (next, limit) => Math.floor(next() * limit)

function makeWord(next) {
  let word = ''
  for (let length = 3 + below(next, 8); length > 0; length--) word += String.fromCharCode(97 + below(next, 26))
  return word
}

/** Lines of 4 to 13 words; a few words are common and most are rare; one line in 500 has a TODO. */
function prose(seed) {
  const next = random(seed)
  const words = Array.from({ length: 4000 }, () => makeWord(next))
  return () => {
    const line = []
    for (let left = 4 + below(next, 10); left > 0; left--) line.push(words[Math.floor(words.length * next() ** 2)])
    if (below(next, 500) === 0) line.splice(1, 0, 'TODO')
    return `${line.join(' ')}\n`
  }
}

/** A text of whole lines, at least `bytes` long. */
function text(line, bytes) {
  const lines = []
  for (let length = 0; length < bytes; ) {
    const next = line()
    lines.push(next)
    length += next.length
  }
  return lines.join('')
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/**
 * The data of one run. Each method returns a directory to use as a work directory and fills it at its first call.
 */
export class Data {
  #root = mkdtempSync(join(tmpdir(), 'agent-sandbox-bench-'))
  #made = new Map()
  #quick

  constructor({ quick }) {
    this.#quick = quick
  }

  /** `notes.txt` of 8 KB and a directory `entries` of 20 files: what a small command looks at. */
  small() {
    return this.#once('small', (root) => {
      const line = prose(1)
      write(join(root, 'notes.txt'), text(line, 8 << 10))
      for (let i = 0; i < 20; i++) write(join(root, 'entries', `entry-${i}.txt`), text(line, 200))
    })
  }

  /** A project: 2,000 files and 20 MB in the directories under `src`. */
  tree() {
    return this.#once('tree', (root) => {
      const line = prose(2)
      const next = random(3)
      for (let i = 0; i < (this.#quick ? 200 : 2000); i++) {
        const name = join('src', `package-${i % 10}`, `part-${i % 12}`, `module-${i % 24}`, `file-${i}.txt`)
        write(join(root, name), text(line, 4000 + below(next, 12_000)))
      }
    })
  }

  /** `words.txt`, 20 MB of prose, and `lines.txt`, 500,000 lines in no order. */
  big() {
    return this.#once('big', (root) => {
      write(join(root, 'words.txt'), text(prose(4), this.#quick ? 2e6 : 20e6))
      const next = random(5)
      const lines = []
      for (let i = 0; i < (this.#quick ? 50_000 : 500_000); i++) {
        lines.push(`${makeWord(next)} ${makeWord(next)} ${below(next, 1e6)}\n`)
      }
      write(join(root, 'lines.txt'), lines.join(''))
    })
  }

  /** `huge.txt`, 200 MB of prose. */
  huge() {
    return this.#once('huge', (root) => {
      const part = readFileSync(join(this.big(), 'words.txt'))
      for (let i = 0; i < 10; i++) appendFileSync(join(root, 'huge.txt'), part)
    })
  }

  /** `many`, a directory of 100,000 empty files, and `few`, one of a tenth of them. */
  entries() {
    return this.#once('entries', (root) => {
      const count = this.entryCount()
      for (let i = 0; i < count; i++) write(join(root, 'many', `entry-${i}`), '')
      for (let i = 0; i < count / 10; i++) write(join(root, 'few', `entry-${i}`), '')
    })
  }

  /** How many files are in `many` of `entries()`. */
  entryCount() {
    return this.#quick ? 10_000 : 100_000
  }

  /** `arguments.txt`: 500 words, a line each. */
  words() {
    return this.#once('words', (root) => {
      const next = random(6)
      write(join(root, 'arguments.txt'), Array.from({ length: 500 }, () => `${makeWord(next)}\n`).join(''))
    })
  }

  /** `lines.txt`: 100,000 lines of prose. */
  lines() {
    return this.#once('lines', (root) => {
      const line = prose(7)
      write(join(root, 'lines.txt'), Array.from({ length: this.#quick ? 10_000 : 100_000 }, line).join(''))
    })
  }

  /** `long.sh`, 10 MB of functions and the call of one. */
  script() {
    return this.#once('script', (root) => {
      const next = random(8)
      const define = () => {
        const name = `${makeWord(next)}_${below(next, 1e6)}`
        return `${name}() {
  local name="$1" count=\${2:-${below(next, 100)}}
  if [ "$count" -gt 10 ] && [[ $name == ${makeWord(next)}* ]]; then
    echo "\${name%.*} has $((count * 2 + ${below(next, 100)}))" # ${makeWord(next)}
  else
    for i in ${makeWord(next)} ${makeWord(next)}; do printf '%s\\n' "$i" > /dev/null; done
  fi
}
`
      }
      const body = text(define, this.#quick ? 1e6 : 10e6)
      write(join(root, 'long.sh'), `${body}last() { echo read; }\nlast\n`)
    })
  }

  /** The path of a C program of `programs/`, compiled. */
  program(name) {
    const root = this.#once(`program-${name}`, (root) => {
      const source = fileURLToPath(new URL(`programs/${name}.c`, import.meta.url))
      execFileSync('cc', ['-O2', '-o', join(root, name), source], { stdio: ['ignore', 'ignore', 'inherit'] })
    })
    return join(root, name)
  }

  remove() {
    rmSync(this.#root, { recursive: true, force: true })
  }

  #once(name, fill) {
    if (!this.#made.has(name)) {
      const root = join(this.#root, name)
      mkdirSync(root)
      fill(root)
      this.#made.set(name, root)
    }
    return this.#made.get(name)
  }
}
