//! What calls itself: functions, files, `eval`, shells, traps, expansions.
import { placed, quoted } from './places.mjs'

const NAMES = ['f', 'g', 'recurse', 'a-b', ':', 'x1']

/** A call, inside of something. */
const AROUND = [
  (call) => call,
  (call) => `if true; then ${call}; fi`,
  (call) => `for i in 1; do ${call}; done`,
  (call) => `while :; do ${call}; done`,
  (call) => `{ ${call}; }`,
  (call) => `( ${call} )`,
  (call) => `case x in *) ${call};; esac`,
  (call) => `true && ${call}`,
  (call) => `! ${call}`,
  (call) => `eval '${call}'`,
  (call) => `x=$(${call})`,
  (call) => `echo "$(${call})"`,
  (call) => 'x=`' + call + '`',
  (call) => `${call} | cat`,
  (call) => `cat <(${call})`,
  (call) => `cat <<< "$(${call})"`,
  (call) => `cat <<END\n$(${call})\nEND\n`,
  (call) => `: \${x:-$(${call})}`,
  (call) => `((n += 1)); ${call}`,
  (call) => `local a=(1 2 3) b="$*"; ${call}`,
  (call) => `echo $n; ${call}`,
  (call) => `set -- "$@" x; ${call} "$@"`,
]

function functions(random) {
  const names = Array.from({ length: random.whole(1, 4) }, (_, index) => `${random.pick(NAMES)}${index}`)
  const bodies = names.map((name, index) => {
    const call = `${names[(index + 1) % names.length]}${random.pick(['', ' "$@"', ' "$@" x', ' $((${1:-0} + 1))'])}`
    const inside = random.once(3) ? random.pick(AROUND)(random.pick(AROUND)(call)) : random.pick(AROUND)(call)
    const [open, close] = random.once(4) ? '()' : '{}'
    return `${name}() ${open}\n${inside}\n${random.once(4) ? `${call}\n` : ''}${close}\n`
  })
  return `${bodies.join('')}${names[0]} 1`
}

const SELF = [
  '. ./self',
  'source ./self "$@" x',
  'bash ./self',
  'bash ./self "$@" x',
  'sh self',
  './self',
  'exec ./self',
  'exec bash self',
  'bash < self',
  'cat self | bash',
  '. <(cat self)',
  'eval "$(cat self)"',
  'eval "$(<self)"',
  'x=$(. ./self)',
  '. ./self & wait',
  '. ./self; . ./self',
  'bash self | bash self',
  'env bash self',
  'timeout 100 bash self',
  'echo x | xargs -n 1 bash self',
  'command . ./self',
  'builtin source ./self',
  'f() { . ./self; }; f',
]

/** A file that runs itself, or two that run each other. */
function files(random) {
  const between = random.pick(['', 'n=$((n + 1))\n', 'echo $n\n', 'a+=("$n")\n', 'set -- "$@" "$1"\n', 'exec 3< self\n'])
  const text = `#!/bin/bash\n${between}${random.pick(SELF)}\n`
  const both = random.once(3)
  const write = (name, content) => `printf %s ${quoted(content)} > ${name}; chmod +x ${name}\n`
  const start = random.pick(['. ./self', './self', 'bash self', 'source ./self'])
  if (!both) return `${write('self', text)}${start}`
  return `${write('self', text.replaceAll('self', 'other'))}${write('other', text)}${start}`
}

/** Text that evaluates itself. */
const TEXTS = [
  `x='eval "$x"'; eval "$x"`,
  `x='eval "$x"; eval "$x"'; eval "$x"`,
  `x='n=$((n + 1)); eval "$x" "$n"'; eval "$x"`,
  `export x='bash -c "$x"'; bash -c "$x"`,
  `export x='sh -c "$x"; sh -c "$x"'; sh -c "$x"`,
  `export x='bash -c "$x" & wait'; bash -c "$x"`,
  `export x='echo "$(bash -c "$x")"'; bash -c "$x"`,
  `x='$(eval "echo $x")'; eval "echo $x"`,
  `x='\${x@P}'; echo "\${x@P}"`,
  `x='$(echo "\${x@P}")'; echo "\${x@P}"`,
  `export -f f 2>/dev/null; f() { bash -c f; }; export -f f; f`,
  `f() { exec bash -c "$(declare -f f); f"; }; f`,
  `bash -c 'bash -c "$0" "$0"' 'bash -c "$0" "$0"'`,
  `x=x; echo $((x))`,
  `x=y y=x; ((x)); echo $((y + 1))`,
  `a='a[a]'; echo $((a))`,
  `a=('a[0]'); echo $((a[0]))`,
  `x='y=x' y='x=y'; ((x))`,
  `declare -n x=y; declare -n y=x; x=1; echo $x`,
  `declare -n x=x; x=1`,
  `f() { local -n x=x; x=1; echo $x; }; f`,
  `declare -n r='a[r]'; a=(1); echo $r`,
  `command_not_found_handle() { "$@" again; }; no_such_command`,
  `command_not_found_handle() { no_such_command "$@"; }; no_such_command`,
  `trap 'false' ERR; set -E; f() { false; }; trap f ERR; false`,
  `trap 'kill -USR1 $$' USR1; kill -USR1 $$; echo end`,
  `trap 'trap - EXIT; exit' EXIT; trap 'exit' DEBUG; exit`,
  `f() { :; f; }; trap f DEBUG; set -T; :`,
  `trap 'eval "$(trap -p DEBUG)"; :' DEBUG; :`,
  `trap 'trap "exit" EXIT; exit' EXIT`,
  `f() { return; }; trap 'f' RETURN; set -T; f`,
  `f() { trap f EXIT; exit; }; f`,
  `shopt -s expand_aliases\nalias a='b ' b='a '\na a a`,
  `shopt -s expand_aliases\nalias a='a; a'\na`,
  `PS4='$(echo $x)'; x=1; set -x; echo a`,
  `PS4='\${PS4@P}'; set -x; echo a`,
  `BASH_ENV=./e; export BASH_ENV; echo 'bash -c :' > e; bash -c :`,
  `mapfile -C 'mapfile -c 1 -C "$x" a <<< "x"; :' -c 1 a <<< x`,
  `x='mapfile -c 1 -C "eval \\"\\$x\\" ;:" a <<< y'; eval "$x"`,
  `f() { unset -f f; f() { f; }; f; }; f`,
  `f() { eval "f$1() { f$(($1 + 1)) $(($1 + 1)); }"; }; f1() { f $(($1 + 1)); f$(($1 + 1)) $(($1 + 1)); }; f1 1`,
  `while read -r l; do echo "$l" >> f; done < f; echo x > f; while read -r l; do echo "$l" >> f; done < f`,
  `echo 'cat self >> self; . ./self' > self; . ./self`,
]

export const recursive = (random) => {
  const make = random.pick([functions, functions, files, () => placed(random, random.pick(TEXTS))])
  return `${make(random)}${random.pick(['', '\necho "end $?"', ' 2>&1', ' 2>/dev/null; echo $?'])}`
}
