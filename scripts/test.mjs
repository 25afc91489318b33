//! `npm test`: every check of the repository in turn. The last line is the sum over all of them.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, prepare } from './setup.mjs'
import { Advice, must, root, run, runMain, say } from './steps.mjs'

const GENERATED = ['binding.js', 'binding.d.ts', 'Cargo.lock']
const BIN = join(root, 'node_modules')
const VITEST_REPORT = join(root, 'target', 'vitest.json')

/** What a suite found. A known gap is a test that states what does not work yet, and fails when it starts to. */
const tally = (passed, failed, gaps = 0) => ({ passed, failed, gaps })

/** A command that passes or fails as a whole. */
const check = (command, args, options) => async () => {
  const { status } = await run(command, args, options)
  return status === 0 ? tally(1, 0) : tally(0, 1)
}

/** `cargo test`: counted from its "test result" lines; gaps are tests with `known_gap` in their name. */
const rustTests = (args) => async () => {
  const { status, stdout } = await run('cargo', ['test', ...args], { capture: true })
  const results = [...stdout.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)]
  const sum = (group) => results.reduce((total, match) => total + Number(match[group]), 0)
  const gaps = [...stdout.matchAll(/^test \S*known_gap\S* .*\.\.\. ok$/gm)].length
  // An ignored test is a silenced one; a status without a failed test is a build that failed.
  const failed = sum(2) + sum(3)
  return tally(sum(1) - gaps, status === 0 ? failed : Math.max(failed, 1), gaps)
}

const readGenerated = () =>
  GENERATED.map((name) => (existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : ''))

/** The release build, which must leave the generated files as they were before the first suite. */
const generatedFiles = (before) => async () => {
  await build()
  const after = readGenerated()
  const stale = GENERATED.filter((_, index) => before[index] !== after[index])
  for (const name of stale) console.log(`${name} was stale, and is new now: commit it`)
  return tally(GENERATED.length - stale.length, stale.length)
}

/** The Vitest specs, counted from Vitest's JSON report; gaps are tests named "known gap: …". */
async function specs() {
  rmSync(VITEST_REPORT, { force: true })
  const vitest = join(BIN, 'vitest', 'vitest.mjs')
  const args = ['run', '--reporter=verbose', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`]
  const { status } = await run(process.execPath, [vitest, ...args])
  const files = existsSync(VITEST_REPORT) ? JSON.parse(readFileSync(VITEST_REPORT, 'utf8')).testResults : []
  const tests = files.flatMap((file) => file.assertionResults)
  const passed = tests.filter((test) => test.status === 'passed')
  const gaps = passed.filter((test) => test.title.startsWith('known gap: ')).length
  const failed = tests.length - passed.length
  return tally(passed.length - gaps, status === 0 ? failed : Math.max(failed, 1), gaps)
}

/** Runs a suite; one that cannot run has failed. */
async function settle(suite) {
  try {
    return await suite()
  } catch (error) {
    console.error(error instanceof Advice ? `error: ${error.message}` : error)
    return tally(0, 1)
  }
}

await runMain(async () => {
  const before = readGenerated()
  await prepare()
  const [, host] = /^host: (.+)$/m.exec(await must('rustc', ['-vV'], 'install Rust', { quiet: true }))
  const tsc = join(BIN, 'typescript', 'bin', 'tsc')
  const strict = ['--', '-D', 'warnings']
  // The target is named, as napi does: so one build of wasmtime and of the guest serves all.
  const suites = [
    ['rustfmt', check('cargo', ['fmt', '--all', '--check'])],
    ['clippy, host', check('cargo', ['clippy', '--release', '--target', host, '--workspace', '--all-targets', ...strict])],
    [
      'clippy, guest',
      check('cargo', ['clippy', '--profile', 'guest', '-p', 'toolbox', '--target', 'wasm32-wasip1', ...strict], {
        // As build.rs does, whose dependencies it shares.
        env: { CARGO_TARGET_DIR: join(root, 'target', 'guest'), RUSTFLAGS: '-Ctarget-feature=+simd128' },
      }),
    ],
    ['Rust tests, host', rustTests(['--release', '--target', host, '-p', 'agent-sandbox'])],
    ['Rust tests, toolbox', rustTests(['-p', 'toolbox', '-p', 'toolbox-abi'])],
    ['build, generated files', generatedFiles(before)],
    ['types of index.d.ts', check(process.execPath, [tsc, '-p', '__test__/types'])],
    ['types of the specs', check(process.execPath, [tsc, '-p', '.'])],
    ['specs', specs],
  ]

  const total = tally(0, 0)
  for (const [name, suite] of suites) {
    say(`suite: ${name}`)
    const { passed, failed, gaps } = await settle(suite)
    say(`${name}: ${passed} passed, ${failed} failed${gaps ? `, ${gaps} known gaps` : ''}`)
    total.passed += passed
    total.failed += failed
    total.gaps += gaps
  }
  console.log(`\n${total.gaps} known gaps`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
})
