// One node of the fault tests, a process of its own: does what its parent says, and tells it what it has heard.
import { postgres } from "../adapters/postgres.ts"
import { redis } from "../adapters/redis.ts"
import { openPresence, openPubSub, type Tracked } from "../index.ts"
import type { Order, Report } from "./orders.ts"

const url = process.argv[2] ?? ""
const name = process.argv[3] ?? ""
const { signal } = new AbortController()
const link = { heartbeat: "250ms", patience: "1s", connectTimeout: "2s" } as const
const adapter = url.startsWith("redis") ? redis({ url, ...link }) : postgres({ url, ...link })
const pubsub = await openPubSub({ adapter }).start(signal)
const limits = { heartbeat: 500, downPeriod: 3_000, permdownPeriod: 60_000, handOver: 5_000 }
const presence = await openPresence({ pubsub, ...limits }).start(signal)

let said = 0
let saying: NodeJS.Timeout | undefined
let own = 0
let counted = 0
let unknown = 0
let outage = 0
let downSince = 0
const heard = new Map<string, { last: number; count: number; wrong: number }>()
const arrived = new Map<string, number>()
const gone = new Map<string, number>()
const users = new Map<string, Tracked>()
const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)

pubsub.bus.subscribe("room", (text) => {
  const [from = "", number] = text.split(" ")
  if (from === name) own += 1
  const before = heard.get(from) ?? { last: 0, count: 0, wrong: 0 }
  // twice, or out of order
  if (Number(number) <= before.last) before.wrong += 1
  heard.set(from, { ...before, last: Number(number), count: before.count + 1 })
})
pubsub.onGap((gap) => {
  if (gap.publisher === null) unknown += 1
  else counted += gap.count ?? 0
})
presence.subscribe("room", (diff) => {
  for (const key of diff.arrived) count(arrived, key)
  for (const key of diff.gone) count(gone, key)
})
setInterval(() => {
  const down = pubsub.health().status !== "up"
  if (down && downSince === 0) downSince = performance.now()
  if (!down && downSince > 0) {
    outage = Math.max(outage, performance.now() - downSince)
    downSince = 0
  }
}, 10)

function say(): void {
  for (let turn = 0; turn < 5; turn++) {
    const text = `${name} ${++said}`
    void pubsub.bus.broadcast("room", text)
  }
}

async function obey(order: Order): Promise<void> {
  if (order.do === "say") saying = setInterval(say, 10)
  else if (order.do === "hush") clearInterval(saying)
  else if (order.do === "track") {
    for (const key of order.keys) users.set(key, presence.track("room", key))
  } else if (order.do === "forget") {
    arrived.clear()
    gone.clear()
  } else if (order.do === "stop") {
    // As an app does: first the goodbye, then the sockets, then the rest
    await presence.handOver()
    for (const user of users.values()) user.untrack()
    await presence[Symbol.asyncDispose]()
    await pubsub[Symbol.asyncDispose]()
    process.exit(0)
  }
  const report: Report = {
    name,
    up: pubsub.health().status === "up",
    said,
    own,
    heard: [...heard].map(([from, { count, wrong }]) => ({ from, count, wrong })),
    counted,
    unknown,
    outage,
    arrived: [...arrived.values()].reduce((sum, times) => sum + times, 0),
    gone: [...gone.values()].reduce((sum, times) => sum + times, 0),
    goneTwice: [...gone.values()].filter((times) => times > 1).length,
    present: (await presence.list("room")).size,
  }
  process.send?.(report)
}

// what comes by this way is the parent's, which is typed
process.on("message", (order) => void obey(order as Order))
process.on("disconnect", () => process.exit(1))
process.send?.({ ready: true })
