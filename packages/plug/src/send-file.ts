import { realpathSync, statSync } from "node:fs"
import { basename, resolve, sep } from "node:path"
import { lookup } from "mrmime"
import type { BareConn } from "./conn.ts"
import { NotFoundError } from "./errors.ts"
import type { Reply } from "./reply.ts"
import { fileReply } from "./static/file-reply.ts"

export interface SendFileOptions {
  /** The folder that the file must lie in: give it whenever a part of the path comes from outside. */
  readonly root?: string | undefined
  /** The content type (guessed from the name). */
  readonly type?: string | undefined
  /** Saves it under this name, or its own (`true`), instead of showing it. */
  readonly download?: string | boolean | undefined
  /** (`"private, no-cache"`: asked for again each time, and answered with 304 when it did not change.) */
  readonly cacheControl?: string | undefined
}

/** @internal */
export function sendFile(conn: BareConn, file: string, options: SendFileOptions = {}): Reply {
  const {
    root,
    type = typeOf(file),
    download = false,
    cacheControl = "private, no-cache",
  } = options
  const path = root === undefined ? resolve(file) : inside(root, file)
  const stats = path === null ? undefined : statSync(path, { throwIfNoEntry: false })
  if (path === null || !stats?.isFile()) throw new NotFoundError("this file is not here")
  const { size, mtimeMs } = stats
  const reply = fileReply({ path, size, mtimeMs, type, cacheControl }, conn)
  if (download === false) return reply
  return reply.withHeader(
    "content-disposition",
    disposition(download === true ? basename(path) : download),
  )
}

function inside(root: string, file: string): string | null {
  if (file.includes("\0")) return null
  const base = resolve(root)
  const path = resolve(base, file)
  if (!path.startsWith(base + sep)) return null
  try {
    // links may lead out of it
    return realpathSync(path).startsWith(realpathSync(base) + sep) ? path : null
  } catch {
    return null
  }
}

/** The content type of a file by its name, with the charset of what is text. @internal */
export function typeOf(file: string): string {
  const type = lookup(file) ?? "application/octet-stream"
  const isText = type.startsWith("text/") || type === "application/json" || type === "image/svg+xml"
  return isText ? `${type}; charset=utf-8` : type
}

/** RFC 6266 §4.1, with both forms of the name as its appendix D advises. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_")
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
