import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { isRunning, ownIdentity, type ProcessIdentity } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import * as z from "zod"

const Owner = z.object({
  pid: z.int().positive(),
  boot: z.string(),
  namespace: z.string(),
  host: z.string(),
  started: z.string(),
}) satisfies z.ZodType<ProcessIdentity>

/**
 * Takes a file as a lock for this process. A lock whose process is gone (kill -9, a power cut) is taken over.
 * @returns The lock, or the process that holds it.
 */
export function takeLock(file: string): Disposable | ProcessIdentity {
  if (create(file)) return release(file)
  const owner = ownerOf(file)
  if (owner !== undefined && isRunning(owner)) return owner
  // two may find it abandoned at once: whoever holds this second file clears the first, alone
  const clearing = `${file}.clearing`
  if (!create(clearing)) {
    const other = ownerOf(clearing)
    if (other !== undefined && isRunning(other)) return other
    rmSync(clearing, { force: true })
    return takeLock(file)
  }
  try {
    const now = ownerOf(file)
    if (now !== undefined && isRunning(now)) return now
    rmSync(file, { force: true })
    if (create(file)) return release(file)
  } finally {
    rmSync(clearing, { force: true })
  }
  return takeLock(file)
}

/** False when it exists. It appears with its content, so that nobody reads it half written. */
function create(file: string): boolean {
  const draft = `${file}.${process.pid}.${randomToken(6)}`
  try {
    writeFileSync(draft, `${JSON.stringify(ownIdentity())}\n`, { flag: "wx" })
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Undefined when it is gone, or was never finished. */
function ownerOf(file: string): ProcessIdentity | undefined {
  try {
    return Owner.safeParse(JSON.parse(readFileSync(file, "utf8"))).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  }
}

const release = (file: string): Disposable => ({
  [Symbol.dispose]: () => rmSync(file, { force: true }),
})
