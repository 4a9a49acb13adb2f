import { readFileSync } from "node:fs"
import { ok } from "@bennu/core"
import { local, openPresence, openPubSub, type PresenceOptions } from "@bennu/pubsub"
import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { channel } from "./index.ts"
import { socketHandler } from "./socket.ts"
import { connectSocket, type TestSocket } from "./testing.ts"

const Lobby = channel({
  params: z.looseObject({ name: z.string().default("alice") }),
  events: {
    echo: z.looseObject({}),
    status: z.object({ status: z.string() }),
    shout: z.object({ text: z.string() }),
    who: z.object({}),
    hide: z.object({}),
    crash: z.object({}),
  },
  pushes: { shout: z.object({ text: z.string() }) },
  metas: z.object({ status: z.string() }),
  join: ({ params }) => ok({ assigns: { name: params.name, present: NOBODY } }),
  joined(socket) {
    socket.assign({ present: socket.track(socket.assigns.name, { status: "online" }) })
  },
  handleEvent: {
    echo: (_socket, payload) => ok(payload),
    status(socket, { status }) {
      socket.assigns.present.update({ status })
      return ok({})
    },
    async shout(socket, { text }) {
      await socket.broadcast("shout", { text })
      return ok({})
    },
    who: async (socket) => ok({ keys: [...(await socket.presents()).keys()] }),
    hide(socket) {
      socket.assigns.present.untrack()
      return ok({})
    },
    crash() {
      throw new Error("boom")
    },
  },
})

const NOBODY: {
  update(meta: { readonly status: string }): void
  untrack(): void
} = { update() {}, untrack() {} }

const started = new AbortController().signal

