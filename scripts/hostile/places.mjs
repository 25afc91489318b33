//! Where in a script something stands, and under which options it runs.

/** A text in single quotes. */
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

const BEFORE = [
  ...['', '', '', '', 'set -e\n', 'set -u\n', 'set -x\n', 'set -f\n', 'set -E -T\n', 'set -o pipefail\n', 'LC_ALL=C\n'],
  ...['trap "echo bye" EXIT\n', 'trap "" TERM INT PIPE\n', 'trap : DEBUG\n', 'shopt -s extglob globstar lastpipe\n', 'exec 2>&1\n'],
]

const PLACES = [
  (text) => text,
  (text) => text,
  (text) => text,
  (text) => `( ${text}\n)`,
  (text) => `{ ${text}\n} | cat`,
  (text) => `true | { ${text}\n}`,
  (text) => `{ ${text}\n} &\nwait`,
  (text) => `x=$( ${text}\n)`,
  (text) => `cat <( ${text}\n)`,
  (text) => `f() {\n${text}\n}\nf`,
  (text) => `f() {\n${text}\n}\nfor i in 1 2 3; do f & done; wait`,
  (text) => `if ! { ${text}\n}; then echo failed; fi`,
  (text) => `while :; do\n${text}\ndone`,
  (text) => `trap ${quoted(text)} EXIT`,
  (text) => `trap ${quoted(text)} USR1\nkill -USR1 $$`,
  (text) => `eval ${quoted(text)}`,
  (text) => `bash -c ${quoted(text)}`,
  (text) => `cat > s <<'THE_END'\n${text}\nTHE_END\n. ./s`,
  (text) => `cat > s <<'THE_END'\n${text}\nTHE_END\nbash s`,
]

export const placed = (random, text) => `${random.pick(BEFORE)}${random.pick(PLACES)(text)}`
