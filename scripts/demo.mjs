//! `npm run demo`: builds the addon if need be, then greps this repository's own sources through it.
import { build, prepare } from './setup.mjs'
import { root, runMain, say } from './steps.mjs'

const ARGS = ['-rn', '--include=*.rs', 'pub fn', '/work/src', '/work/toolbox']
const LINES_SHOWN = 10

await runMain(async () => {
  await prepare()
  await build()
  const { Sandbox } = await import('../index.js')

  say(`new Sandbox({ workDir: '${root}' })`)
  const sandbox = new Sandbox({ workDir: root })
  const command = ['grep', ...ARGS].map((word) => (/[ *]/.test(word) ? `'${word}'` : word)).join(' ')
  console.log(`\n$ ${command}`)
  const { exitCode, stdout, stderr, durationMs, usage } = await sandbox.exec('grep', ARGS)
  await sandbox.close()

  const lines = stdout.toString().split('\n').slice(0, -1)
  const files = new Set(lines.map((line) => line.split(':', 1)[0]))
  for (const line of lines.slice(0, LINES_SHOWN)) console.log(line)
  if (lines.length > LINES_SHOWN) console.log(`… and ${count(lines.length - LINES_SHOWN, 'line')} more`)
  process.stderr.write(stderr)

  console.log(`\nresult  ${count(lines.length, 'line')} in ${count(files.size, 'file')}, exit status ${exitCode}`)
  console.log(`time    ${durationMs.toFixed(1)} ms`)
  console.log(
    `usage   ${usage.cpuMs.toFixed(1)} ms of processor, ${usage.fuel.toLocaleString('en')} fuel, ` +
      `${mebibytes(usage.peakMemoryBytes)} of memory at most, ${count(usage.processes, 'process', 'es')}, ` +
      `${mebibytes(usage.bytesRead)} read, ${mebibytes(usage.bytesWritten)} written`,
  )
  return exitCode
})

function count(number, noun, plural = 's') {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : plural}`
}

function mebibytes(bytes) {
  return `${(bytes / (1 << 20)).toFixed(2)} MiB`
}
