import { Presence as PhoenixPresence } from "phoenix"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import {
  type FetchPresents,
  openPresence,
  openPubSub,
  type Presence,
  type PresenceDiff,
  type PresenceOptions,
  type Presents,
  presenceDiff,
  presenceState,
} from "../index.ts"
import { presenceFailed } from "../telemetry.ts"
import { network } from "../testing/network.ts"

const signal = new AbortController().signal
const started: AsyncDisposable[] = []

async function cluster(size: number, options: Omit<PresenceOptions, "pubsub"> = {}) {
  const net = network(size)
  const nodes = []
  for (const adapter of net.adapters) {
    const pubsub = await openPubSub({ adapter }).start(signal)
    const presence = await openPresence({ pubsub, ...options }).start(signal)
    started.push(presence, pubsub)
    nodes.push({ pubsub, presence })
  }
  await pass(2_000)
  return { ...net, nodes, presences: nodes.map(({ presence }) => presence) }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** What is told on a node: "+" for metas that join, "-" for those that leave, then the keys that came and went. */
function told(presence: Presence, topic = "room"): string[] {
  const lines: string[] = []
  const names = (presents: Presents, sign: string) =>
    [...presents].flatMap(([key, { metas }]) => metas.map(({ name }) => `${sign}${key}/${name}`))
  presence.subscribe(topic, ({ joins, leaves, arrived, gone }) =>
    lines.push(
      [
        ...names(joins, "+"),
        ...names(leaves, "-"),
        ...arrived.map((key) => `${key} arrived`),
        ...gone.map((key) => `${key} gone`),
      ].join(" "),
    ),
  )
  return lines
}

const keysOf = async (presence: Presence | undefined, topic = "room") =>
  [...((await presence?.list(topic)) ?? new Map()).keys()].sort()

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(async () => {
  for (const one of started.splice(0)) await one[Symbol.asyncDispose]()
  vi.useRealTimers()
})

describe("presence", () => {
  it("is seen on all nodes, and each join and leave is told once on each", async () => {
    const { presences } = await cluster(3)
    const [here] = presences
    const heard = presences.map((presence) => told(presence))
    const ada = here?.track("room", "ada", { name: 1 })
    const adaAgain = presences[1]?.track("room", "ada", { name: 2 })
    await pass(25)
    for (const presence of presences) expect(await keysOf(presence)).toEqual(["ada"])
    expect((await here?.getByKey("room", "ada"))?.metas).toHaveLength(2)
    ada?.untrack()
    ada?.untrack()
    await pass(25)
    adaAgain?.untrack()
    await pass(5_000)
    expect(heard[2]).toEqual(["+ada/1 ada arrived", "+ada/2", "-ada/1", "-ada/2 ada gone"])
    expect(heard[0]?.toSorted()).toEqual(heard[2]?.toSorted())
    expect(await here?.getByKey("room", "ada")).toBeNull()
    expect(await keysOf(here)).toEqual([])
  })

  it("is updated in one change, which names the reference that it replaces", async () => {
    const { presences } = await cluster(2)
    const diffs: PresenceDiff[] = []
    const ada = presences[0]?.track("room", "ada", { status: "online" })
    await pass(25)
    presences[1]?.subscribe("room", (diff) => diffs.push(diff))
    const before = ada?.meta.phx_ref
    ada?.update({ status: "away" })
    await pass(25)
    expect(diffs.map(presenceDiff)).toEqual([
      {
        joins: {
          ada: { metas: [{ status: "away", phx_ref: ada?.meta.phx_ref, phx_ref_prev: before }] },
        },
        leaves: { ada: { metas: [{ status: "online", phx_ref: before }] } },
      },
    ])
    expect(diffs[0]).toMatchObject({ arrived: [], gone: [] })
  })

  it("takes every name that objects inherit for a key and for a topic", async () => {
    const { presences } = await cluster(2)
    const names = Object.getOwnPropertyNames(Object.prototype)
    for (const name of names) presences[0]?.track(name, name, { [name]: name })
    for (const name of names) presences[0]?.track("room", name)
    await pass(25)
    expect(await keysOf(presences[1])).toEqual(names.toSorted())
    const state = presenceState((await presences[1]?.list("room")) ?? new Map())
    expect(Object.keys(JSON.parse(JSON.stringify(state))).sort()).toEqual(names.toSorted())
    for (const name of names) expect(await keysOf(presences[1], name)).toEqual([name])
  })

  it("is known to a node that comes later, at once", async () => {
    const { nodes, presences } = await cluster(2)
    for (let user = 0; user < 1_000; user++) presences[0]?.track("room", `u${user}`)
    await pass(25)
    const [, other] = nodes
    if (!other) throw new Error("no node")
    const late = await openPresence({ pubsub: other.pubsub }).start(signal)
    started.push(late)
    const heard = told(late)
    await pass(1)
    expect(await keysOf(late)).toHaveLength(1_000)
    expect(heard).toHaveLength(1)
  })

  it("leaves when the signal aborts that it was tracked with", async () => {
    const { presences } = await cluster(1)
    const page = new AbortController()
    presences[0]?.track("room", "ada", {}, { signal: page.signal })
    expect(await keysOf(presences[0])).toEqual(["ada"])
    page.abort()
    presences[0]?.track("room", "bob", {}, { signal: page.signal })
    expect(await keysOf(presences[0])).toEqual([])
  })

  it("divides topics over shards", async () => {
    const { presences } = await cluster(2, { shards: 4 })
    for (let room = 0; room < 20; room++) presences[0]?.track(`room:${room}`, "ada")
    await pass(25)
    for (let room = 0; room < 20; room++)
      expect(await keysOf(presences[1], `room:${room}`)).toEqual(["ada"])
  })

  it("tells whoever listens to all topics which one it is", async () => {
    const { presences } = await cluster(1)
    const topics: string[] = []
    using _all = presences[0]?.onDiff((topic) => topics.push(topic))
    presences[0]?.track("a", "ada")
    presences[0]?.track("b", "ada")
    expect(topics).toEqual(["a", "b"])
  })

  it("refuses what JSON cannot carry, and more than it may track", async () => {
    const { presences } = await cluster(1, { maxTracked: 1 })
    const [presence] = presences
    expect(() => presence?.track("room", "ada", { big: 1n })).toThrow(
      expect.objectContaining({ code: "ERR_PUBSUB_PRESENCE_META" }),
    )
    expect(() => presence?.track("room", "ada", [])).toThrow("no object")
    const ada = presence?.track("room", "ada", { phx_ref: "mine", phx_ref_prev: "mine" })
    expect(ada?.meta).toEqual({ phx_ref: expect.stringMatching(/^[\w-]{13,}$/) })
    expect(() => presence?.track("room", "bob")).toThrow(
      expect.objectContaining({ code: "ERR_PUBSUB_PRESENCE_FULL" }),
    )
    ada?.untrack()
    presence?.track("room", "bob")
  })

  it.each([
    { downPeriod: -1 },
    { shards: Number.NaN },
    { downPeriod: "1s", heartbeat: "2s" },
    { downPeriod: "1m", permdownPeriod: "30s" },
    { permdownPeriod: "1m", handOver: "2m" },
  ] as const)("refuses %j", (options) => {
    expect(() => openPresence({ pubsub: { bus: {} as never }, ...options })).toThrow(
      expect.objectContaining({ code: "ERR_CORE_OPTIONS" }),
    )
  })
})

describe("a node that dies", () => {
  it("is gone after the down period and a beat; its users leave once each", async () => {
    const { presences, cut } = await cluster(3)
    const heard = told(presences[1] as Presence)
    for (let user = 0; user < 100; user++) presences[0]?.track("room", `u${user}`, { name: user })
    await pass(25)
    heard.length = 0
    cut(0)
    await pass(29_000)
    expect(heard).toEqual([])
    await pass(1_000 + 2 * 1_650)
    expect(await keysOf(presences[1])).toEqual([])
    expect(heard.join(" ").match(/gone/g)).toHaveLength(100)
    expect(heard.join(" ").match(/-u/g)).toHaveLength(100)
  })

  it("and was only cut off is seen again two beats after the network is whole", async () => {
    const { presences, cut, heal } = await cluster(3)
    presences[0]?.track("room", "ada")
    presences[1]?.track("room", "bob")
    await pass(25)
    cut(0)
    await pass(60_000)
    presences[0]?.track("room", "eve")
    presences[1]?.track("room", "joe")
    await pass(25)
    expect(await keysOf(presences[0])).toEqual(["ada", "eve"])
    expect(await keysOf(presences[2])).toEqual(["bob", "joe"])
    heal()
    await pass(3_000)
    for (const presence of presences)
      expect(await keysOf(presence)).toEqual(["ada", "bob", "eve", "joe"])
  })

  it("costs the others nothing more from then on, though they remember it", async () => {
    const { presences, cut, sent } = await cluster(3)
    for (const [at, presence] of presences.entries())
      for (let user = 0; user < 50; user++) presence.track("room", `u${at}.${user}`)
    const inAMinute = async () => {
      const before = sent(1) + sent(2)
      await pass(60_000)
      return sent(1) + sent(2) - before
    }
    await pass(5_000)
    const whole = await inAMinute()
    cut(0)
    await pass(35_000)
    for (let minute = 0; minute < 18; minute++) expect(await inAMinute()).toBeLessThan(whole)
  })

  it("is forgotten after the permdown period, and known again when it comes back", async () => {
    const { presences, cut, heal } = await cluster(2)
    presences[0]?.track("room", "ada")
    await pass(25)
    cut(0)
    await pass(25 * 60_000)
    expect(await keysOf(presences[1])).toEqual([])
    heal()
    await pass(3_000)
    expect(await keysOf(presences[1])).toEqual(["ada"])
  })
})

describe("a node that stops as planned", () => {
  it("hands its users over: who turns up on another node neither leaves nor joins", async () => {
    const stopping = new AbortController()
    const { presences, nodes } = await cluster(3)
    const [, , leaving] = nodes
    if (!leaving) throw new Error("no node")
    const first = await openPresence({
      pubsub: leaving.pubsub,
      name: "handed",
      signal: stopping.signal,
    }).start(signal)
    const others = await Promise.all(
      nodes.slice(0, 2).map(({ pubsub }) => openPresence({ pubsub, name: "handed" }).start(signal)),
    )
    started.push(...others, first)
    await pass(2_000)
    expect(presences).toHaveLength(3)
    const users = Array.from({ length: 50 }, (_, user) => first.track("room", `u${user}`))
    await pass(25)
    const heard = others.map((presence) => told(presence))
    stopping.abort()
    for (const user of users) user.untrack()
    await first[Symbol.asyncDispose]()
    await pass(2_000)
    expect(await keysOf(others[0])).toHaveLength(50)
    for (const [index, { key }] of users.entries()) others[index % 2]?.track("room", key)
    await pass(60_000)
    for (const presence of others) {
      expect(await keysOf(presence)).toHaveLength(50)
      expect((await presence.getByKey("room", "u0"))?.metas).toHaveLength(1)
    }
    expect(heard.flat().filter((line) => /arrived|gone/.test(line))).toEqual([])
  })

  it("lets those who do not turn up leave, once, when the time is over", async () => {
    const { presences, nodes } = await cluster(2, { handOver: "5s" })
    presences[0]?.track("room", "ada", { name: 1 })
    await pass(25)
    const heard = told(presences[1] as Presence)
    await presences[0]?.handOver()
    await nodes[0]?.pubsub[Symbol.asyncDispose]()
    await pass(4_000)
    expect(heard).toEqual([])
    await pass(4_000)
    expect(heard).toEqual(["-ada/1 ada gone"])
    expect(await keysOf(presences[1])).toEqual([])
  })
})

describe("fetch", () => {
  it("adds fields beside the metas of lists and changes, and changes stay in order", async () => {
    const waits = [30, 10, 0, 0]
    const fetch: FetchPresents = async (_, presents) => {
      await new Promise((resolve) => setTimeout(resolve, waits.shift() ?? 0))
      return new Map([...presents.keys()].map((key) => [key, { user: { name: `The ${key}` } }]))
    }
    const { presences } = await cluster(1, { fetch })
    const [presence] = presences
    const diffs: unknown[] = []
    presence?.subscribe("room", (diff) => diffs.push(presenceDiff(diff)))
    presence?.track("room", "ada", { name: 1 })
    presence?.track("room", "bob", { name: 2 })
    await pass(100)
    expect(diffs).toEqual([
      { joins: { ada: { user: { name: "The ada" }, metas: [expect.any(Object)] } }, leaves: {} },
      { joins: { bob: { user: { name: "The bob" }, metas: [expect.any(Object)] } }, leaves: {} },
    ])
    const one = presence?.getByKey("room", "bob")
    await pass(1)
    expect(await one).toMatchObject({ user: { name: "The bob" }, metas: [{ name: 2 }] })
  })

  it("that fails or does not answer is reported, and presence goes on without", async () => {
    const errors: unknown[] = []
    using _reports = presenceFailed.subscribe(({ error }) => errors.push(error))
    const answers = [
      () => {
        throw new Error("no database")
      },
      () => new Promise<never>(() => {}),
    ]
    const { presences } = await cluster(1, { fetch: () => answers.shift()?.() ?? new Map() })
    const [presence] = presences
    const heard = told(presence as Presence)
    presence?.track("room", "ada", { name: 1 })
    presence?.track("room", "bob", { name: 2 })
    await pass(5_000)
    expect(heard).toEqual(["+ada/1 ada arrived", "+bob/2 bob arrived"])
    expect(errors).toHaveLength(2)
  })
})

describe("what Phoenix's own client makes of it", () => {
  it("is the same list, with every change told", async () => {
    const { presences } = await cluster(2)
    const [here, there] = presences
    const ada = here?.track("room", "ada", { status: "online" })
    await pass(25)
    const events: string[] = []
    const joined = (key?: string, before?: unknown) =>
      void events.push(`${key} ${before ? "joins again" : "joins"}`)
    const left = (key?: string, after?: { metas: unknown[] }) =>
      void events.push(`${key} ${after?.metas.length ? "leaves once" : "leaves"}`)
    const state = JSON.parse(
      JSON.stringify(presenceState((await there?.list("room")) ?? new Map())),
    )
    let seen = PhoenixPresence.syncState({}, state, joined, left)
    there?.subscribe("room", (diff) => {
      seen = PhoenixPresence.syncDiff(
        seen,
        JSON.parse(JSON.stringify(presenceDiff(diff))),
        joined,
        left,
      )
    })
    const bob = there?.track("room", "bob")
    ada?.update({ status: "away" })
    const adaAgain = here?.track("room", "ada", { status: "phone" })
    await pass(25)
    bob?.untrack()
    ada?.untrack()
    await pass(25)
    expect(events).toEqual([
      "ada joins",
      "bob joins",
      "ada joins again",
      "ada leaves once",
      "bob leaves",
      "ada leaves once",
    ])
    expect(PhoenixPresence.list(seen, (key, { metas }) => [key, metas])).toEqual([
      ["ada", [adaAgain?.meta]],
    ])
  })
})
