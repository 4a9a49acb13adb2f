import { isRecord } from "../../view/client-message.ts"
import type { HeardEvent, Navigation } from "../test-page.ts"

/** A frame as the page got it: `[join_ref, ref, topic, event, payload]`. */
export type SeenFrame = readonly [string | null, string | null, string, string, unknown]

/** What came for one view beside its joins: as pushes, and in answers. */
function messages(
  frames: readonly SeenFrame[],
  topic: string,
): readonly (readonly [string, unknown])[] {
  return frames.flatMap(([, , of, event, payload]): (readonly [string, unknown])[] => {
    if (of !== topic || !isRecord(payload)) return []
    if (event !== "phx_reply") return [[event, payload]]
    const { response } = payload
    return isRecord(response) && !("rendered" in response) ? Object.entries(response) : []
  })
}

export const diffsOf = (frames: readonly SeenFrame[], topic: string): readonly object[] =>
  messages(frames, topic).flatMap(([name, diff]) =>
    name === "diff" && isRecord(diff) ? [diff] : [],
  )

export const eventsOf = (frames: readonly SeenFrame[], topic: string): readonly HeardEvent[] =>
  diffsOf(frames, topic).flatMap((diff) => {
    const events: unknown = "e" in diff ? diff.e : []
    return Array.isArray(events)
      ? events.map(([name, payload]: [string, unknown]) => ({ name, payload }))
      : []
  })

const kinds: Readonly<Record<string, Navigation["kind"]>> = {
  live_patch: "patch",
  live_redirect: "navigate",
  redirect: "redirect",
}

export const navigationsOf = (frames: readonly SeenFrame[], topic: string): readonly Navigation[] =>
  messages(frames, topic).flatMap(([name, where]) => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (!kind || !isRecord(where)) return []
    return [{ kind, to: String(where["to"]), replace: where["kind"] === "replace" }]
  })
