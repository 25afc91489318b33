//! The types of what `index.js` exports, with every default and error written out.
/// <reference types="node" />

/** Settings of a {@link Sandbox}. They hold for every call on it. */
export interface SandboxOptions {
  /**
   * A directory of the host. Guests see it as `/work`, may change it, and start in it.
   * A relative path is taken from `process.cwd()` at construction.
   * @default undefined (`/work` is in memory, and empty at first)
   */
  workDir?: string | undefined

  /**
   * More directories of the host to show to guests.
   * @default []
   */
  mounts?: readonly MountOptions[] | undefined

  /**
   * Environment variables for every call. The host's environment is never inherited; `PATH`, `HOME`, `USER`,
   * `LOGNAME`, `LANG=C.UTF-8`, `TZ=UTC` and `TERM=dumb` are set unless given here; `PWD` is always the directory of the call.
   * @default {}
   */
  env?: Readonly<Record<string, string | undefined>> | undefined

  /**
   * The longest a call may take, in milliseconds of wall time. A longer one is stopped and rejects with
   * `ERR_SANDBOX_TIMEOUT`.
   * @default 30_000
   */
  timeoutMs?: number | undefined

  /**
   * The most memory one call may hold, in bytes. A call that asks for more is stopped and rejects with
   * `ERR_SANDBOX_MEMORY`. A process begins with 9 MiB, so a call with less than that does not begin.
   * @default 536_870_912 (512 MiB)
   */
  memoryLimitBytes?: number | undefined

  /**
   * The most work one call may do, in units of fuel: about one per WebAssembly instruction, the same in every run. A call
   * that needs more is stopped and rejects with `ERR_SANDBOX_FUEL`.
   * @default undefined (no limit)
   */
  fuelLimit?: number | undefined

  /**
   * The most bytes kept of `stdout`, and of `stderr`. What a command prints beyond it is counted and
   * dropped, the result is flagged, and the command runs on.
   * @default 8_388_608 (8 MiB)
   */
  maxOutputBytes?: number | undefined

  /**
   * The most bytes one call may write to files, in memory or on the host. A call that writes more is stopped and rejects
   * with `ERR_SANDBOX_DISK`.
   * @default 4_294_967_296 (4 GiB)
   */
  maxWrittenBytes?: number | undefined
}

/** One directory of the host, shown to guests. */
export interface MountOptions {
  /** The directory on the host. A relative path is taken from `process.cwd()` at construction. */
  hostPath: string

  /** Where guests see it: an absolute path, such as `/docs`. */
  guestPath: string

  /**
   * Whether guests may change what is in it.
   * @default false
   */
  writable?: boolean | undefined
}

/** Settings of one {@link Sandbox.exec} call. */
export interface ExecOptions {
  /**
   * The directory the command starts in, as guests see it. A relative path is taken from `/work`.
   * @default '/work'
   */
  cwd?: string | undefined

  /**
   * Environment variables for this call, added to those of the sandbox.
   * @default {}
   */
  env?: Readonly<Record<string, string | undefined>> | undefined

  /**
   * What the command reads as standard input. A string is passed as UTF-8.
   * @default '' (end of file at once)
   */
  stdin?: string | Uint8Array | undefined

  /**
   * The longest this call may take, in milliseconds of wall time.
   * @default the sandbox's `timeoutMs`
   */
  timeoutMs?: number | undefined

  /**
   * Stops the command when it aborts. The call rejects with `ERR_SANDBOX_ABORTED`, with the signal's reason as `cause`.
   * @default undefined
   */
  signal?: AbortSignal | undefined

  /**
   * The most bytes kept of `stdout`, and of `stderr`.
   * @default the sandbox's `maxOutputBytes`
   */
  maxOutputBytes?: number | undefined

  /**
   * The most bytes this call may write to files.
   * @default the sandbox's `maxWrittenBytes`
   */
  maxWrittenBytes?: number | undefined

  /**
   * What becomes of processes that still run when the command itself has ended: `'stop'` ends them, `'wait'` lets the
   * call go on until the last one has ended, within its limits.
   * @default 'stop'
   */
  background?: 'stop' | 'wait' | undefined
}

