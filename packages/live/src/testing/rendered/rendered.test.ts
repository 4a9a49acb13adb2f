import { readFileSync } from "node:fs"
import { env } from "node:process"
import { describe, expect, it } from "vitest"
import { Rendered } from "./rendered.ts"

interface Vector {
  readonly name: string
  readonly note: string
  readonly view: string
  readonly frames: readonly object[]
  readonly html: readonly string[]
  readonly patch?: readonly unknown[]
  readonly streams?: readonly unknown[]
  readonly extracted?: readonly object[]
}
interface Refusal {
  readonly name: string
  readonly note: string
  readonly frames: readonly object[]
  readonly throws_at: number
}

// What the official client made of each message. BENNU_VECTORS names another file of the same form.
const file = env["BENNU_VECTORS"] ?? new URL("../../../fixtures/vectors.json", import.meta.url)
// proof: the file is a fixture of this form
const { vectors, errors } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly vectors: readonly Vector[]
  readonly errors: readonly Refusal[]
}

describe("Rendered", () => {
  it.each(vectors)("merges and prints as the official client: $name", (vector) => {
    const rendered = new Rendered(vector.view)
    for (const [i, frame] of vector.frames.entries()) {
      const extras = rendered.merge(frame)
      expect(rendered.html(), `html ${i}`).toBe(vector.html[i])
      const { patch, streams } = rendered.patch()
      if (vector.patch) expect(patch, `patch ${i}`).toEqual(vector.patch[i])
      if (vector.streams) expect(streams, `streams ${i}`).toEqual(vector.streams[i])
      if (vector.extracted) {
        expect(extras).toEqual({ reply: null, events: [], ...vector.extracted[i] })
      }
    }
  })

  it.each(errors)("throws where the official client does: $name", ({ frames, throws_at }) => {
    const rendered = new Rendered("phx-V")
    for (const frame of frames.slice(0, throws_at)) rendered.receive(frame)
    expect(() => rendered.receive(frames[throws_at] ?? {})).toThrow()
  })
})
