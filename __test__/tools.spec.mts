//! Every tool that `availableTools()` names does its work: one call each, with the output of the GNU tool.
import { expect, test } from 'vitest'
import { Sandbox } from 'agent-sandbox'
import { directory, sandboxWith } from './helpers.mts'

interface Case {
  args?: string[]
  stdin?: string
  stdout?: string | RegExp
  stderr?: string
  exitCode?: number
}

const files = { 'a.txt': 'one\ntwo\nthree\n', 'b.txt': 'two\nfour\n', 'sub/c.txt': 'see\n' }

const cases: Record<string, Case> = {
  '[': { args: ['-f', 'a.txt', ']'] },
  arch: { stdout: 'x86_64\n' },
  b2sum: { args: ['a.txt'], stdout: 'dc95ce6fe6b573b607deda3d7cad9d54ac650f9522319b137e22c682aed1934928ecc62f4f4d039b9d6be1f867dc1f1ba4e69888e7564c9f2ec321b1091beb1a  a.txt\n' },
  base64: { args: ['a.txt'], stdout: 'b25lCnR3bwp0aHJlZQo=\n' },
  bash: { args: ['-c', 'echo hi'], stdout: 'hi\n' },
  basename: { args: ['/work/a.txt', '.txt'], stdout: 'a\n' },
  cat: { args: ['-n', 'a.txt'], stdout: '     1\tone\n     2\ttwo\n     3\tthree\n' },
  chmod: { args: ['-v', 'u+x,go=', 'a.txt'], stdout: /^mode of 'a.txt' changed from \d{4} \(.{9}\) to 0[67]00 \(.{9}\)\n$/ },
  cksum: { args: ['a.txt'], stdout: '3358846701 14 a.txt\n' },
  cp: { args: ['-v', 'a.txt', 'sub'], stdout: "'a.txt' -> 'sub/a.txt'\n" },
  cut: { args: ['-c', '1-2', 'b.txt'], stdout: 'tw\nfo\n' },
  date: { args: ['-u', '-d', '@0', '+%Y-%m-%d %H:%M:%S'], stdout: '1970-01-01 00:00:00\n' },
  dirname: { args: ['/work/a.txt'], stdout: '/work\n' },
  echo: { args: ['hello', 'world'], stdout: 'hello world\n' },
  egrep: { args: ['^(one|two)$', 'a.txt'], stdout: 'one\ntwo\n' },
  env: { args: ['-i', 'A=1'], stdout: 'A=1\n' },
  expr: { args: ['(', '6', '*', '7', ')', '-', '2'], stdout: '40\n' },
  false: { exitCode: 1, stdout: '' },
  fgrep: { args: ['t', 'b.txt'], stdout: 'two\n' },
  grep: { args: ['-rn', 'e$', 'a.txt', 'sub'], stdout: 'a.txt:1:one\na.txt:3:three\nsub/c.txt:1:see\n' },
  groups: { stdout: 'agent\n' },
  hd: { args: ['b.txt'], stdout: /^00000000 {2}74 77 6f 0a 66 6f 75 72 {2}0a +\|two\.four\.\|\n00000009\n$/ },
  head: { args: ['-n', '1', 'a.txt'], stdout: 'one\n' },
  hexdump: { args: ['-e', '9/1 "%02x" "\\n"', 'b.txt'], stdout: '74776f0a666f75720a\n' },
  hostname: { stdout: 'sandbox\n' },
  id: { stdout: 'uid=1000(agent) gid=1000(agent) groups=1000(agent)\n' },
  kill: { args: ['-l', '9'], stdout: 'KILL\n' },
  ln: { args: ['-sv', 'a.txt', 'link'], stdout: "'link' -> 'a.txt'\n" },
  logname: { stdout: 'agent\n' },
  ls: { args: ['-1'], stdout: 'a.txt\nb.txt\nsub\n' },
  md5sum: { args: ['a.txt'], stdout: 'deed54b823522e0525693b090363f9df  a.txt\n' },
  mkdir: { args: ['-pv', 'x/y'], stdout: "mkdir: created directory 'x'\nmkdir: created directory 'x/y'\n" },
  mktemp: { args: ['-u', 'a.XXXX'], stdout: /^a\.\w{4}\n$/ },
  mv: { args: ['-v', 'a.txt', 'z.txt'], stdout: "renamed 'a.txt' -> 'z.txt'\n" },
  nl: { args: ['b.txt'], stdout: '     1\ttwo\n     2\tfour\n' },
  nproc: { stdout: '1\n' },
  od: { args: ['-An', '-tx1', 'b.txt'], stdout: ' 74 77 6f 0a 66 6f 75 72 0a\n' },
  paste: { args: ['-d,', 'a.txt', 'b.txt'], stdout: 'one,two\ntwo,four\nthree,\n' },
  printenv: { args: ['HOME', 'USER'], stdout: '/home/agent\nagent\n' },
  printf: { args: ['%05.1f|%x\\n', '3.14159', '255'], stdout: '003.1|ff\n' },
  pwd: { stdout: '/work\n' },
  readlink: { args: ['-f', 'sub/../a.txt'], stdout: '/work/a.txt\n' },
  realpath: { args: ['--relative-to=sub', 'a.txt'], stdout: '../a.txt\n' },
  rev: { args: ['b.txt'], stdout: 'owt\nruof\n' },
  rm: { args: ['-rv', 'sub'], stdout: "removed 'sub/c.txt'\nremoved directory 'sub'\n" },
  rmdir: { args: ['sub'], exitCode: 1, stdout: '', stderr: "rmdir: failed to remove 'sub': Directory not empty\n" },
  sed: { args: ['s/one/two/'], stdin: 'one\n', stdout: 'two\n' },
  seq: { args: ['-s', ',', '5'], stdout: '1,2,3,4,5\n' },
  sh: { args: ['-c', 'echo hi'], stdout: 'hi\n' },
  sha1sum: { args: ['a.txt'], stdout: '98ce56098daf1a2ffe03a0d108ea841f1e4e6c69  a.txt\n' },
  sha224sum: { args: ['a.txt'], stdout: '53eb9a854bdcc414d3fc4c8a3e730b3a8083225956e3b97f71305921  a.txt\n' },
  sha256sum: { args: ['a.txt'], stdout: 'b6285c57e8797db5d4c51c80d6f11938afda9b11c6a003549709189e9b4b92a2  a.txt\n' },
  sha384sum: { args: ['a.txt'], stdout: '07f35c1352d98d903358c643f2da91a50c64730049616e63d2b530b7c1069ca7480da924002a7bb260864aaa52833e0e  a.txt\n' },
  sha512sum: { args: ['a.txt'], stdout: '4379c7e10619d0e4867e9c18a140a1420c8cb3510e040e2930651c1b1aabb0a668ba9d234875d98fd0d01f5486dd03079c99bc80440f76d1d7c6adf6356b299c  a.txt\n' },
  sleep: { args: ['0.01'], stdout: '' },
  sort: { args: ['-r', 'a.txt'], stdout: 'two\nthree\none\n' },
  stat: { args: ['-c', '%n %s %F', 'a.txt'], stdout: 'a.txt 14 regular file\n' },
  sum: { args: ['a.txt'], stdout: '61671     1 a.txt\n' },
  tac: { args: ['b.txt'], stdout: 'four\ntwo\n' },
  tail: { args: ['-n', '1', 'a.txt'], stdout: 'three\n' },
  tee: { args: ['copy'], stdin: 'text\n', stdout: 'text\n' },
  test: { args: ['one', '=', 'two'], exitCode: 1 },
  timeout: { args: ['10', 'echo', 'in time'], stdout: 'in time\n' },
  touch: { args: ['new'], stdout: '' },
  tr: { args: ['a-z', 'A-Z'], stdin: 'text\n', stdout: 'TEXT\n' },
  true: { stdout: '' },
  tsort: { stdin: 'b c a b', stdout: 'a\nb\nc\n' },
  tty: { exitCode: 1, stdout: 'not a tty\n' },
  uname: { args: ['-a'], stdout: 'Linux sandbox 6.1.0 #1 SMP x86_64 GNU/Linux\n' },
  uniq: { args: ['-c'], stdin: 'a\na\nb\n', stdout: '      2 a\n      1 b\n' },
  unlink: { args: ['a.txt'], stdout: '' },
  wc: { args: ['a.txt', 'b.txt'], stdout: ' 3  3 14 a.txt\n 2  2  9 b.txt\n 5  5 23 total\n' },
  which: { args: ['cat', 'nope'], exitCode: 1, stdout: '/usr/bin/cat\n' },
  whoami: { stdout: 'agent\n' },
  xargs: { args: ['-n2', 'echo', '+'], stdin: '1 2 3', stdout: '+ 1 2\n+ 3\n' },
  xxd: { args: ['b.txt'], stdout: /^00000000: 7477 6f0a 666f 7572 0a +two\.four\.\n$/ },
  yes: { args: ['--help'], stdout: /Usage: yes \[STRING\]\.\.\./ },
}

test('the list of tools is the table of this file, sorted', () => {
  expect(Sandbox.availableTools()).toEqual(Object.keys(cases).sort())
})

test.each(Object.entries(cases))('%s', async (command, { args = [], stdin, stdout = '', stderr = '', exitCode = 0 }) => {
  const result = await sandboxWith({ workDir: directory(files) }).exec(command, args, { stdin })
  expect([result.exitCode, String(result.stderr)]).toEqual([exitCode, stderr])
  if (stdout instanceof RegExp) expect(String(result.stdout)).toMatch(stdout)
  else expect(String(result.stdout)).toBe(stdout)
})
