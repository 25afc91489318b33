//! What users import: errors, abort signals and disposal over the generated binding.
'use strict'

// Taken here: tests put clocks of their own in place of the global ones.
const { setImmediate, setInterval } = require('node:timers')
const { inspect } = require('node:util')

const ABORTED = 'ERR_SANDBOX_ABORTED'

/** What the binding takes of an array at the most. */
const MAX_ELEMENTS = 2 ** 20

/** Options nest as deep as `options.mounts[0].hostPath`. */
const MAX_OPTION_DEPTH = 3

class SandboxError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SandboxError', configurable: true, writable: true })
  }

  constructor(code, message, { cause, ...partial } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    if (code === ABORTED) Object.defineProperty(this, 'name', { value: 'AbortError', configurable: true, writable: true })
    Object.assign(this, partial)
  }
}

class Sandbox {
  #native
  #running = new Set()

  static availableTools() {
    return guarded(() => binding().NativeSandbox.availableTools())
  }

  constructor(options) {
    const settings = snapshot(options, 'options')
    this.#native = guarded(() => new (binding().NativeSandbox)(settings))
  }

  async exec(command, args = [], options = {}) {
    const { signal, rest } = takeSignal(options)
    if (signal?.aborted) throw new SandboxError(ABORTED, 'the run was aborted before it began', { cause: signal.reason })

    const handle = signal && guarded(() => new (binding().AbortHandle)())
    const settings = snapshot(rest, 'options')
    const run = begin((call) => this.#native.exec(command, snapshot(args, 'args'), settings, completions(), call, handle))
    this.#running.add(run)
    if (signal) listen(signal, handle)
    try {
      const { error, outcome } = await run
      if (error) throw cutShort(error, outcome, signal)
      return outcome
    } finally {
      this.#running.delete(run)
      if (signal) unlisten(signal, handle)
    }
  }

  async sh(script, options = {}) {
    if (typeof script !== 'string') throw invalidOption('script', 'a string', script)
    const { args, rest } = takeArgs(options)
    return this.exec('bash', ['-c', script, 'bash', ...args], rest)
  }

  async diff() {
    const { error, ...diff } = await guarded(() => this.#native.diff()).catch(rethrow)
    if (error) throw new SandboxError(error.code, error.message)
    return diff
  }

  checkpoint() {
    guarded(() => this.#native.checkpoint())
  }

  async close() {
    guarded(() => this.#native.close())
    await Promise.allSettled(this.#running)
  }

  [Symbol.asyncDispose]() {
    return this.close()
  }
}

/** The generated binding, loaded by the first use: an import never throws. */
function binding() {
  try {
    return require('./binding.js')
  } catch (cause) {
    throw new SandboxError(
      'ERR_SANDBOX_IMAGE',
      `the native addon for ${process.platform}-${process.arch} cannot be loaded: ` +
        "reinstall agent-sandbox, or run 'npm run build' in a clone of it",
      { cause },
    )
  }
}

/** Calls the binding; whatever it throws becomes a `SandboxError`. */
function guarded(call) {
  try {
    return call()
  } catch (error) {
    return rethrow(error)
  }
}

function rethrow(error) {
  if (error instanceof SandboxError) throw error
  if (String(error?.code).startsWith('ERR_SANDBOX_')) throw new SandboxError(error.code, error.message)
  throw new SandboxError('ERR_SANDBOX_INTERNAL', `the native addon failed: ${error?.message ?? error}`, { cause: error })
}

/**
 * A copy of options in plain objects and arrays. A getter or proxy that throws does so here, in JavaScript, and what
 * the binding reads cannot change under it.
 */
function snapshot(value, name, depth = 0) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > MAX_OPTION_DEPTH) return value
  if (Array.isArray(value)) {
    if (value.length > MAX_ELEMENTS) return value
    return Array.from(value, (element, index) => snapshot(element, `${name}[${index}]`, depth + 1))
  }
  if (!isPlain(value)) {
    // A Map or another instance where named options are read would pass for none at all.
    if (depth === 0 || name === 'env') throw invalidOption(name, 'an object', value)
    return value
  }
  const copy = {}
  for (const key in value) {
    const field = snapshot(value[key], depth === 0 ? key : `${name}.${key}`, depth + 1)
    Object.defineProperty(copy, key, { value: field, enumerable: true })
  }
  return copy
}

function invalidOption(name, wanted, value) {
  const shown = inspect(value, { depth: 0, breakLength: Infinity })
  return new SandboxError('ERR_SANDBOX_INVALID_OPTION', `option '${name}' must be ${wanted}, got ${shown}`)
}

/** An object literal, of this realm or another. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Splits `args`, which stand behind the script, from the options of the call. */
function takeArgs(options) {
  if (typeof options !== 'object' || options === null || !('args' in options)) return { args: [], rest: options }
  const { args = [] } = options
  if (!Array.isArray(args)) throw invalidOption('args', 'an array of strings', args)
  const rest = {}
  for (const name in options) if (name !== 'args') rest[name] = options[name]
  return { args, rest }
}

/** Splits `signal`, which only JavaScript can listen to, from the options that the binding checks. */
function takeSignal(options) {
  if (typeof options !== 'object' || options === null || !('signal' in options)) return { rest: options }
  const { signal } = options
  // Told by its shape, as Node does: signals of other realms and polyfills are welcome.
  if (signal !== undefined && (typeof signal?.aborted !== 'boolean' || typeof signal.addEventListener !== 'function')) {
    throw invalidOption('signal', 'an AbortSignal', signal)
  }
  const rest = {}
  for (const name in options) if (name !== 'signal') rest[name] = options[name]
  return { signal, rest }
}

/** The calls that a signal stops. They share one listener, as Node warns of more than ten. */
const listening = new WeakMap()

function listen(signal, handle) {
  let calls = listening.get(signal)
  if (!calls) {
    const handles = new Set()
    calls = { handles, abortAll: () => handles.forEach((handle) => handle.abort()) }
    listening.set(signal, calls)
  }
  calls.handles.add(handle)
  signal.addEventListener('abort', calls.abortAll)
}

function unlisten(signal, handle) {
  const { handles, abortAll } = listening.get(signal)
  handles.delete(handle)
  if (handles.size === 0) signal.removeEventListener('abort', abortAll)
}

/** What the calls under way of all sandboxes resolve, by their numbers. */
const resolvers = new Map()
let lastCall = 0
let shared

/** What brings outcomes here, for all sandboxes. */
function completions() {
  shared ??= new (binding().Completions)(complete)
  return shared
}

/** Begins a call: `start` gets its number. The promise is of its outcome, and of the error when the run failed. */
function begin(start) {
  const call = (lastCall += 1)
  guarded(() => start(call))
  if (resolvers.size === 0) keepAlive()
  const run = new Promise((resolve) => resolvers.set(call, resolve))
  stayAwake()
  return run
}

/** Called by the binding. */
function complete(call, error, exitCode, stdout, stderr, stdoutBytes, stderrBytes, wallMs, cpuMs, ...usage) {
  const [fuel, peakMemoryBytes, processes, bytesRead, bytesWritten] = usage
  const resolve = resolvers.get(call)
  resolvers.delete(call)
  if (resolvers.size === 0) letGo()
  resolve({
    error,
    outcome: {
      exitCode,
      stdout,
      stderr,
      stdoutBytes,
      stderrBytes,
      stdoutTruncated: stdoutBytes > stdout.length,
      stderrTruncated: stderrBytes > stderr.length,
      durationMs: wallMs,
      usage: { wallMs, cpuMs, fuel, peakMemoryBytes, processes, bytesRead, bytesWritten },
    },
  })
}

/** The longest time that a timer can have, in milliseconds. */
const LONGEST = 2 ** 31 - 1

let alive

/** The process does not end while a call runs: a timer stands for it. */
function keepAlive() {
  alive ??= setInterval(() => {}, LONGEST)
  alive.ref()
}

function letGo() {
  alive.unref()
}

/** Turns of the event loop without sleep after a call: some 150 µs. */
const AWAKE_TURNS = 150

let turnsLeft = 0
let isAwake = false

/**
 * Keeps the event loop from sleeping for the time that a small command takes: waking this thread takes longer than
 * the command does. The loop serves everything else meanwhile.
 */
function stayAwake() {
  turnsLeft = AWAKE_TURNS
  if (isAwake) return
  isAwake = true
  setImmediate(turn)
}

function turn() {
  turnsLeft -= 1
  isAwake = turnsLeft > 0 && resolvers.size > 0
  if (isAwake) setImmediate(turn)
}

/** The error for a run that did not end by itself; what it printed and used so far comes with it. */
function cutShort({ code, message }, { exitCode, ...partial }, signal) {
  return new SandboxError(code, message, code === ABORTED ? { ...partial, cause: signal.reason } : partial)
}

module.exports = { Sandbox, SandboxError }
