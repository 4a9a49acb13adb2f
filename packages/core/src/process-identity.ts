import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"

/** Names a process so that it is not mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Of this start of the machine. */
  readonly boot: string
  /** In which process numbers count: a container has its own. Empty where there are none. */
  readonly namespace: string
  readonly host: string
  /** When the process started, in the system's own counting; empty where it cannot be told. */
  readonly started: string
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    boot: bootId(),
    namespace: namespace(),
    host: hostname(),
    started: startOf(process.pid),
  }
}

/**
 * Whether that process still runs. One of another machine or container cannot be asked, so it counts as running; unless it
 * has our host's name, as a container that was started again does.
 */
export function isRunning(other: ProcessIdentity): boolean {
  const { pid, started } = other
  if (other.boot !== bootId() || other.namespace !== namespace()) return other.host !== hostname()
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there and somebody else's
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false
  }
  const now = startOf(pid)
  return started === "" || now === "" || started === now
}

function bootId(): string {
  return read("/proc/sys/kernel/random/boot_id").trim()
}

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid")
  } catch {
    return ""
  }
}

/** Field 22 of /proc/pid/stat; the second, the command in parentheses, may hold spaces: proc_pid_stat(5). */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
