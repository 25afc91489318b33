// The addon under test.

/** A sandbox over `workDir`; `addon` is the URL of the module that exports `Sandbox`. */
export async function open(workDir, { addon }) {
  const { Sandbox } = await import(addon)
  const sandbox = new Sandbox({ workDir })
  return {
    exec: (command, args, options) => sandbox.exec(command, args, { maxOutputBytes: 64 << 20, ...options }),
    sh: (script) => sandbox.sh(script, { maxOutputBytes: 64 << 20 }),
    close: () => sandbox.close(),
  }
}
