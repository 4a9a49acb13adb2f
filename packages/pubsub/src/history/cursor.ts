/** What somebody has heard of a topic, and when that was: by it any node can tell what came after. */
export interface Cursor {
  /** The node that made it. */
  readonly node: string
  /** Milliseconds since 1970, by that node's clock. */
  readonly time: number
  /** The last number heard of each publisher. */
  readonly heard: ReadonlyMap<string, number>
}

/** Longer ones are none of ours: 64 characters for each of a thousand publishers. */
const MAX_LENGTH = 65_536

export const encodeCursor = ({ node, time, heard }: Cursor): string =>
  Buffer.from(JSON.stringify([node, time, ...heard].flat())).toString("base64url")

/** The cursor, or null for a text that is none. It comes from outside. */
export function decodeCursor(text: string): Cursor | null {
  if (text.length > MAX_LENGTH) return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString())
    if (!Array.isArray(parts)) return null
    const [node, time, ...rest] = parts
    if (typeof node !== "string" || !Number.isFinite(time)) return null
    const heard = new Map<string, number>()
    for (let at = 0; at < rest.length; at += 2) {
      const [publisher, number] = [rest[at], rest[at + 1]]
      if (typeof publisher !== "string" || !Number.isSafeInteger(number)) return null
      heard.set(publisher, number)
    }
    return { node, time, heard }
  } catch {
    return null
  }
}
