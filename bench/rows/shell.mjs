// Scripts: the shell's own speed, and what starting tools from it costs.
import { commandRow } from '../command-row.mjs'
import { scriptRow } from '../script-row.mjs'

/** The scripts of the rows; `n` makes a count smaller for a quick run. */
const scripts = (n) => [
  {
    name: 'shell: 100,000 × [ ] and arithmetic',
    script: `i=0 sum=0
while [ $i -lt ${n(100_000)} ]; do
  i=$((i + 1))
  if [ $((i % 3)) -eq 0 ]; then sum=$((sum + i)); fi
done
echo $sum`,
    limit: { ratio: 0.5 },
  },
  {
    name: 'shell: a string in 20,000 steps',
    script: `s=
for ((i = 0; i < ${n(20_000)}; i++)); do s="$s$i,"; done
echo "\${#s} \${s: -20}"`,
    limit: { ratio: 0.1 },
    // Bash takes the square of the steps: some 10 s.
    rounds: 3,
  },
  {
    name: 'shell: 500 × $(echo | tr)',
    script: `for ((i = 0; i < ${n(500)}; i++)); do x=$(echo "$i" | tr 0-9 a-j); echo "$x"; done`,
    limit: { ratio: 0.05 },
  },
  {
    name: 'shell: 1,000 × wc -l < file',
    script: `for ((i = 0; i < ${n(1000)}; i++)); do wc -l < notes.txt; done`,
    limit: { ratio: 0.15 },
  },
  { name: 'shell: yes | head | wc', script: 'yes | head -n 1000000 | wc -l', limit: { ratio: 1 } },
  {
    name: 'shell: (( )) and for ((;;))',
    script: `for ((i = 0, a = 1; i < ${n(200_000)}; i++)); do ((a = (a * 31 + i) % 65537)); done; echo $a`,
  },
  {
    name: 'shell: function calls',
    script: `add() { local x=$1 y=$2; r=$((x + y)); return $((r & 1)); }
r=0 odd=0
for ((i = 0; i < ${n(50_000)}; i++)); do add $r $i || odd=$((odd + 1)); done
echo $r $odd`,
  },
  {
    name: 'shell: an indexed array',
    script: `a=()
for ((i = 0; i < ${n(50_000)}; i++)); do a+=($((i * 7 % 1000))); done
sum=0
for x in "\${a[@]}"; do sum=$((sum + x)); done
for ((i = 0; i < \${#a[@]}; i++)); do a[i]=$((a[i] + 1)); done
echo \${#a[@]} $sum \${a[-1]}`,
  },
  {
    name: 'shell: an associative array',
    script: `declare -A h
for ((i = 0; i < ${n(50_000)}; i++)); do k=key$((i % 997)); h[$k]=$((\${h[$k]:-0} + 1)); done
echo \${#h[@]} \${h[key5]}`,
  },
  {
    name: 'shell: expansions of paths',
    script: `p=/usr/local/share/some/where/file.tar.gz
for ((i = 0; i < ${n(30_000)}; i++)); do b=\${p##*/}; s=\${b%%.*}$i; d=\${p%/*}; q=\${d//\\//-}; u=\${s^^}; done
echo $b $s $q $u`,
  },
  {
    name: 'shell: case and [[ ]]',
    script: `n=0
for ((i = 0; i < ${n(30_000)}; i++)); do
  case item$i in *7) ((n += 1));; item[0-4]*) ((n += 2));; *) ((n += 3));; esac
  [[ item$i == *9* && ! item$i =~ ^item1 ]] && ((n += 5))
done
echo $n`,
  },
  {
    name: 'shell: while read, 100,000 lines',
    script: `n=0 c=0
while IFS= read -r line; do n=$((n + 1)); c=$((c + \${#line})); done < lines.txt
echo $n $c`,
    workDir: (data) => data.lines(),
  },
  {
    name: 'shell: while read into fields',
    script: `n=0
while read -r first second rest; do [ "$second" = TODO ] && n=$((n + 1)); done < lines.txt
echo $n "$first" "$rest"`,
    workDir: (data) => data.lines(),
  },
  {
    name: 'shell: mapfile, 100,000 lines',
    script: 'mapfile -t a < lines.txt; echo "${#a[@]} ${a[-1]}"',
    workDir: (data) => data.lines(),
  },
  {
    name: 'shell: 2,000 × $(builtin)',
    script: `for ((i = 0; i < ${n(2000)}; i++)); do x=$(printf '%05d' $i); done; echo $x`,
  },
  {
    name: 'shell: 2,000 × ( )',
    script: `x=0; for ((i = 0; i < ${n(2000)}; i++)); do (x=$i; [ $x -eq 1000 ] && echo half); done; echo $x`,
  },
  {
    name: 'shell: recursion through $( )',
    script: 'fib() { if (($1 < 2)); then echo $1; else echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); fi; }; fib 14',
  },
  {
    name: 'shell: 2,000 here-documents',
    script: `for ((i = 0; i < ${n(2000)}; i++)); do
  read -r a b <<END
value $i and $((i * 2))
END
done
echo $a $b`,
  },
  {
    name: 'shell: 500 × cat <<END',
    script: `for ((i = 0; i < ${n(500)}; i++)); do
  cat <<END
line one of $i
line two
END
done`,
  },
  {
    name: 'shell: a loop as a stage',
    script: `seq ${n(100_000)} | while read -r n; do ((n % 1000)) || echo $n; done | wc -l`,
  },
  { name: 'shell: globs', script: `for ((i = 0; i < ${n(1000)}; i++)); do set -- entries/entry-1*.txt; done; echo $# $1` },
  {
    name: 'shell: 200 × & and wait',
    script: `for ((i = 0; i < ${n(200)}; i++)); do true & done; wait; echo end`,
  },
  {
    name: 'shell: printf to a file',
    script: `for ((i = 0; i < ${n(20_000)}; i++)); do printf '%d %s\\n' $i name; done > /dev/null; echo end`,
  },
  { name: 'shell: reads a script of 10 MB', script: 'bash long.sh', workDir: (data) => data.script(), rounds: 5 },
]

export function rows(context) {
  const { data, quick } = context
  const small = () => data.small()
  return [
    commandRow(
      { name: "shell: sh -c 'echo hi'", command: ['sh', '-c', 'echo hi'], workDir: small, limit: { ratio: 0.05 } },
      context,
    ),
    ...scripts((count) => (quick ? count / 10 : count)).map(({ workDir, ...row }) =>
      scriptRow({ ...row, workDir: () => (workDir ?? (() => small()))(data) }, context),
    ),
  ]
}
