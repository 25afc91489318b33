//! Scripts in the specs.
import type { Sandbox, ScriptOptions } from 'agent-sandbox'

export type { ScriptOptions }

/** Runs a script in a sandbox. */
export const sh = (sandbox: Sandbox, script: string, options: ScriptOptions = {}) => sandbox.sh(script, options)
