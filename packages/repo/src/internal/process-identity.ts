import { readFileSync } from "node:fs"
import { hostname } from "node:os"

/** Names a process so that it is not mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Of this start of the machine. */
  readonly boot: string
  readonly host: string
  /** When the process started, in the system's own counting; empty where it cannot be told. */
  readonly started: string
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, boot: bootId(), host: hostname(), started: startOf(process.pid) }
}

/** Whether that process still runs. Another machine's process cannot be asked, so it counts as running. */
export function isRunning({ pid, boot, host, started }: ProcessIdentity): boolean {
  if (boot !== bootId()) return host !== hostname()
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
