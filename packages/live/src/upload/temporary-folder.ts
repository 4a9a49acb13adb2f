import { randomUUID } from "node:crypto"
import { lstat, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isRunning, ownIdentity, type ProcessIdentity } from "@bennu/core"
import { isRecord } from "../view/client-message.ts"
import type { UploadWriter } from "./upload-options.ts"

const PREFIX = "bennu-uploads-"
const OWNER = "owner.json"
// A process of another machine or container cannot be asked whether it runs: it is taken for gone when its folder is this old.
const DAY = 86_400_000
const HOUR = 3_600_000

/** Where this process keeps files while they are needed: a folder that others know to be abandoned once it has ended. */
export class TemporaryFolder {
  readonly #parent: string
  #path: Promise<string> | null = null
  #files = 0
  #touching: NodeJS.Timeout | null = null

  constructor(parent: string = tmpdir()) {
    this.#parent = parent
  }

  /** A new file: its path is nobody's to guess, and nothing from outside is part of it. */
  async file(): Promise<UploadWriter<{ readonly path: string }>> {
    this.#files++
    try {
      this.#path ??= this.#make()
      const path = join(await this.#path, randomUUID())
      const handle = await open(path, "wx", 0o600)
      return {
        meta: { path },
        stream: new WritableStream({
          write: (chunk: Uint8Array) => handle.appendFile(chunk),
          close: () => handle.close(),
          abort: () => handle.close(),
        }),
        release: () => this.#remove(path),
      }
    } catch (error) {
      await this.#left()
      throw error
    }
  }

  /** Removes what processes left behind that are gone. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#parent).catch(() => [])
    for (const name of names) {
      if (!name.startsWith(PREFIX)) continue
      const path = join(this.#parent, name)
      // others may sweep at the same time, and what belongs to another user is not ours
      if (await isAbandoned(path)) await rm(path, { recursive: true, force: true }).catch(() => {})
    }
  }

  async #make(): Promise<string> {
    const path = await mkdtemp(join(this.#parent, PREFIX))
    await writeFile(join(path, OWNER), JSON.stringify(ownIdentity()))
    const touch = () => utimes(path, new Date(), new Date()).catch(() => {})
    this.#touching = setInterval(() => void touch(), HOUR).unref()
    return path
  }

  async #remove(path: string): Promise<void> {
    await rm(path, { force: true })
    await this.#left()
  }

  /** Without files there is no folder. */
  async #left(): Promise<void> {
    this.#files--
    const path = this.#path
    if (this.#files > 0 || !path) return
    this.#path = null
    if (this.#touching) clearInterval(this.#touching)
    const made = await path.catch(() => null)
    if (made !== null) await rm(made, { recursive: true, force: true })
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => null)
  if (!stats?.isDirectory()) return false
  if (Date.now() - stats.mtimeMs > DAY) return true
  const owner = await readFile(join(path, OWNER), "utf8").then(identityIn, () => null)
  return owner !== null && !isRunning(owner)
}

function identityIn(text: string): ProcessIdentity | null {
  const { pid, boot, namespace, host, started } = parsed(text)
  if (!Number.isSafeInteger(pid) || Number(pid) < 1) return null
  return {
    ...{ pid: Number(pid), boot: String(boot), namespace: String(namespace) },
    ...{ host: String(host), started: String(started) },
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
