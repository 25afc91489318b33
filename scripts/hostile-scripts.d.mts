//! The types of `hostile-scripts.mjs`.

export interface HostileScript {
  kind: string
  script: string
  memoryLimitBytes: number
  options: {
    timeoutMs: number
    maxOutputBytes: number
    maxWrittenBytes: number
    background: 'stop' | 'wait'
    stdin: string
  }
}

export declare function hostileScript(seed: number, number: number): HostileScript
export declare function wrongOutcome(
  outcome: { exitCode?: number; error?: { code?: string; message: string } },
  script: string,
): string | undefined
