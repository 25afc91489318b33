//! Scripts in the specs.
import type { ExecOptions, ExecResult, Sandbox } from 'agent-sandbox'

export interface ScriptOptions extends ExecOptions {
  args?: readonly string[]
}

interface WithShell {
  sh(script: string, options?: ScriptOptions): Promise<ExecResult>
}

/** Runs a script in a sandbox. */
export const sh = (sandbox: Sandbox, script: string, options: ScriptOptions = {}) =>
  (sandbox as unknown as WithShell).sh(script, options)