/** Options of {@link Sandbox.sh}: those of {@link Sandbox.exec}, and the script's arguments. */
export interface ScriptOptions extends ExecOptions {
  /**
   * The arguments of the script: `$1`, `$2` and so on.
   * @default []
   */
  args?: readonly string[] | undefined
}

/** What a call used: the command and everything it started. */
export interface Usage {
  /** Milliseconds from the start of the command to its end. */
  wallMs: number
  /** Milliseconds of processor time. */
  cpuMs: number
  /** Units of fuel: about one per WebAssembly instruction, the same in every run. Exact below 2^53. */
  fuel: number
  /** The most memory held at one time, in bytes. */
  peakMemoryBytes: number
  /** How many processes ran. */
  processes: number
  /** Bytes read from files and standard input. */
  bytesRead: number
  /** Bytes written to files, standard output and standard error. */
  bytesWritten: number
}

/** What a command that ended by itself gives back, whatever its status. */
export interface ExecResult {
  /** The exit status: 0 for success, 127 for an unknown command. */
  exitCode: number
  /** What the command printed, byte for byte. */
  stdout: Buffer
  /** What the command printed as errors, byte for byte. */
  stderr: Buffer
  /** How many bytes the command printed, kept or not. */
  stdoutBytes: number
  /** How many bytes of errors the command printed, kept or not. */
  stderrBytes: number
  /** Whether `stdout` lacks what came after `maxOutputBytes`. */
  stdoutTruncated: boolean
  /** Whether `stderr` lacks what came after `maxOutputBytes`. */
  stderrTruncated: boolean
  /** Milliseconds from the call to its end, waiting for a free thread included. */
  durationMs: number
  usage: Usage
}

/**
 * What commands have changed in `/work`, writable mounts, `/tmp` and the home directory since the last checkpoint, or since
 * the sandbox was made. Changes are net: what was created and deleted again is not in it. Paths are absolute paths of the
 * guest, sorted, and without symbolic links on the way; a name that is not UTF-8 shows U+FFFD for what cannot be read.
 * What the host changes by itself is not seen.
 */
export interface SandboxDiff {
  /** Is there now, and nothing was there before. What lies in a new directory is listed too. */
  created: string[]
  /** Was there before and is there now, with other content, permissions or times, or replaced by another file. */
  modified: string[]
  /** Was there before and is no more. Also a file that was renamed over another one, which is then modified. */
  deleted: string[]
  /** The same file or directory under a new path. What lies in a renamed directory is listed only for its own changes. */
  renamed: { from: string; to: string }[]
  /** Whether every change is listed: `false` after a million changed paths. */
  complete: boolean
}

/**
 * What went wrong:
 * - `ERR_SANDBOX_TIMEOUT`: the call took longer than `timeoutMs`.
 * - `ERR_SANDBOX_ABORTED`: `signal` aborted. The error's `name` is `AbortError` and its `cause` the signal's reason.
 * - `ERR_SANDBOX_FUEL`: the call needed more than `fuelLimit`.
 * - `ERR_SANDBOX_MEMORY`: the call needed more than `memoryLimitBytes`.
 * - `ERR_SANDBOX_DISK`: the call wrote more than `maxWrittenBytes` to files.
 * - `ERR_SANDBOX_CLOSED`: the sandbox was closed, before the call or while it ran.
 * - `ERR_SANDBOX_INVALID_OPTION`: an argument or option cannot be used; the message names it and its value.
 * - `ERR_SANDBOX_WORKDIR`: `workDir` is missing, not a directory, or unreadable.
 * - `ERR_SANDBOX_IMAGE`: the native addon or the precompiled toolbox is missing, or made for another version.
 * - `ERR_SANDBOX_INTERNAL`: a fault of this package.
 */
