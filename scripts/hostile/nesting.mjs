//! Everything that can stand inside of itself, to a depth where a stack ends.
import { placed } from './places.mjs'

/** How each construct opens and closes, and what stands in its middle. */
const CONSTRUCTS = {
  group: { open: '{ ', close: '; }', middle: 'echo x' },
  subshell: { open: '( ', close: ' )', middle: 'echo x' },
  'subshell without blanks': { open: '(', close: ')', middle: 'echo x' },
  if: { open: 'if true; then ', close: '; fi', middle: 'echo x' },
  'if in the condition': { open: 'if ', close: '; then :; fi', middle: 'true' },
  else: { open: 'if false; then :; else ', close: '; fi', middle: 'echo x' },
  while: { open: 'while true; do ', close: '; break; done', middle: 'echo x' },
  until: { open: 'until false; do ', close: '; break; done', middle: 'echo x' },
  for: { open: 'for i in 1; do ', close: '; done', middle: 'echo x' },
  'arithmetic for': { open: 'for ((;;)); do ', close: '; break; done', middle: 'echo x' },
  case: { open: 'case x in x) ', close: ';; esac', middle: 'echo x' },
  select: { open: 'select s in a; do ', close: '; break; done', middle: 'echo x' },
  function: { open: 'f() { ', close: '; }', middle: 'echo x' },
  'function called': { open: 'f() { ', close: '; f; }', middle: 'echo x' },
  coproc: { open: 'coproc { ', close: '; }', middle: 'echo x' },
  not: { open: '! ', close: '', middle: 'true' },
  time: { open: 'time ', close: '', middle: 'true' },
  and: { open: 'true && ', close: '', middle: 'true' },
  or: { open: 'false || ', close: '', middle: 'true' },
  background: { open: 'true & ', close: '', middle: 'wait' },
  pipe: { open: 'echo x | ', close: '', middle: 'cat' },
  'conditional group': { open: '[[ ', close: ' ]]', each: ['( ', ' )'], middle: 'a == a' },
  'conditional not': { open: '[[ ', close: ' ]]', each: ['! ', ''], middle: 'a' },
  'conditional and': { open: '[[ ', close: ' ]]', each: ['a && ', ''], middle: 'a' },
  'test group': { open: '[ ', close: ' ]', each: ['\\( ', ' \\)'], middle: 'a = a' },
  'test not': { open: '[ ', close: ' ]', each: ['! ', ''], middle: 'a' },
  arithmetic: { open: 'echo $((', close: '))', each: ['(', ')'], middle: '1' },
  'arithmetic signs': { open: 'echo $((', close: '))', each: ['- ', ''], middle: '1' },
  'arithmetic not': { open: 'echo $((', close: '))', each: ['!', ''], middle: '1' },
  'arithmetic choice': { open: 'echo $((', close: '))', each: ['1 ? ', ' : 0'], middle: '1' },
  'arithmetic sums': { open: 'echo $((', close: '))', each: ['1 + ', ''], middle: '1' },
  'arithmetic powers': { open: 'echo $((', close: '))', each: ['1 ** ', ''], middle: '1' },
  'arithmetic assignments': { open: '((', close: '))', each: ['x = ', ''], middle: '1' },
  'arithmetic expansions': { open: 'echo ', close: '', each: ['$((1 + ', '))'], middle: '1' },
  subscripts: { open: 'a=(0); echo $((', close: '))', each: ['a[', ']'], middle: '0' },
  'subscript expansions': { open: 'a=(0); echo ', close: '', each: ['${a[', ']}'], middle: '0' },
  substitution: { open: 'echo ', close: '', each: ['$(echo ', ')'], middle: 'x' },
  'quoted substitution': { open: 'echo ', close: '', each: ['"$(echo ', ')"'], middle: 'x' },
  'substituted assignment': { open: '', close: '', each: ['a=$(', ')'], middle: 'echo x' },
  'process substitution': { open: 'cat ', close: '', each: ['<(cat ', ')'], middle: '/dev/null' },
  default: { open: 'echo ', close: '', each: ['${u:-', '}'], middle: 'x' },
  'quoted default': { open: 'echo ', close: '', each: ['"${u:-', '}"'], middle: 'x' },
  alternative: { open: 'x=1; echo ', close: '', each: ['${x:+', '}'], middle: 'x' },
  'pattern removal': { open: 'x=1; echo ', close: '', each: ['${x#', '}'], middle: 'x' },
  replacement: { open: 'x=1; echo ', close: '', each: ['${x/1/', '}'], middle: 'x' },
  offset: { open: 'x=1; echo ', close: '', each: ['${x:', '}'], middle: '0' },
  indirection: { open: 'x=x; echo ', close: '', each: ['${!x-', '}'], middle: 'x' },
  braces: { open: 'echo ', close: '', each: ['{a,', '}'], middle: 'b' },
  'braces side by side': { open: 'echo ', close: '', each: ['{', ',}'], middle: 'b' },
  'extended pattern': { open: 'shopt -s extglob\n[[ aaaa == ', close: ' ]]', each: ['+(', ')'], middle: 'a' },
  'negated pattern': { open: 'shopt -s extglob\n[[ aaaa == ', close: ' ]]', each: ['!(', ')'], middle: 'a' },
  'pattern in case': { open: 'shopt -s extglob\ncase aaaa in ', close: ') echo x;; esac', each: ['@(a|', ')'], middle: 'a' },
  'regular expression': { open: '[[ aaaa =~ ', close: ' ]]', each: ['(', ')'], middle: 'a' },
  'regular repetition': { open: 'r="', close: '"; [[ aaaa =~ $r ]]', each: ['(', ')*'], middle: 'a' },
  'here-document': { open: '', close: '', each: ['cat <<E\n$(', '\n)\nE\n'], middle: 'echo x' },
  'here-string': { open: '', close: '', each: ['cat <<< "$(', ')"'], middle: 'echo x' },
  array: { open: '', close: '', each: ['a=($(', '))'], middle: 'echo x' },
  quotes: { open: 'echo ', close: '', each: [`"'"'`, ''], middle: 'x' },
  'dollar quotes': { open: 'echo ', close: '', each: ["$'a'", ''], middle: 'x' },
  backslashes: { open: 'echo ', close: '', each: ['\\', ''], middle: 'x' },
  continuations: { open: 'echo ', close: '', each: ['\\\n', ''], middle: 'x' },
  semicolons: { open: ':', close: '', each: ['; :', ''], middle: '' },
  redirections: { open: 'echo x ', close: '', each: ['> f ', ''], middle: '' },
  'here-documents side by side': { open: 'cat ', close: '', each: ['<<E ', '\nE'], middle: '' },
  assignments: { open: '', close: '', each: ['a=1 ', ''], middle: 'true' },
  eval: { open: '', close: '', each: ['eval ', ''], middle: 'echo x' },
  command: { open: '', close: '', each: ['command ', ''], middle: 'echo x' },
  builtin: { open: '', close: '', each: ['builtin ', ''], middle: 'echo x' },
  env: { open: '', close: '', each: ['env ', ''], middle: 'echo x' },
  'name of a variable': { open: '', close: '=1', each: ['a', ''], middle: '' },
}

