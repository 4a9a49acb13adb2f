// One node, a process of its own: does what its parent says, and writes down what happens to it, a line each:
//   said N · heard FROM N · gap COUNT · gap? (of nobody knows whom) · away MS · came KEY · went KEY · mark
import { appendFileSync } from "node:fs"
import { openPresence, openPubSub, type Tracked } from "@bennu/pubsub"
import { postgres } from "@bennu/pubsub/postgres"
import { redis } from "@bennu/pubsub/redis"
import { membersOf } from "./members.ts"
import type { NodeOptions, Order, Report } from "./orders.ts"

// what our parent gives is typed there
const {
  name,
  url,
  history,
  permdownPeriod = 20_000,
  plant,
} = JSON.parse(process.argv[2] ?? "{}") as NodeOptions
const { signal } = new AbortController()
const link = { heartbeat: "250ms", patience: "1s", connectTimeout: "2s" } as const
const adapter = url.startsWith("redis") ? redis({ url, ...link }) : postgres({ url, ...link })
const pubsub = await openPubSub({ adapter }).start(signal)
const limits = { heartbeat: 500, downPeriod: 3_000, permdownPeriod, handOver: 5_000 }
const presence = await openPresence({ pubsub, ...limits }).start(signal)

let lines = ""
const write = (line: string) => {
  lines += `${line}\n`
}
const flush = () => {
  appendFileSync(history, lines)
  lines = ""
}

let said = 0
let told = 0
let saying: NodeJS.Timeout | undefined
let downSince = 0
const users = new Map<string, Tracked>()

pubsub.bus.subscribe("room", (text) => {
  const [from = "", number = ""] = text.split(" ")
  told += 1
  const planted = told % 100 === 0
  if (planted && plant === "deaf" && from !== name) return
  if (planted && plant === "forgetful" && from === name) return
  write(`heard ${from} ${number}`)
  if (planted && plant === "stutter" && from !== name) write(`heard ${from} ${number}`)
})
pubsub.onGap(({ publisher, count }) => {
  told += count ?? 0
  write(publisher === null || count === null ? "gap?" : `gap ${count}`)
})
presence.subscribe("room", ({ arrived, gone }) => {
  for (const key of arrived) write(`came ${key}`)
  for (const key of gone) write(`went ${key}`)
})
setInterval(() => {
  const down = pubsub.health().status !== "up"
  if (down && downSince === 0) downSince = performance.now()
  if (!down && downSince > 0) {
    write(`away ${Math.round(performance.now() - downSince)}`)
    downSince = 0
  }
}, 10)
setInterval(flush, 100)

function say(): void {
  for (let turn = 0; turn < 5; turn++) {
    write(`said ${++said}`)
    void pubsub.bus.broadcast("room", `${name} ${said}`)
  }
}

async function obey(order: Order): Promise<void> {
  if (order.do === "say") saying = setInterval(say, 10)
  else if (order.do === "hush") clearInterval(saying)
  else if (order.do === "mark") write("mark")
  else if (order.do === "track") {
    for (const key of order.keys) users.set(key, presence.track("room", key))
  } else if (order.do === "stop") {
    // As an app does: first the goodbye, then the sockets, then the rest
    await presence.handOver()
    for (const user of users.values()) user.untrack()
    await presence[Symbol.asyncDispose]()
    await pubsub[Symbol.asyncDispose]()
    flush()
    process.exit(0)
  }
  flush()
  const keys = [...(await presence.list("room")).keys()]
  if (plant === "haunted") keys.push("ghost")
  const report: Report = {
    up: pubsub.health().status === "up",
    told,
    present: keys.length,
    members: membersOf(keys),
  }
  process.send?.(report)
}

// what comes by this way is the parent's, which is typed
process.on("message", (order) => void obey(order as Order))
process.on("disconnect", () => process.exit(1))
process.send?.({ ready: true })
