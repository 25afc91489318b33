//! Scripts that are broken by chance, and scripts that are only long.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from '../cases/format.mjs'
import { root } from '../steps.mjs'
import { depthBelow } from './nesting.mjs'

const TOKENS = [
  ...['if', 'then', 'else', 'elif', 'fi', 'for', 'in', 'do', 'done', 'while', 'until', 'case', 'esac', 'select', 'function', 'time', 'coproc'],
  ...['{', '}', '(', ')', '((', '))', '[[', ']]', ';', ';;', ';&', ';;&', '&', '&&', '||', '|', '|&', '!', '\n', '\\\n', '#', ' '],
  ...['<', '>', '>>', '<<', '<<-', '<<<', '<&', '>&', '&>', '&>>', '<>', '>|', '2>&1', '{fd}>', '<(', '>(', '3<&-'],
  ...['$', '$(', '$((', '${', '`', '"', "'", "$'", '$"', '\\', '*', '?', '[', ']', '~', '=', '+=', '@(', '!(', '+('],
  ...['$x', '${x', '${x:-', '${x#', '${x/', '${x[', '${!x', '${#x', '${x@Q}', '$@', '"$@"', '$*', '$#', '$?', '$$', '$!', '$-', '$0'],
  ...['a', 'x=1', 'a=(', 'a[0]=', 'echo', 'eval', 'set', 'declare', 'local', 'read', 'printf', 'trap', 'exit', 'return', 'break', '. ', 'cat'],
  ...['END', '1', '0', '-1', '%', '/', ':', ',', '^', '{1..3}', '{a,b}', 'é', '\t', '\r', '\u00a0', '\u2028', '\u0000', '\u0001', '\u007f'],
]

const soup = (random) =>
  Array.from({ length: depthBelow(random, 2000) }, () => random.pick(TOKENS)).join(random.pick(['', ' ', ' ', '\n']))

const bytes = (random) =>
  String.fromCharCode(...Array.from({ length: depthBelow(random, 2000) }, () => random.pick([random.whole(0, 127), random.whole(0, 0xffff)])))

/** The scripts of the shell's own cases, read when they are first needed. */
let scripts
function corpus() {
  const folder = join(root, '__test__', 'cases')
  scripts ??= readdirSync(folder)
    .filter((name) => name.endsWith('.cases'))
    .sort()
    .flatMap((name) => parse(readFileSync(join(folder, name), 'utf8'), name).cases.map(({ script }) => script))
  return scripts
}

const CHANGES = [
  (text, random) => text.slice(0, random.whole(0, text.length)),
  (text, random) => text.slice(random.whole(0, text.length)),
  (text, random) => {
    const [from, to] = [random.whole(0, text.length), random.whole(0, text.length)].sort((a, b) => a - b)
    return text.slice(0, from) + text.slice(to)
  },
  (text, random) => {
    const [from, to] = [random.whole(0, text.length), random.whole(0, text.length)].sort((a, b) => a - b)
    return text.slice(0, to) + text.slice(from, to).repeat(random.whole(1, 20)) + text.slice(to)
  },
  (text, random) => {
    const at = random.whole(0, text.length)
    return text.slice(0, at) + random.pick(TOKENS) + text.slice(at)
  },
  (text, random) => {
    const at = random.whole(0, text.length)
    return text.slice(0, at) + random.pick(TOKENS) + text.slice(at + 1)
  },
  (text, random) => `${text}\n${random.pick(corpus())}`,
  (text, random) => {
    const at = random.whole(0, text.length)
    return text.slice(0, at) + random.pick(corpus()) + text.slice(at)
  },
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll(' ', ''),
  (text) => `$(${text})`,
  (text) => `"${text}"`,
]

function mutated(random) {
  let text = random.pick(corpus())
  for (let left = random.whole(1, 4); left > 0; left--) text = random.pick(CHANGES)(text, random)
  return text
}

/** Text that is no script, or that was one. */
export const broken = (random) => random.pick([soup, bytes, mutated, mutated, mutated])(random) || ':'

const REPEATED = [
  ':;',
  ':\n',
  'x=1\n',
  '# comment\n',
  'x=$((x + 1))\n',
  'f() { :; }\n',
  'true && ',
  'true | ',
  'a=(1 2 3)\n',
  'cat <<E >/dev/null\nx\nE\n',
  'if true; then :; fi\n',
  'x="${x:0:1}"\n',
  ': "$(:)"\n',
  'case x in x) ;; esac\n',
  "echo 'x' > /dev/null\n",
  '[[ a == b ]]\n',
  ': {a,b,c}\n',
  ': `:`\n',
  'alias a=b\n',
  '\\\n',
  '\n',
  ' ',
  '\t',
]

const WORDS = ['x', 'x ', '$x', '"x"', '"$x" ', "'x'", '\\x', '{', '}', '$', '`', '"', "'", '[', '*', '?', '{a,b}', '=', '~', '1,', 'é', '\\\n', '$((1))', '${x}', '<a ', '2>&1 ', 'x=1 ']

/** More of the same than anybody writes. */
export function long(random) {
  const times = depthBelow(random, 300_000)
  return random.pick([
    () => `${random.pick(REPEATED).repeat(times)}:`,
    () => `echo ${random.pick(WORDS).repeat(times)} > /dev/null`,
    () => `x=${random.pick(WORDS).repeat(times)}\n: "$x"`,
    () => `a=(${random.pick(WORDS).repeat(times)})\necho \${#a[@]}`,
    () => `${random.pick(WORDS).repeat(times)}`,
    () => `cat <<END | wc\n${random.pick(WORDS).repeat(times)}\nEND`,
    () => `case x in ${'a|'.repeat(times)}x) echo x;; esac`,
    () => `for i in ${'1 '.repeat(times)}; do :; done`,
    () => `[[ ${'a || '.repeat(times)}a ]]`,
    () => `((${'1+'.repeat(times)}1))`,
    () => `x=${'a'.repeat(times)}; echo "\${x//a/b}" | wc -c; [[ $x == *${'a*'.repeat(Math.min(times, 1000))} ]]`,
    () => `f() {\n${':\n'.repeat(times)}}\nf; declare -f f | wc -l`,
    () => `eval ${"'echo x;' ".repeat(Math.min(times, 20_000))}`,
    () => `${Array.from({ length: Math.min(times, 20_000) }, (_, index) => `v${index}=${index}`).join('\n')}\nset | wc -l`,
    () => `${Array.from({ length: Math.min(times, 20_000) }, (_, index) => `f${index}() { f${index + 1}; }`).join('\n')}\nf0`,
  ])()
}
