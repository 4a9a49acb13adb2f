import { lstatSync, readdirSync, statSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { negotiateEncoding } from "../accept-encoding.ts"
import { pathProblem } from "../canonical-path.ts"
import { isDevelopment } from "../mode.ts"
import { checkKeys } from "../options.ts"
import { checkedHeader, type HeaderPairs, type Reply } from "../reply.ts"
import { typeOf } from "../send-file.ts"
import { type FileRequest, fileReply } from "./file-reply.ts"

export interface StaticOptions {
  /** The folder whose files are served, without those whose name, or folder's name, starts with a dot. */
  readonly dir: string
  /** The path that they are served below (`"/"`). */
  readonly prefix?: string | undefined
  /** Tells files whose name changes with their content, so that browsers keep them for a year. (A hash before the extension.) */
  readonly immutable?: ((path: string) => boolean) | undefined
  /** How browsers keep the others (`"public, no-cache"`: they ask each time, and mostly hear that nothing changed). */
  readonly cacheControl?: string | undefined
  /**
   * Looks for a file, its size and its time each time it is asked for (in development): for builds that go on while the
   * app runs. Without it, what was there at the start is all that is served.
   */
  readonly recheck?: boolean | undefined
  /** More headers for each of them; `cross-origin-resource-policy` is `"same-origin"` unless it says otherwise. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How many files there may be (20,000). */
  readonly maxFiles?: number | undefined
}

/** Files listed once. A path that is not among them costs no call of the file system. */
export interface StaticFiles {
  /** The paths that are served, in order. */
  readonly paths: readonly string[]
  /** The answer to a request for one of them, or `null`. @param path As it was sent, without the query. */
  match(path: string, request: FileRequest): Reply | null
  /** Lists the folder again. */
  refresh(): void
}

interface Entry {
  readonly type: string
  readonly cacheControl: string
  readonly file: FileFacts
  readonly variants: ReadonlyMap<string, FileFacts>
}
interface FileFacts {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
}

const IMMUTABLE = "public, max-age=31536000, immutable"

const known: Readonly<Record<keyof StaticOptions, true>> = {
  dir: true,
  prefix: true,
  immutable: true,
  cacheControl: true,
  recheck: true,
  headers: true,
  maxFiles: true,
}

/** Lists a folder, to serve its files from any server. `serveStatic()` is the plug around it. */
export function staticFiles(options: StaticOptions): StaticFiles {
  checkKeys("staticFiles", options, known)
  const { dir, prefix = "/", immutable = isFingerprinted, recheck = isDevelopment() } = options
  const { cacheControl = "public, no-cache", maxFiles = 20_000 } = options
  if (!(maxFiles > 0)) throw new RangeError("maxFiles must be a positive number")
  const base = prefix.endsWith("/") ? prefix : `${prefix}/`
  if (pathProblem(base) !== null)
    throw new TypeError(`the prefix ${JSON.stringify(prefix)} ${pathProblem(base)}`)
  const headers = { "cross-origin-resource-policy": "same-origin", ...options.headers }
  const common: HeaderPairs = Object.entries(headers).map(([name, value]) =>
    checkedHeader(name, value),
  )
  const varying: HeaderPairs = [...common, ["vary", "accept-encoding"]]
  let entries = list()

  function list(): ReadonlyMap<string, Entry> {
    const files = new Map(walk(dir, maxFiles).map((file) => [urlOf(base, dir, file.path), file]))
    const found = new Map<string, Entry>()
    for (const [path, file] of files) {
      if (
        VARIANTS.some(
          ([, ending]) => path.endsWith(ending) && files.has(path.slice(0, -ending.length)),
        )
      )
        continue
      const kept = immutable(path)
      const variants = new Map<string, FileFacts>()
      for (const [encoding, ending] of VARIANTS) {
        const variant = files.get(path + ending)
        // an older one was packed from another content; where the name tells the content, a copy may have any time
        if (variant !== undefined && (kept || variant.mtimeMs >= file.mtimeMs - 1))
          variants.set(encoding, variant)
      }
      const control = kept ? IMMUTABLE : cacheControl
      found.set(path, { type: typeOf(file.path), cacheControl: control, file, variants })
    }
    return found
  }

  /** Whether it is worth to list the folder again; the list decides what is served. */
  function isThere(path: string): boolean {
    if (!path.startsWith(base) || pathProblem(path) !== null) return false
    const file = join(dir, decodeURIComponent(path.slice(base.length)))
    try {
      return lstatSync(file).isFile()
    } catch {
      return false
    }
  }

  return {
    get paths() {
      return [...entries.keys()].sort()
    },
    match(path, request) {
      if (request.method !== "GET" && request.method !== "HEAD") return null
      if (recheck && !entries.has(path) && isThere(path)) entries = list()
      const entry = entries.get(path)
      if (entry === undefined) return null
      const { type, cacheControl, variants } = entry
      const encoding = negotiateEncoding(request.header("accept-encoding"), variants)
      const listed = (encoding === undefined ? undefined : variants.get(encoding)) ?? entry.file
      const file = recheck ? current(listed) : listed
      if (file === null) return null
      const headers = variants.size === 0 ? common : varying
      return fileReply({ ...file, type, cacheControl, encoding, headers }, request)
    },
    refresh() {
      entries = list()
    },
  }
}

const VARIANTS = [
  ["br", ".br"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
] as const

function current({ path }: FileFacts): FileFacts | null {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() ? { path, size: stats.size, mtimeMs: stats.mtimeMs } : null
}

function walk(dir: string, maxFiles: number): readonly FileFacts[] {
  const files: FileFacts[] = []
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    // links are left out: they may lead anywhere
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    if (
      relative(dir, path)
        .split(sep)
        .some((name) => name.startsWith("."))
    )
      continue
    const { size, mtimeMs } = statSync(path)
    files.push({ path, size, mtimeMs })
    if (files.length > maxFiles)
      throw new RangeError(`${dir} holds more than ${maxFiles} files (maxFiles)`)
  }
  return files
}

/** As browsers ask for it. */
const urlOf = (base: string, dir: string, file: string): string =>
  base + relative(dir, file).split(sep).map(encodeURI).join("/")

/** `app-3F2A9C1B.css` as esbuild writes it, `app-0123456789abcdef….js`: eight capitals, or hexadecimal from sixteen on. */
function isFingerprinted(path: string): boolean {
  return /[-.](?:[A-Z0-9]{8}|[0-9a-f]{16,64})\.[a-z0-9]+$/.test(path)
}
