//! What grows or is matched without bounds: strings, arrays, ranges, globs, patterns, output, files.
import { depthBelow } from './nesting.mjs'
import { placed } from './places.mjs'

const GROWTH = [
  'a=x; while :; do a=$a$a; done',
  'a=x; while :; do a+=$a; done',
  'a=x; for ((i = 0; i < 100; i++)); do a="$a$a$a"; done; echo ${#a}',
  'a=(x); while :; do a+=("${a[@]}"); done',
  'a=(x y); while :; do a=("${a[@]}" "${a[@]}"); done',
  'a=(x); while :; do a=(${a[@]} ${a[*]}); done',
  'set -- x; while :; do set -- "$@" "$@"; done',
  'f() { f "$@" "$@"; }; f x',
  'declare -A h; i=0; while :; do h[$i]=$i$i$i$i; ((i++)); done',
  'declare -A h=([k]=x); while :; do h[k]+=${h[k]}; done',
  'i=0; while :; do a[i * 1000003]=$i; ((i++)); done',
  'i=0; while :; do eval "v$i=$i"; ((i++)); done',
  'i=0; while :; do eval "f$i() { echo $i; }"; ((i++)); done',
  'a=x; while :; do a=${a//x/xx}; done',
  'a=x; while :; do a=${a/#/$a}; done',
  'a="x y"; while :; do a=$(echo $a $a); done',
  'a=x; while :; do a=$(cat <<< "$a$a"); done',
  'a=x; while :; do read -r a <<< "$a$a"; done',
  'a=x; while :; do printf -v a "%s%s" "$a" "$a"; done',
  'a=x; while :; do a=${a@Q}; done',
  'a=\\; while :; do printf -v a %q "$a"; done',
  "a='$a$a'; while :; do eval \"a='\\$a'$a\"; done",
  'a=x; while :; do eval "a=\\"$a$a\\""; done',
  'a=x; while :; do export a=$a$a; true; env > /dev/null; done',
  'a=x; while :; do a=${a^^}${a,,}; done',
  'IFS=x; a=x; while :; do a=$a$a; set -- $a; done',
  'PATH=$PATH; while :; do PATH=$PATH:$PATH; command -v nothing; done',
  'while :; do pushd / > /dev/null; done',
  'while :; do trap "$(trap -p EXIT)$(trap -p EXIT) echo x" EXIT; done',
  'x=$(yes)',
  'x=$(cat /dev/zero)',
  'x=$(tr "\\0" x < /dev/zero)',
  'read -r x < /dev/zero',
  'read -r -N 2000000000 x < <(yes)',
  'mapfile a < <(yes)',
  'mapfile -d "" a < /dev/zero',
  'head -c 1000000000 /dev/zero | tail -c 1000000000 | sort | wc -c',
  'yes > f',
  'while :; do cat f f > g 2>/dev/null; cat g g >> f; echo x >> f; done',
  'i=0; while :; do : > file$((i++)); done',
  'i=0; while :; do mkdir -p d/d/d/d/d$((i++)); cd d; done',
  'while :; do mkdir d; cd d; done 2>/dev/null',
  'while :; do ln -s "$PWD/l" "l$((i++))"; done',
  'yes',
  'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
  'while :; do echo x >&2; done',
  'while :; do printf "%s\\n" {1..1000}; done',
  'seq 1 1000000000000',
  'cat <<< "$(seq 1 10000000)" | sort -n | uniq | wc',
  'for i in $(seq 1 100000000); do :; done',
  'printf "%1000000000s" x',
  'printf -v x "%1000000000s" x; echo ${#x}',
  'printf "%.1000000000d" 1',
  'printf "%*s" 2147483647 x',
  'printf "%s" {1..10000000}',
  'a=$(printf "%50000000s"); b=${a// /xxxx}; echo ${#b}',
  'a=$(printf "%5000000s" x); echo ${a//?/xxxxxxxxxxxxxxxxxxxx}',
  'a=$(printf "%1000000s" x); for ((i = 0; i < 1000000; i++)); do b=${a:i:1}; done',
  'a=$(printf "%200000s" x); set -- ${a// /y }; echo $#; echo "${@/%/$a}"',
  'exec 3<> f; while :; do echo x >&3; cat <&3; done',
  'coproc cat; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx >&${COPROC[1]}; done',
  'set -x; while :; do a=$a$a$i; i=1; done',
  'help() { help "$1$1"; }; help x',
  'compgen -W "$(yes | head -n 1000000)" | wc -l',
  'history -s "$(yes | head -c 10000000)"; history | wc -c',
  'alias a="$(yes | head -c 10000000)"; alias | wc -c',
  'x=$(printf "%%s%.0s" {1..100000}); printf "$x" {1..100000} | wc -c',
]

const placedOrNot = (random, makers) => {
  const text = random.pick(makers)()
  return random.once(2) ? text : placed(random, text)
}

export const growing = (random) => placed(random, random.pick(GROWTH))

const ENDS = ['10', '1000', '100000', '100000000', '2147483648', '9223372036854775807', '-9223372036854775808', '99999999999999999999', '0000000001', 'z', 'Z', '-1']

function range(random) {
  const step = random.once(3) ? `..${random.pick(['0', '1', '-1', '7', '9223372036854775807', '-9223372036854775808'])}` : ''
  return `{${random.pick(['1', '0', 'a', '-1', '-9223372036854775808', '000'])}..${random.pick(ENDS)}${step}}`
}

