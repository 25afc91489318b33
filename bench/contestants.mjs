// Who can run a command, by the name its column has. A contestant's module exports
// `open(workDir, { addon }) -> { exec(command, args, options), sh(script), close() }`; the first two give
// `{ exitCode, stdout, stderr }`.

export const PEERS = ['just-bash', 'bashkit']

export async function open(name, workDir, { addon }) {
  const contestant = await import(new URL(`contestants/${name}.mjs`, import.meta.url))
  return contestant.open(workDir, { addon })
}
