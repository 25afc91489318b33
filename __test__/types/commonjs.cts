//! What a CommonJS module may write.
import sandboxes = require('agent-sandbox')

export async function use(): Promise<number> {
  const sandbox = new sandboxes.Sandbox({ workDir: '.' })
  try {
    return (await sandbox.exec('true')).exitCode
  } catch (error) {
    return error instanceof sandboxes.SandboxError ? error.message.length : 0
  } finally {
    await sandbox.close()
  }
}