/** A huge range, a product of ranges, or lists of which each doubles the words. */
function braces(random) {
  const many = depthBelow(random, 60)
  return random.pick([
    () => range(random),
    () => Array.from({ length: random.whole(2, 6) }, () => range(random)).join(''),
    () => '{a,b}'.repeat(many),
    () => '{,}'.repeat(many),
    () => `{${range(random)},${range(random)}}`,
    () => `{${Array.from({ length: random.whole(2, 5000) }, (_, index) => index).join(',')}}`.repeat(random.whole(1, 4)),
    () => `${'{a,'.repeat(many)}b${'}'.repeat(many)}`.repeat(random.whole(1, 5)),
    () => '{x,{y,z}}'.repeat(many),
  ])()
}

export function ranging(random) {
  const words = braces(random)
  return placedOrNot(random, [
    () => `echo ${words}`,
    () => `echo x${words}y > /dev/null`,
    () => `for i in ${words}; do :; done`,
    () => `for i in ${words}; do break; done; echo $i`,
    () => `a=(${words}); echo \${#a[@]}`,
    () => `set -- ${words}; echo $#`,
    () => `printf '%s\\n' ${words} | wc -l`,
    () => `x=$(echo ${words}); echo \${#x}`,
    () => `touch f; ls f${words}`,
    () => `case x in ${words}) ;; esac`,
    () => `f() { echo $#; }; f ${words}`,
    () => `echo ${words} | head -c 10`,
    () => `eval 'echo ${words}'`,
    () => `cat ${words}`,
    () => `: $((${random.pick(['2 ** 9223372036854775807', '1 << 9999999', '9223372036854775807 * 3', 'x = 5, x *= x *= x *= x'])})) ${words}`,
  ])
}

const PATTERNS = [
  '*a*a*a*a*a*a*a*a*a*b',
  '*?*?*?*?*?*?*?*?*?*?*b',
  '+(+(+(+(a))))b',
  '*(*(*(a|b)|c)|d)x',
  '+(a|aa|aaa)b',
  '!(!(!(!(a))))',
  '@(a|@(a|@(a|@(a|b))))*x',
  '*(a)*(a)*(a)*(a)*(a)*(a)*(a)b',
  '!(*a*)!(*b*)!(*a*)x',
  '[[:alpha:]]*[[:alpha:]]*[[:alpha:]]*[[:digit:]]',
]

const EXPRESSIONS = [
  '^(a+)+$b',
  '^(a|aa)+$b',
  '(a*)*b',
  '(a|a)*b',
  '((a{1,100}){1,100}){1,100}b',
  'a{1000}{1000}',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(.*)(.*)(.*)(.*)(.*)(.*)(.*)b',
  '(a?){50}a{50}',
  '[[:alpha:]]{255}{255}',
]

/** Patterns that take exponential time in those who are careless, and globs over much. */
export function matching(random) {
  const text = `$(printf '%${depthBelow(random, 100_000)}s' '' | tr ' ' a)`
  const pattern = random.once(3) ? PATTERNS.slice(0, random.whole(1, 4)).join('') : random.pick(PATTERNS)
  return placedOrNot(random, [
    () => `shopt -s extglob\nx=${text}\n[[ $x == ${pattern} ]]; echo $?`,
    () => `shopt -s extglob\nx=${text}\ncase $x in ${pattern}) echo yes;; esac`,
    () => `shopt -s extglob\nx=${text}\necho "\${#x} \${x//${pattern}/y}" | wc -c`,
    () => `shopt -s extglob\nx=${text}\ny=\${x##${pattern}}; y=\${x%%${pattern}}; y=\${x#${pattern}}; echo \${#y}`,
    () => `shopt -s extglob\ntouch aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\necho ${pattern}`,
    () => `x=${text}\nr='${random.pick(EXPRESSIONS)}'\n[[ $x =~ $r ]]; echo $?`,
    () => `x=${text}\nr='${random.pick(EXPRESSIONS)}'\nwhile [[ $x =~ $r ]]; do x=\${x#?}; done`,
    () => `shopt -s globstar\necho ${random.pick(['/**', '/**/**/**', '**/../**/../**/..', '/*/*/*/*', '/*/../*/../*/../*/../*'])} | wc -c`,
    () => `mkdir -p ${'d/'.repeat(random.whole(1, 200))}\nshopt -s globstar\necho ${'*/'.repeat(random.whole(1, 200))} **/ | wc -c`,
    () => `touch {1..${depthBelow(random, 3000)}}\necho ${random.pick(['* * * *', '?*?* *', '[0-9]*[0-9]*[0-9]*', '*1*2*3*'])} | wc -w`,
    () => `touch a b c\ncd .\necho ${'[abc]'.repeat(random.whole(1, 50))} ${'{a,b}'.repeat(random.whole(1, 12))}* ${'./../'.repeat(random.whole(1, 100))}*`,
    () => `x=${text}\nIFS=a; set -- $x; echo $#; echo "\${x//a/aa}" | tr -d a | wc -c`,
    () => `echo ${text} | grep -E '${random.pick(EXPRESSIONS)}'; echo ${text} | sed 's/\\(a*\\)*b/x/' | wc -c`,
    () => `echo [${'a-z'.repeat(depthBelow(random, 10_000))}] [[:${'x'.repeat(depthBelow(random, 10_000))}:]]`,
  ])
}