const NAMES = Object.keys(CONSTRUCTS)

/** Few levels are as likely as many: all the numbers of digits are. */
export const depthBelow = (random, most) => Math.floor(10 ** (random.whole(0, Math.floor(Math.log10(most) * 1000)) / 1000))

const MOST = 200_000

function one(random) {
  const { open, close, each, middle } = CONSTRUCTS[random.pick(NAMES)]
  const [before, after] = each ?? [open, close]
  const depth = depthBelow(random, MOST)
  const inside = `${before.repeat(depth)}${middle}${after.repeat(depth)}`
  return each === undefined ? inside : `${open}${inside}${close}`
}

/** Different constructs inside of each other. */
function mixed(random) {
  const plain = NAMES.filter((name) => CONSTRUCTS[name].each === undefined).map((name) => CONSTRUCTS[name])
  const chosen = Array.from({ length: random.whole(2, 6) }, () => random.pick(plain))
  const depth = depthBelow(random, MOST / 10)
  const levels = Array.from({ length: depth }, (_, level) => chosen[level % chosen.length])
  return `${levels.map(({ open }) => open).join('')}echo x${levels.reverse().map(({ close }) => close).join('')}`
}

/** Backquotes double their backslashes with each level. */
function backquotes(random) {
  let script = 'echo x'
  for (let level = random.whole(1, 14); level > 0; level--) {
    script = `echo \`${script.replace(/[\\`]/g, '\\$&')}\``
  }
  return script
}

export function nested(random) {
  const script = random.pick([one, one, one, one, mixed, backquotes])(random)
  // Half of a construct, too.
  const cut = random.once(5) ? script.slice(0, random.whole(1, script.length)) : script
  return random.once(2) ? cut : placed(random, cut)
}
