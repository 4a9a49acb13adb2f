import { isRecord } from "../view/client-message.ts"

/** A file as the page tells of it, as far as that makes sense. */
export interface ClientEntry {
  readonly ref: string
  readonly name: string
  readonly size: number
  readonly type: string
  readonly relativePath: string
  readonly lastModified: number | null
  readonly meta: unknown
}

// The client counts the files of its page.
const REF = /^[0-9]{1,12}$/
const NAME_LENGTH = 255
const PATH_LENGTH = 4096
// What would end a line, a string or a header somewhere, or turn the direction of writing around.
const HIDDEN = /[\p{Cc}\p{Bidi_Control}]/gu

export const isRef = (ref: unknown): ref is string => typeof ref === "string" && REF.test(ref)

/** The files that are chosen in a form, by the ref of their upload. */
export function chosenIn(uploads: unknown): ReadonlyMap<string, readonly ClientEntry[]> {
  if (!isRecord(uploads)) return none
  const all = Object.entries(uploads)
  return new Map(all.map(([ref, entries]) => [ref, clientEntries(entries)] as const))
}
const none: ReadonlyMap<string, readonly ClientEntry[]> = new Map()

/** What the page sent as entries; what no client sends is left out. */
export function clientEntries(sent: unknown): readonly ClientEntry[] {
  if (!Array.isArray(sent)) return []
  return sent.flatMap((entry: unknown) => {
    if (!isRecord(entry)) return []
    const { ref, name, size, type, relative_path: path, last_modified: modified, meta } = entry
    if (!isRef(ref) || typeof name !== "string" || !Number.isSafeInteger(size) || Number(size) < 1)
      return []
    return [
      {
        ...{ ref, name: safeName(name) || ref, size: Number(size), meta },
        type: typeof type === "string" ? type.replace(HIDDEN, "").slice(0, NAME_LENGTH) : "",
        relativePath: typeof path === "string" ? safePath(path) : "",
        lastModified: Number.isSafeInteger(modified) ? Number(modified) : null,
      },
    ]
  })
}

/** The last part of a path, of whichever system: `.` and `..` are none. */
function safeName(name: string): string {
  const last = name.replace(HIDDEN, "").split(/[/\\]/).at(-1) ?? ""
  const short = last.length > NAME_LENGTH ? last.slice(-NAME_LENGTH) : last
  return /^\.{0,2}$/.test(short.trim()) ? "" : short
}

/** A path that stays in its folder, or nothing. */
function safePath(path: string): string {
  if (path.length > PATH_LENGTH || path.search(HIDDEN) !== -1 || path.includes("\\")) return ""
  const parts = path.split("/")
  return parts.every((part) => part !== "" && !/^\.{1,2}$/.test(part.trim())) ? path : ""
}
