import { randomToken } from "@bennu/core/crypto"

// Stands in a frame's JSON for what is already JSON. Nobody outside knows it: it is always replaced before a frame leaves.
const mark = randomToken()
const placed = JSON.stringify(mark)

// Encoding is synchronous: whoever encodes sets it, and nobody else runs until it is set back.
let drawn: string[] | null = null

/** A part of a frame that was encoded before, for many. */
export class Spliced {
  readonly json: string

  constructor(json: string) {
    this.json = json
  }

  toJSON(): unknown {
    if (drawn === null) return JSON.parse(this.json)
    drawn.push(this.json)
    return mark
  }
}

/** The JSON of a frame. */
export function encodeFrame(frame: object): string {
  const parts: string[] = []
  drawn = parts
  try {
    const text = JSON.stringify(frame)
    if (parts.length === 0) return text
    let next = 0
    return text.replaceAll(placed, () => parts[next++] ?? "")
  } finally {
    drawn = null
  }
}
