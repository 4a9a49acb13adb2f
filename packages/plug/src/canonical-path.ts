import { PathError, TargetTooLongError } from "./errors.ts"

// research on what browsers and proxies carry: longer addresses are attacks or mistakes
const MAX_TARGET = 8192
const MAX_SEGMENTS = 64

/** The path of a target, as it was sent: what stands before the `?`. */
export function pathOf(target: string): string {
  const query = target.indexOf("?")
  return query === -1 ? target : target.slice(0, query)
}

/**
 * Refuses a target whose path two readers could take for different ones: dot segments, empty segments,
 * backslashes, control characters, each of them encoded too, and what is not valid UTF-8. So a guard, a route and a
 * file system always speak about the same path.
 * @param path What `pathOf` gave for it.
 * @throws {PathError} @throws {TargetTooLongError}
 */
export function checkTarget(target: string, path: string): void {
  if (target.length > MAX_TARGET) throw new TargetTooLongError("characters", MAX_TARGET)
  const problem = pathProblem(path)
  if (problem !== null) throw new PathError(problem)
  // each has a slash: what is shorter than that has fewer
  if (path.length <= MAX_SEGMENTS) return
  let segments = 0
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) segments++
  if (segments > MAX_SEGMENTS) throw new TargetTooLongError("segments", MAX_SEGMENTS)
}

const SLASH = 0x2f
// what stands for itself in a path (RFC 3986 §3.3), without the dot, which may not
const PLAIN = new Uint8Array(128)
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()+,;=:@*") {
  PLAIN[character.charCodeAt(0)] = 1
}

/** Whether it holds nothing that needs a second look, as most do. An expression would take several times as long. */
function isPlain(path: string): boolean {
  let before = SLASH
  for (let at = 1; at < path.length; at++) {
    const code = path.charCodeAt(at)
    if (code === SLASH ? before === SLASH : PLAIN[code] !== 1) return false
    before = code
  }
  return true
}

/** What is wrong with a path, or `null`. */
export function pathProblem(path: string): string | null {
  if (!path.startsWith("/")) return "does not start with a slash"
  if (isPlain(path)) return null
  if (path.includes("//")) return "has an empty segment"
  if (path.includes("\\")) return "holds a backslash"
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at)
    if (code <= 0x20 || code >= 0x7f) return "holds a character that has to be percent-encoded"
    if (code === 0x25) {
      const byte = hex(path.charCodeAt(at + 1)) * 16 + hex(path.charCodeAt(at + 2))
      if (Number.isNaN(byte)) return "holds a % that encodes nothing"
      if (byte < 0x20 || byte === 0x7f) return "holds an encoded control character"
      if (byte === 0x2f || byte === 0x5c) return "holds an encoded slash or backslash"
      at += 2
    }
  }
  for (const segment of path.split("/")) {
    const dots = segment.replace(/%2e/gi, ".")
    if (dots === "." || dots === "..") return "has a dot segment"
  }
  try {
    decodeURIComponent(path)
    return null
  } catch {
    return "is not valid UTF-8"
  }
}

function hex(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN
}