export type SandboxErrorCode =
  | 'ERR_SANDBOX_TIMEOUT'
  | 'ERR_SANDBOX_ABORTED'
  | 'ERR_SANDBOX_FUEL'
  | 'ERR_SANDBOX_MEMORY'
  | 'ERR_SANDBOX_DISK'
  | 'ERR_SANDBOX_CLOSED'
  | 'ERR_SANDBOX_INVALID_OPTION'
  | 'ERR_SANDBOX_WORKDIR'
  | 'ERR_SANDBOX_IMAGE'
  | 'ERR_SANDBOX_INTERNAL'

/**
 * Why a sandbox could not be made, or why a call has no exit status. A call that was cut short carries what the command
 * had printed and used; the other errors do not have these fields.
 */
export declare class SandboxError extends Error {
  private constructor()
  /** `'AbortError'` where `code` is `ERR_SANDBOX_ABORTED`, else `'SandboxError'`. */
  readonly name: 'SandboxError' | 'AbortError'
  readonly code: SandboxErrorCode
  /** What the command had printed. */
  readonly stdout?: Buffer
  /** What the command had printed as errors. */
  readonly stderr?: Buffer
  /** How many bytes the command had printed, kept or not. */
  readonly stdoutBytes?: number
  /** How many bytes of errors the command had printed, kept or not. */
  readonly stderrBytes?: number
  /** Whether `stdout` lacks what came after `maxOutputBytes`. */
  readonly stdoutTruncated?: boolean
  /** Whether `stderr` lacks what came after `maxOutputBytes`. */
  readonly stderrTruncated?: boolean
  /** Milliseconds from the call to its end. */
  readonly durationMs?: number
  /** What the command had used. */
  readonly usage?: Usage
}

/** A Unix for one task: commands run in WebAssembly and see nothing of the host but the directories given here. */
export declare class Sandbox implements AsyncDisposable {
  /**
   * @throws {@link SandboxError} `ERR_SANDBOX_INVALID_OPTION`, `ERR_SANDBOX_WORKDIR` or `ERR_SANDBOX_IMAGE`.
   */
  constructor(options?: SandboxOptions)

  /** The names of the commands that {@link Sandbox.exec} knows, sorted. */
  static availableTools(): string[]

  /**
   * Runs one command, without a shell: every argument reaches it as it stands. Calls may overlap, and share nothing but
   * the files.
   *
   * A command that fails still resolves, with its `exitCode`. An unknown command resolves with 127.
   *
   * @param command the name of a tool, such as `'grep'`
   * @param args its arguments
   * @throws {@link SandboxError} (as a rejection) when the command is stopped before its end, an option cannot be used,
   * or the sandbox is closed
   */
  exec(command: string, args?: readonly string[], options?: ExecOptions): Promise<ExecResult>

  /**
   * Runs a script with bash, which starts in `/work`: `sandbox.sh('grep -rn TODO . | sort | head -5')`. It is
   * `bash -c script bash ...args`, so the result and the errors are those of {@link Sandbox.exec}.
   *
   * A script that fails still resolves, with its `exitCode`: 2 for a syntax error, 127 for a command that is not found,
   * 128 and the signal's number for one that a signal ended.
   *
   * @param script the text of the script
   * @throws {@link SandboxError} (as a rejection) when the script is stopped before its end, an option cannot be used,
   * or the sandbox is closed
   */
  sh(script: string, options?: ScriptOptions): Promise<ExecResult>

  /**
   * What commands have changed since the last {@link Sandbox.checkpoint}, or since the sandbox was made. The cost follows
   * the changes, not the size of the directories.
   *
   * @throws {@link SandboxError} (as a rejection) `ERR_SANDBOX_CLOSED`
   */
  diff(): Promise<SandboxDiff>

  /**
   * Lets {@link Sandbox.diff} start anew: what has changed so far is no longer listed.
   *
   * @throws {@link SandboxError} `ERR_SANDBOX_CLOSED`
   */
  checkpoint(): void

  /**
   * Ends the sandbox: calls that run reject with `ERR_SANDBOX_CLOSED`, and so does every later one. Resolves when nothing
   * runs any more. Closing twice is fine.
   */
  close(): Promise<void>

  /** Closes the sandbox at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>
}
