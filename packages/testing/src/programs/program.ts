import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { type Duration, parseLimits } from "@bennu/core"
import { ProgramEndedError, ProgramNotReadyError } from "../errors.ts"

/** How a program ended: one of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program in a process of its own, which a test may hurt. Disposed, it is killed. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess
  readonly pid: number
  /** The last of what it has printed. */
  readonly output: string
  /** What `ready` found in it. */
  readonly said: RegExpExecArray | null
  readonly exited: Promise<Exit>
  /** Its connections stay open and nothing is answered, as if its machine stood still: SIGSTOP, its children too. */
  pause(): void
  resume(): void
  /** SIGKILL: nothing gets a chance to say goodbye. */
  kill(): Promise<void>
  /** SIGTERM, as whoever deploys does it; SIGKILL when it takes too long. */
  stop(): Promise<Exit>
}

export interface ProgramOptions {
  readonly args?: readonly string[] | undefined
  readonly cwd?: string | undefined
  /** What it has in its environment beside what this process has. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** What it prints once it can be used, or `"message"` for the first it sends to its parent; nothing: it is ready at once. */
  readonly ready?: RegExp | "message" | undefined
  /** Opens a way for `child.send` and its answers; `ready: "message"` does as well. */
  readonly ipc?: boolean | undefined
  /** How long that may take (`"30s"`). */
  readonly readyTimeout?: Duration | undefined
  /** How long it may take to stop (`"20s"`). */
  readonly stopTimeout?: Duration | undefined
  /** Characters of its output that are kept (65,536). */
  readonly maxOutput?: number | undefined
  /** A user other than this one, for whoever may choose. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** What `kill` sends (`"SIGKILL"`). PostgreSQL needs SIGQUIT: its children would be left over. */
  readonly killSignal?: NodeJS.Signals | undefined
  /** What `stop` sends (`"SIGTERM"`). */
  readonly stopSignal?: NodeJS.Signals | undefined
}

// Processes outlive whoever started them: when this one ends in the middle of a test, they end with it
const running = new Map<ChildProcess, NodeJS.Signals>()
const endAll = () => {
  for (const [child, signal] of running) child.kill(signal)
}

function endWithUs(child: ChildProcess, signal: NodeJS.Signals): void {
  if (running.size === 0) process.on("exit", endAll)
  running.set(child, signal)
  child.once("exit", () => {
    running.delete(child)
    if (running.size === 0) process.off("exit", endAll)
  })
}

/**
 * Starts a program in a process of its own, so that a test can kill it, or let it stand still. Resolves once it is ready.
 * @throws {ProgramEndedError} when it ends before.
 * @throws {ProgramNotReadyError} when it takes too long; it is killed.
 * @example
 * await using app = await startProgram(process.execPath, { args: ["app.js"], ready: /listening on (\d+)/ })
 * fetch(`http://localhost:${app.said?.[1]}`)
 */
export async function startProgram(
  command: string,
  options: ProgramOptions = {},
): Promise<Program> {
  const {
    args = [],
    cwd,
    env,
    ready,
    ipc = ready === "message",
    user,
    killSignal = "SIGKILL",
    stopSignal = "SIGTERM",
  } = options
  const { readyTimeout, stopTimeout, maxOutput } = parseLimits(
    "program",
    { readyTimeout: "30s", stopTimeout: "20s", maxOutput: 65_536 },
    {
      readyTimeout: options.readyTimeout,
      stopTimeout: options.stopTimeout,
      maxOutput: options.maxOutput,
    },
  )
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", ...(ipc ? ["ipc" as const] : [])],
    ...user,
  })
  endWithUs(child, killSignal)
  const exited = new Promise<Exit>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  )
  let output = ""
  let said: RegExpExecArray | null = null
  const isReady = Promise.withResolvers<void>()
  if (ready === undefined) child.once("spawn", isReady.resolve)
  else if (ready === "message") child.once("message", () => isReady.resolve())
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-maxOutput)
      if (said !== null || !(ready instanceof RegExp)) return
      said = ready.exec(output)
      if (said !== null) isReady.resolve()
    })
  }
  child.once("error", isReady.reject)
  // not at its exit: what it printed last may still be in the pipe then
  child.once("close", (code, signal) =>
    isReady.reject(new ProgramEndedError(command, String(signal ?? code), output)),
  )
  const timer = setTimeout(() => {
    isReady.reject(new ProgramNotReadyError(command, readyTimeout, output))
    child.kill("SIGKILL")
  }, readyTimeout)
  await isReady.promise.finally(() => clearTimeout(timer))
  // a process that has begun has an id
  const pid = child.pid as number

  const ended = () => child.exitCode !== null || child.signalCode !== null
  const kill = async () => {
    if (!ended()) child.kill(killSignal)
    await exited
  }
  const resume = () => send(pid, "SIGCONT")
  return {
    child,
    pid,
    exited,
    said,
    get output() {
      return output
    },
    pause: () => send(pid, "SIGSTOP"),
    resume,
    kill,
    async stop() {
      if (ended()) return exited
      child.kill(stopSignal)
      // one that stands still would not hear of it
      resume()
      const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeout)
      return exited.finally(() => clearTimeout(timer))
    },
    [Symbol.asyncDispose]: kill,
  }
}

/** Signals a process and its children, and theirs; where there is no /proc, only itself. */
function send(pid: number, signal: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended already
    return
  }
  for (const child of childrenOf(pid)) send(child, signal)
}

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    return text.split(" ").filter(Boolean).map(Number)
  } catch {
    return []
  }
}
