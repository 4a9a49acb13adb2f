import { encodeFrame } from "../diff/spliced.ts"
import type { FrameDrawn } from "../telemetry.ts"
import { isRecord } from "../view/client-message.ts"
import type { SocketState } from "../view/socket-state.ts"

// More than anybody reads.
const PLACES = 100

/** What of a view's state is not what it was. */
function changes(before: SocketState | null, after: SocketState): readonly string[] {
  const names = new Set([...Object.keys(before?.assigns ?? {}), ...Object.keys(after.assigns)])
  const assigns = [...names].filter((name) => before?.assigns[name] !== after.assigns[name])
  const beside = (["flash", "url", "streams", "uploads"] as const).filter(
    (part) => before?.[part] !== after[part],
  )
  return [...assigns, ...beside.map((part) => `(${part})`)]
}

/** The places in a tree where something is said: `1.k.3.0` is the first hole of the fourth row in the second hole. */
function* placesIn(node: unknown, path: string): Generator<string> {
  if (!isRecord(node)) {
    yield path
    return
  }
  const inside = Object.entries(node).filter(([key]) => /^\d+$|^k$|^c$/.test(key))
  if (inside.length === 0) yield path
  for (const [key, part] of inside) yield* placesIn(part, path === "" ? key : `${path}.${key}`)
}

/** What was said of a view, and why. */
export function whyDrawn(
  view: string,
  before: SocketState | null,
  after: SocketState,
  frames: readonly object[],
): FrameDrawn {
  const texts = frames.map(encodeFrame)
  const places = texts.flatMap((text) => [...placesIn(JSON.parse(text), "")])
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return { view, changed: changes(before, after), places: places.slice(0, PLACES), bytes }
}
