import { readFileSync } from "node:fs"
import { afterEach, expect, it, vi } from "vitest"
import { local, openPresence, openPubSub, presenceDiff, presenceState } from "../index.ts"

interface Recorded {
  readonly frames: readonly {
    readonly to: string
    readonly event: string
    readonly payload: unknown
  }[]
}

const { frames }: Recorded = JSON.parse(
  readFileSync(new URL("fixtures/phoenix.json", import.meta.url), "utf8"),
)

/** Frames for one client, with references by the order in which they first appear. */
function shapeOf(given: Recorded["frames"]): unknown {
  const refs = new Map<unknown, string>()
  return JSON.parse(JSON.stringify(given), (key, value) => {
    if (key !== "phx_ref" && key !== "phx_ref_prev") return value
    if (!refs.has(value)) refs.set(value, `ref ${refs.size}`)
    return refs.get(value)
  })
}

afterEach(() => {
  vi.useRealTimers()
})

it("says what Phoenix says when two users come, one changes and one goes", async () => {
  vi.useFakeTimers()
  const { signal } = new AbortController()
  await using pubsub = await openPubSub({ adapter: local() }).start(signal)
  await using presence = await openPresence({ pubsub }).start(signal)
  const said: { to: string; event: string; payload: unknown }[] = []
  const join = async (to: string) => {
    const subscription = presence.subscribe("room:lobby", (diff) =>
      said.push({ to, event: "presence_diff", payload: presenceDiff(diff) }),
    )
    const tracked = presence.track("room:lobby", to, { status: "online" })
    const payload = presenceState(await presence.list("room:lobby"))
    said.push({ to, event: "presence_state", payload })
    return { subscription, tracked }
  }
  const alice = await join("alice")
  const bob = await join("bob")
  alice.tracked.update({ status: "away" })
  bob.subscription[Symbol.dispose]()
  bob.tracked.untrack()
  for (const client of ["alice", "bob"]) {
    const of = (all: Recorded["frames"]) => shapeOf(all.filter(({ to }) => to === client))
    expect(of(said), client).toEqual(of(frames))
  }
})
