import { type Adapter, openPresence, openPubSub } from "@bennu/pubsub"
import { compare } from "../../../scripts/bench-harness.mjs"

const USERS = 100_000

/** Nodes in this process, and the characters that they send. */
function network() {
  const ends = new Set<(topic: string, message: string) => void>()
  const counted = { characters: 0 }
  const adapter = (): Adapter => {
    let own = (_topic: string, _message: string) => {}
    return {
      async connect(deliver) {
        own = deliver
        ends.add(own)
      },
      async broadcast(topic, message) {
        counted.characters += message.length
        for (const end of ends) if (end !== own) end(topic, message)
      },
      async [Symbol.asyncDispose]() {
        ends.delete(own)
      },
    }
  }
  return { adapter, counted }
}

const { signal } = new AbortController()

async function node(adapter: Adapter) {
  const pubsub = await openPubSub({ adapter }).start(signal)
  const presence = await openPresence({ pubsub }).start(signal)
  const stop = async () => {
    await presence[Symbol.asyncDispose]()
    await pubsub[Symbol.asyncDispose]()
  }
  return { presence, stop }
}

const until = async (done: () => Promise<boolean>) => {
  while (!(await done())) await new Promise((resolve) => setImmediate(resolve))
}

const metas = Array.from({ length: USERS }, (_, user) => [
  user,
  "room",
  `user:${user}`,
  { name: `User ${user}`, phx_ref: `F${user}abcdefghijkl` },
])

/** Tracking, telling another node, and a node that comes later and gets all at once. */
async function run(what: "track" | "delta" | "join"): Promise<number> {
  globalThis.gc?.()
  const { adapter, counted } = network()
  const here = await node(adapter())
  const there = what === "join" ? null : await node(adapter())
  await new Promise((resolve) => setTimeout(resolve, 50))
  counted.characters = 0
  let started = performance.now()
  for (let user = 0; user < USERS; user++) {
    here.presence.track("room", `user:${user}`, { name: `User ${user}` })
  }
  let figure = (USERS / (performance.now() - started)) * 1_000
  if (what === "delta" && there) {
    await until(async () => (await there.presence.list("room")).size === USERS)
    figure = counted.characters / USERS
  }
  if (what === "join") {
    started = performance.now()
    const late = await node(adapter())
    let joined = false
    late.presence.subscribe("room", () => {
      joined = true
    })
    await until(async () => joined)
    figure = performance.now() - started
    await late.stop()
  }
  await here.stop()
  await there?.stop()
  return figure
}

export async function presence(): Promise<void> {
  const text = JSON.stringify(metas)
  const rounds = 5
  await compare({
    bench: "presence/track 100,000",
    unit: "joins/s",
    rounds,
    ours: { measure: () => run("track") },
    peers: {
      "a Map of JSON copies": {
        measure() {
          const map = new Map()
          const started = performance.now()
          for (let user = 0; user < USERS; user++) {
            map.set(`user:${user}`, JSON.parse(JSON.stringify({ name: `User ${user}` })))
          }
          return (map.size / (performance.now() - started)) * 1_000
        },
      },
    },
  })
  await compare({
    bench: "presence/delta of a join",
    unit: "B",
    rounds,
    ours: { measure: () => run("delta") },
    peers: { "its JSON": { measure: () => text.length / USERS } },
  })
  await compare({
    bench: "presence/merge 100,000 into a new node",
    unit: "ms",
    rounds,
    ours: { measure: () => run("join") },
    peers: {
      "JSON both ways and a Map": {
        measure() {
          const started = performance.now()
          const map = new Map()
          for (const [user, , key, meta] of JSON.parse(JSON.stringify(metas)))
            map.set(user, { key, meta })
          return performance.now() - started + map.size * 0
        },
      },
    },
  })
}