async function open(options: Partial<PresenceOptions> = {}) {
  const pubsub = await openPubSub({ adapter: local() }).start(started)
  const presence = await openPresence({ pubsub, ...options }).start(started)
  onTestFinished(() => presence.handOver())
  const handler = socketHandler({ channels: { "room:*": Lobby }, pubsub, presence })
  return { presence, connect: () => connectSocket(handler) }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
const diffsOf = (client: TestSocket) =>
  client.received.filter(({ event }) => event === "presence_diff").map(({ payload }) => payload)
const metas = (...statuses: readonly string[]) => ({
  metas: statuses.map((status) => ({ phx_ref: expect.any(String), status })),
})

describe("a channel that shows who is present", () => {
  it("tells each client who is there once it joined, itself with them", async () => {
    const { connect } = await open()
    const ada = await (await connect()).join("room:1", { name: "ada" })
    expect(await ada.next("presence_state")).toEqual({ ada: metas("online") })
    const bob = await (await connect()).join("room:1", { name: "bob" })
    expect(await bob.next("presence_state")).toEqual({ ada: metas("online"), bob: metas("online") })
    const elsewhere = await (await connect()).join("room:2", { name: "eve" })
    expect(await elsewhere.next("presence_state")).toEqual({ eve: metas("online") })
  })

  it("tells of an update as one join and one leave in the same diff", async () => {
    const { connect } = await open()
    const client = await connect()
    const ada = await client.join("room:1", { name: "ada" })
    const { ada: before } = Object(await ada.next("presence_state"))
    await ada.push("status", { status: "away" }).assertReply("ok")
    await settled()
    expect(diffsOf(client).at(-1)).toEqual({
      joins: {
        ada: {
          metas: [
            {
              phx_ref: expect.any(String),
              phx_ref_prev: before.metas[0].phx_ref,
              status: "away",
            },
          ],
        },
      },
      leaves: { ada: before },
    })
  })

  it.each([
    ["leaves", (client: TestSocket, topic: string) => client.push("1", topic, "phx_leave", {})],
    ["is disconnected", (client: TestSocket) => client.disconnect()],
    ["crashes", (client: TestSocket, topic: string) => client.push("1", topic, "crash", {})],
    ["untracks", (client: TestSocket, topic: string) => client.push("1", topic, "hide", {})],
  ])("tells the others when one %s", async (_, go) => {
    const { connect, presence } = await open()
    const [one, other] = [await connect(), await connect()]
    await other.join("room:1", { name: "bob" })
    await one.join("room:1", { name: "ada" })
    await settled()
    go(one, "room:1")
    await settled()
    expect(diffsOf(other).at(-1)).toEqual({ joins: {}, leaves: { ada: metas("online") } })
    expect([...(await presence.list("room:1")).keys()]).toEqual(["bob"])
  })

  it("keeps a user who has two tabs until the second is closed", async () => {
    const { connect } = await open()
    const tabs = [await connect(), await connect()]
    for (const tab of tabs) await tab.join("room:1", { name: "ada" })
    const bob = await (await connect()).join("room:1", { name: "bob" })
    expect(await bob.next("presence_state")).toMatchObject({ ada: metas("online", "online") })
    tabs[0]?.disconnect()
    await settled()
    await bob.push("who").assertReply("ok", { keys: ["ada", "bob"] })
    tabs[1]?.disconnect()
    await bob.push("who").assertReply("ok", { keys: ["bob"] })
  })

  it("knows users that are named like what objects inherit", async () => {
    const { connect } = await open()
    const names = Object.getOwnPropertyNames(Object.prototype)
    for (const name of names) await (await connect()).join("room:1", { name })
    const client = await connect()
    await client.join("room:1", { name: "ada" })
    await settled()
    const frame = client.frames.find((text) => String(text).includes("presence_state"))
    for (const name of names) expect(String(frame)).toContain(`${JSON.stringify(name)}:{"metas"`)
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names)
  })

  it("adds what is fetched of them beside the metas", async () => {
    const fetch = async (_topic: string, presents: ReadonlyMap<string, unknown>) =>
      new Map([...presents.keys()].map((key) => [key, { name: key.toUpperCase() }] as const))
    const { connect } = await open({ fetch })
    const ada = await (await connect()).join("room:1", { name: "ada" })
    expect(await ada.next("presence_state")).toEqual({ ada: { name: "ADA", ...metas("online") } })
  })

  it("refuses what its schema does not let through, as a crash of that channel", async () => {
    const { connect } = await open()
    const Loose = channel({
      metas: z.object({ status: z.literal("online") }),
      join: () => ok({}),
      joined: (socket) => void socket.track("ada", JSON.parse('{"status":"odd"}')),
    })
    const pubsub = await openPubSub({ adapter: local() }).start(started)
    const presence = await openPresence({ pubsub }).start(started)
    const client = await connectSocket(
      socketHandler({ channels: { loose: Loose }, pubsub, presence }),
    )
    expect(await (await client.join("loose")).ended()).toBe("crashed")
    expect(await connect()).toBeDefined()
  })

  it("listens to who comes and goes as long as somebody is shown it, and once for all of them", async () => {
    let listening = 0
    const { presence, connect } = await open()
    const subscribe = presence.subscribe.bind(presence)
    presence.subscribe = (topic, listener) => {
      const subscription = subscribe(topic, listener)
      listening++
      return {
        [Symbol.dispose]() {
          subscription[Symbol.dispose]()
          listening--
        },
      }
    }
    const clients = [await connect(), await connect()]
    for (const client of clients) await client.join("room:1", {})
    expect(listening).toBe(1)
    clients[0]?.disconnect()
    expect(listening).toBe(1)
    clients[1]?.disconnect()
    expect(listening).toBe(0)
  })

  it("may not be mounted in a socket that does not know who is present", async () => {
    const pubsub = await openPubSub({ adapter: local() }).start(started)
    expect(() => socketHandler({ channels: { "room:*": Lobby }, pubsub })).toThrow("presence")
  })
})

interface Recorded {
  readonly who?: string
  readonly dir?: "in" | "out"
  readonly text?: string
}

describe("a recorded visit of two to a room of a Phoenix server", () => {
  it("goes the same way here, who is present with it", async () => {
    const { connect } = await open()
    const clients = new Map([
      ["alice", await connect()],
      ["bob", await connect()],
    ])
    const file = new URL("../fixtures/presence.json", import.meta.url)
    const { frames }: { readonly frames: readonly Recorded[] } = JSON.parse(
      readFileSync(file, "utf8"),
    )
    const expected: string[] = []
    for (const { who = "alice", dir, text } of frames) {
      if (text === undefined) continue
      if (dir === "in") {
        expected.push(`${who} ${comparable(text)}`)
        // Bob went away without a word
        if (text.includes('"leaves":{"bob"')) clients.get("bob")?.disconnect()
        continue
      }
      await settled()
      clients.get(who)?.send(text.replace('{"hello":1}', JSON.stringify({ hello: 1, name: who })))
    }
    await settled()
    const got = [...clients].flatMap(([who, { frames }]) =>
      frames.map((frame) => `${who} ${comparable(String(frame))}`),
    )
    // Who of two is told first, and whether the answer or the change comes first, is chance
    expect(got.toSorted()).toEqual(expected.toSorted())
  })
})

/** With keys in order, and without the references, which are new each time. */
const comparable = (text: string): string =>
  JSON.stringify(JSON.parse(text), (key, value) => {
    if (key.startsWith("phx_ref")) return key
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value
    return Object.fromEntries(
      Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)),
    )
  })
