import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../../fixtures/app.ts"
import { moodyStore } from "../../fixtures/wandering/store.ts"
import { type DeadPage, get, joinPayload, until, Wire } from "../../fixtures/wire.ts"
import {
  DefinitionError,
  live,
  liveRender,
  liveSocket,
  type ParkOptions,
  type Stash,
  type StashKeeping,
  type StashOptions,
  stashFailed,
  stashKept,
  stashRefused,
  stashRestored,
} from "../index.ts"

interface State {
  readonly count: number
  readonly draft: string
  readonly other: number
  readonly restored: boolean
}
const keys = { count: z.number(), draft: z.string() }

/** A counter with a draft, which it keeps in one way or another. */
const counterThat = (stash: Stash<State>) =>
  liveView({
    params: z.object({ from: z.coerce.number().default(0) }),
    public: true,
    events: { inc: {}, type: z.object({ text: z.string() }), other: {}, fail: {} },
    mount: ({ restored, params }): State => ({
      ...{ count: params.from, draft: "", other: 0, restored },
    }),
    stash,
    handleEvent: {
      inc: (socket) => socket.update("count", (count) => count + 1),
      type: (socket, { text }) => socket.assign({ draft: text }),
      other: (socket) => socket.update("other", (other) => other + 1),
      fail: () => {
        throw new Error("oops")
      },
    },
    render: ({ count, draft, restored, other }) =>
      html`<b>${`${count} ${draft} ${restored ? "restored" : "fresh"} ${other}`}</b>`,
  })
const path = paths({ counter: "/counter/:id", twin: "/twin/:id", outer: "/outer" })
const pubsub = await startPubSub()

const stop: (() => unknown)[] = []
afterEach(async () => {
  for (const each of stop.splice(0)) await each()
})

/** One process of the app, in which the counter keeps this. */
function serve(
  options: StashOptions | StashKeeping | false = {},
  stash: Stash<State> = { keys },
  park: ParkOptions | false = false,
) {
  const Counter = counterThat(stash)
  const Outer = liveView({
    public: true,
    views: [Counter],
    render: () => html`<p>${liveRender(Counter, { id: "kid" })}</p>`,
  })
  const app = router(
    scope("/", browser, { layout: root }, [
      live(path.counter, Counter),
      live(path.twin, counterThat(stash)),
      live(path.outer, Outer),
    ]),
  )
  const handler = liveSocket({ router: app, pubsub, secret, stash: options, park })
  stop.push(() => handler.stop?.())
  return { app, handler, drain: () => handler.drain?.(new AbortController().signal) }
}
type Server = ReturnType<typeof serve>

function listen() {
  const told: string[] = []
  const bytes: number[] = []
  // views of other files may still have something to say: they run in the same process, one file after another
  const ours = ({ view }: { readonly view: string }) => /^\/(counter|twin|outer)/.test(view)
  const listeners = [
    stashRestored.subscribe((one) => ours(one) && told.push(`restored from ${one.from}`)),
    stashRefused.subscribe((one) => ours(one) && told.push(one.reason)),
    stashFailed.subscribe((one) => ours(one) && told.push("failed")),
    stashKept.subscribe((one) => ours(one) && bytes.push(one.bytes)),
  ]
  stop.push(() => {
    for (const listener of listeners) listener[Symbol.dispose]()
  })
  return { told, bytes }
}

/** A tab: its page, and what that was given to keep. */
class Tab {
  wire!: Wire
  joins = 0
  shown = ""
  kept: unknown = null
  readonly page: DeadPage
  readonly #keeps: boolean
  readonly #at: string

  constructor(page: DeadPage, at: string, keeps: boolean) {
    this.page = page
    this.#at = at
    this.#keeps = keeps
  }

  static async open(server: Server, { keeps = true, at = "/counter/1", cookie = "" } = {}) {
    const page = await get(server.app, at, { cookie })
    const tab = new Tab(cookie === "" ? page : { ...page, cookie }, at, keeps)
    await tab.join(server)
    return tab
  }

  get topic() {
    return `lv:${this.page.id}`
  }

  async join({ handler }: Server, more: object = {}) {
    const wire = await Wire.open(handler, this.page)
    stop.push(() => wire.close())
    this.wire = wire
    const params = {
      ...{ _csrf_token: this.page.csrf, _mounts: this.joins, _mount_attempts: 0 },
      ...(this.#keeps && { _stash: this.kept }),
    }
    const payload = joinPayload(this.page, this.#at, { params, ...more })
    const answer = await this.wire.ask(this.topic, "phx_join", payload, "1")
    if (answer["status"] === "ok") this.joins++
    this.shown = JSON.stringify(answer)
    this.#keep()
    return this.shown
  }

  async push(event: string, value: object = {}) {
    const answer = await this.wire.ask(this.topic, "event", { type: "click", event, value }, "1")
    this.#keep()
    return answer
  }

  /** As the page's script does. */
  #keep() {
    for (const [, , , , payload] of this.wire.frames) {
      const text = JSON.stringify(payload)
      const stash = /"bennu:stash",\{"id":"[^"]+","stash":"([^"]+)"/.exec(text)?.[1]
      if (stash !== undefined) this.kept = stash
    }
  }

  /** Waits until it was given a newer one. */
  async given() {
    const before = this.kept
    await until(() => {
      this.#keep()
      expect(this.kept).not.toBe(before)
    })
  }

  /** Another server takes over: the first was killed, or is out of reach. */
  async lost(server: Server) {
    this.wire.drop()
    return this.join(server)
  }
}
/** It is always time for another. */
let clock = Date.now()
const soon = { now: () => (clock += 1_000) }

describe("a stash that the page keeps", () => {
  it("brings the declared assigns to another process, and nothing else", async () => {
    const { told } = listen()
    const tab = await Tab.open(serve(soon))
    await tab.push("inc")
    await tab.push("other")
    await tab.push("type", { text: "half a sen" })
    expect(await tab.lost(serve(soon))).toContain("1 half a sen restored 0")
    expect(told).toEqual(["restored from browser"])
    // and on to a third, without anything having changed
    expect(await tab.lost(serve(soon))).toContain("1 half a sen restored 0")
  })

  it("is given along with what changed, and at most once an interval", async () => {
    let now = 1_000
    const { bytes } = listen()
    const tab = await Tab.open(serve({ interval: "1h", now: () => now }))
    expect(bytes).toHaveLength(1)
    await tab.push("inc")
    await tab.push("other")
    expect(bytes).toHaveLength(1)
    now += 3_600_000
    await tab.push("inc")
    expect(bytes).toHaveLength(2)
    expect(tab.wire.frames.at(-1)?.[4]).toMatchObject({
      response: { diff: { 0: "2  fresh 1", e: [["bennu:stash", { id: tab.page.id }]] } },
    })
    await tab.push("other")
    expect(bytes).toHaveLength(2)
  })

  it("follows by itself when the interval is over", async () => {
    // by a clock of its own it is not over before somebody says so
    let now = Date.now()
    const tab = await Tab.open(serve({ interval: 20, now: () => now }))
    await tab.push("inc")
    now += 20
    await tab.given()
    expect(await tab.lost(serve())).toContain("1  restored 0")
  })

  it("is not given to a page that keeps none", async () => {
    const { bytes } = listen()
    const tab = await Tab.open(serve(soon), { keeps: false })
    await tab.push("inc")
    expect(bytes).toEqual([])
    expect(JSON.stringify(tab.wire.frames)).not.toContain("bennu:stash")
  })

  it("survives a page that is loaded anew, at the same address", async () => {
    const { told } = listen()
    const server = serve(soon)
    const tab = await Tab.open(server)
    await tab.push("inc")
    const { cookie } = tab.page
    const loaded = new Tab(
      { ...(await get(server.app, "/counter/1", { cookie })), cookie },
      "/counter/1",
      true,
    )
    loaded.kept = tab.kept
    expect(await loaded.join(server)).toContain("1  restored 0")
    const elsewhere = new Tab(
      { ...(await get(server.app, "/counter/2", { cookie })), cookie },
      "/counter/2",
      true,
    )
    elsewhere.kept = tab.kept
    expect(await elsewhere.join(server)).toContain("0  fresh 0")
    expect(told).toEqual(["restored from browser", "misplaced"])
  })

  it("is refused and counted when it is another session's, another view's, another page's, changed, or old", async () => {
    const { told } = listen()
    let now = Date.now()
    const server = serve({ interval: 1, now: () => now })
    const ada = await Tab.open(server)
    await ada.push("inc")
    now += 2
    await ada.push("inc")
    const { kept } = ada
    if (typeof kept !== "string") throw new Error("nothing was kept")
    const again = async (tab: Tab, stash: unknown) => {
      tab.kept = stash
      return tab.lost(server)
    }
    const bob = await Tab.open(server)
    expect(await again(bob, kept)).toContain("0  fresh 0")
    const twin = await Tab.open(server, { at: "/twin/1", cookie: ada.page.cookie })
    expect(await again(twin, kept)).toContain("0  fresh 0")
    const second = await Tab.open(server, { cookie: ada.page.cookie })
    expect(await again(second, kept)).toContain("0  fresh 0")
    const half = Math.floor(kept.length / 2)
    const other = kept[half] === "A" ? "B" : "A"
    const changed = [
      kept.slice(0, half) + other + kept.slice(half + 1),
      kept.slice(0, -1),
      `2${kept}`,
    ]
    for (const stash of [...changed, "", "1:", ":", "__proto__", kept.repeat(100)]) {
      expect(await again(ada, stash)).toContain("0  fresh 0")
    }
    now += 600_001
    expect(await again(ada, kept)).toContain("0  fresh 0")
    expect(told).toEqual(["forged", "forged", "misplaced", ...Array(8).fill("forged"), "expired"])
  })

  it("is ignored where it is no text, and where nothing is kept", async () => {
    const { told } = listen()
    const server = serve(false)
    const tab = await Tab.open(server)
    for (const stash of [1, {}, [], true, "text"]) {
      tab.kept = stash
      expect(await tab.lost(server)).toContain("0  fresh 0")
    }
    expect(told).toEqual([])
  })

  it("is not restored by a view that crashed with it", async () => {
    const { told } = listen()
    const server = serve(soon)
    const tab = await Tab.open(server)
    await tab.push("inc")
    tab.wire.send(tab.topic, "event", { type: "click", event: "fail", value: {} }, "1")
    await tab.wire.wait(([, , , event]) => event === "phx_error")
    expect(await tab.join(server)).toContain("0  fresh 0")
    expect(told).toEqual(["crashed"])
    // what the new run keeps is fine again
    await tab.push("inc")
    expect(await tab.lost(server)).toContain("1  restored 0")
  })

  it("is given at once with a checkpoint, and again when its page comes back to its view", async () => {
    const node = (park: ParkOptions | false = false) =>
      serve({ interval: "1h" }, { keys, checkpoints: { count: true } }, park)
    const one = node({})
    const tab = await Tab.open(one)
    await tab.push("inc")
    const { kept } = tab
    await tab.push("inc")
    expect(tab.kept).not.toBe(kept)
    // the last one never came
    tab.kept = kept
    expect(await tab.lost(one)).toContain("2  fresh 0")
    expect(await tab.lost(node())).toContain("2  restored 0")
  })

  it("is not kept when it is too large, and the page forgets what it had", async () => {
    const { told } = listen()
    const server = serve({ interval: 1, maxBytes: 100 })
    const tab = await Tab.open(server)
    await tab.push("type", { text: "x".repeat(200) })
    await tab.wire.wait(([, , , , payload]) => JSON.stringify(payload).includes('"stash":null'))
    expect(told).toEqual(["unfit"])
  })
})

describe("what comes back", () => {
  const kept = async (stash: Stash<State>) => {
    const tab = await Tab.open(serve(soon, stash))
    await tab.push("inc")
    return tab
  }

  it("is brought up to the version that the view has now", async () => {
    const { told } = listen()
    const tab = await kept({ keys })
    const migrate = vi.fn((old: Readonly<Record<string, unknown>>) => ({
      ...{ count: Number(old["count"]) * 10, draft: "migrated" },
    }))
    expect(await tab.lost(serve(soon, { keys, version: 3, migrate }))).toContain(
      "10 migrated restored",
    )
    expect(migrate).toHaveBeenCalledExactlyOnceWith({ count: 1, draft: "" }, 1)
    expect(told).toEqual(["restored from browser"])
  })

  it("is mounted afresh where nobody migrates it, or where it is of a version to come", async () => {
    const { told } = listen()
    const tab = await kept({ keys, version: 2 })
    expect(await tab.lost(serve(soon, { keys, version: 3 }))).toContain("0  fresh")
    const later = await kept({ keys, version: 2 })
    expect(await later.lost(serve(soon, { keys, migrate: (old) => old }))).toContain("0  fresh")
    expect(told).toEqual(["version", "version"])
  })

  it("has to fit the schemas of its keys: all of it, or nothing is restored", async () => {
    const { told } = listen()
    const tab = await kept({ keys })
    const strict = { count: z.number().max(0), draft: z.string() }
    expect(await tab.lost(serve(soon, { keys: strict }))).toContain("0  fresh")
    const wrong = await kept({ keys })
    const migrate = () => "no record"
    expect(await wrong.lost(serve(soon, { keys, version: 2, migrate }))).toContain("0  fresh")
    expect(told).toEqual(["invalid", "invalid"])
  })

  it("may be less or more than what is kept now", async () => {
    const tab = await kept({ keys: { count: z.number() } })
    expect(await tab.lost(serve(soon, { keys }))).toContain("1  restored")
    const more = await kept({ keys })
    expect(await more.lost(serve(soon, { keys: { draft: z.string() } }))).toContain("0  restored")
  })
})

describe("a stash that the server's store keeps", () => {
  it("is written when the server stops, for pages that keep nothing themselves", async () => {
    const { told } = listen()
    const store = memoryStore()
    const one = serve(store)
    const tabs = await Promise.all(
      [1, 2, 3].map((id) => Tab.open(one, { keeps: false, at: `/counter/${id}` })),
    )
    for (const [index, tab] of tabs.entries()) {
      for (let times = 0; times <= index; times++) await tab.push("inc")
    }
    await one.drain()
    const two = serve(store)
    for (const [index, tab] of tabs.entries()) {
      expect(await tab.lost(two)).toContain(`${index + 1}  restored 0`)
    }
    expect(told).toEqual(Array(3).fill("restored from store"))
  })

  it("has what changes while the server stops before the page is told of it", async () => {
    const store = memoryStore()
    const one = serve(store)
    const tab = await Tab.open(one, { keeps: false })
    await one.drain()
    await tab.push("inc")
    // nothing more of the first: it was killed now
    const two = serve(store)
    expect(await tab.join(two)).toContain("1  restored 0")
  })

  it("has a checkpoint before the page is told of it", async () => {
    const store = memoryStore()
    const one = serve(store, { keys, checkpoints: { draft: true } })
    const tab = await Tab.open(one, { keeps: false })
    await tab.push("type", { text: "safe" })
    await tab.push("inc")
    expect(await tab.join(serve(store))).toContain("0 safe restored 0")
  })

  it("is written when the connection breaks, so that any server can take the view over", async () => {
    const store = memoryStore()
    const one = serve(store)
    const tab = await Tab.open(one, { keeps: false })
    await tab.push("inc")
    tab.wire.drop()
    await until(async () =>
      expect(await store.get(`bennu.live.stash:${tab.page.id}`)).not.toBeNull(),
    )
    expect(await tab.join(serve(store))).toContain("1  restored 0")
  })

  it("is not written over by a process that had the view before", async () => {
    const { told } = listen()
    const store = memoryStore()
    const one = serve(store, { keys, checkpoints: { count: true } })
    const two = serve(store, { keys, checkpoints: { count: true } })
    const tab = await Tab.open(one, { keeps: false })
    await tab.push("inc")
    const stuck = tab.wire
    await tab.join(two)
    // the first process does not know yet that its page has gone, hears something, and tells nobody of what it cannot keep
    stuck.send(tab.topic, "event", { type: "click", event: "inc", value: {} }, "1")
    await stuck.wait(([, , , event]) => event === "phx_error")
    expect(JSON.stringify(stuck.frames)).not.toContain("2  fresh")
    expect(told).toEqual(["restored from store", "superseded"])
    await tab.push("inc")
    expect(await tab.join(serve(store))).toContain("2  restored 0")
  })

  it("is shown in place of a view that waits where its page was before", async () => {
    const store = memoryStore()
    const node = () => serve(store, { keys, checkpoints: { count: true } }, {})
    const [one, two] = [node(), node()]
    const tab = await Tab.open(one, { keeps: false })
    await tab.push("inc")
    expect(await tab.lost(two)).toContain("1  restored 0")
    await tab.push("inc")
    expect(await tab.lost(one)).toContain("2  restored 0")
    // and what it does there is what a third one knows
    await tab.push("inc")
    expect(await tab.lost(node())).toContain("3  restored 0")
  })

  it("is shown in place of a view that waits, though the page never had the answer of who took it over", async () => {
    const { told } = listen()
    const store = memoryStore()
    const node = () => serve(store, { keys, checkpoints: { count: true } }, {})
    const [one, two] = [node(), node()]
    const tab = await Tab.open(one, { keeps: false })
    await tab.push("inc")
    await tab.lost(two)
    tab.joins--
    expect(await tab.lost(one)).toContain("1  restored 0")
    await tab.push("inc")
    expect(await tab.lost(node())).toContain("2  restored 0")
    expect(told).not.toContain("superseded")
  })

  it("is the older one where the page brings a newer one, and the other way round", async () => {
    const store = memoryStore()
    const options = { store, ...soon }
    const one = serve(options, { keys, checkpoints: { draft: true } })
    const tab = await Tab.open(one)
    await tab.push("type", { text: "checked" })
    await tab.push("inc")
    expect(await tab.join(serve(options))).toContain("1 checked restored")
    const old = tab.kept
    const key = `bennu.live.stash:${tab.page.id}`
    await tab.push("inc")
    const before = await store.get(key)
    tab.wire.drop()
    await until(async () => expect(await store.get(key)).not.toEqual(before))
    tab.kept = old
    expect(await tab.join(serve(options))).toContain("2 checked restored")
  })

  it("is gone when the page left the view, and when the view crashed", async () => {
    const store = memoryStore()
    const server = serve(store, { keys, checkpoints: { count: true } })
    const gone = await Tab.open(server, { keeps: false })
    await gone.push("inc")
    await gone.wire.ask(gone.topic, "phx_leave", {}, "1")
    const left = await store.get(`bennu.live.stash:${gone.page.id}`)
    expect(JSON.parse(Buffer.from(left ?? []).toString())).toEqual([
      0,
      expect.any(Number),
      expect.any(Number),
      null,
    ])
    const crashed = await Tab.open(server, { keeps: false })
    await crashed.push("inc")
    crashed.wire.send(crashed.topic, "event", { type: "click", event: "fail", value: {} }, "1")
    await crashed.wire.wait(([, , , event]) => event === "phx_error")
    expect(await crashed.join(server)).toContain("0  fresh 0")
  })

  it("that is down, slow, or says nonsense keeps nobody from their page", async () => {
    const { told } = listen()
    const memory = memoryStore()
    const fails = () => Promise.reject(new Error("down"))
    const down = { get: fails, set: fails, delete: fails }
    const never = () => new Promise<never>(() => {})
    const slow = { store: { get: never, set: never, delete: never }, timeout: 10 }
    for (const options of [down, slow]) {
      const server = serve(options, { keys, checkpoints: { count: true } })
      const tab = await Tab.open(server, { keeps: false })
      await tab.push("inc")
      expect(await tab.lost(server)).toContain("0  fresh 0")
    }
    expect(new Set(told)).toEqual(new Set(["failed"]))
    const server = serve(memory)
    const tab = await Tab.open(server, { keeps: false })
    for (const text of ["", "{}", "[1]", "[null,null]", '[1,"1:e1.x.y"]', "\0"]) {
      await memory.set(`bennu.live.stash:${tab.page.id}`, Buffer.from(text))
      expect(await tab.join(server)).toContain("0  fresh 0")
    }
  })

  it("is written once the store answers again", async () => {
    const { told } = listen()
    const memory = memoryStore()
    let down = true
    const get: StashKeeping["get"] = (key) =>
      down ? Promise.reject(new Error("down")) : memory.get(key)
    const { set, delete: remove } = memory
    const store = { get, set, delete: remove }
    const server = serve({ store, interval: 5 }, { keys, checkpoints: { count: true } })
    const tab = await Tab.open(server, { keeps: false })
    await tab.push("inc")
    await until(() => expect(told.length).toBeGreaterThan(1))
    expect(await memory.get(`bennu.live.stash:${tab.page.id}`)).toBeNull()
    down = false
    await until(async () =>
      expect(await memory.get(`bennu.live.stash:${tab.page.id}`)).not.toBeNull(),
    )
    expect(await tab.join(serve(memory))).toContain("1  restored 0")
  })

  it("is asked for so many at once, and all of them are written", async () => {
    const memory = memoryStore()
    let working = 0
    let most = 0
    const slowly = async <T>(work: Promise<T>): Promise<T> => {
      most = Math.max(most, ++working)
      await new Promise((resolve) => setTimeout(resolve, 1))
      working--
      return work
    }
    const store: StashKeeping = {
      get: (key) => slowly(memory.get(key)),
      set: (...all) => slowly(memory.set(...all)),
      delete: (key) => slowly(memory.delete(key)),
    }
    const server = serve({ store, batch: 3 })
    const tabs = await Promise.all(
      Array.from({ length: 20 }, () => Tab.open(server, { keeps: false })),
    )
    await Promise.all(tabs.map((tab) => tab.push("inc")))
    await server.drain()
    expect(most).toBe(3)
    const next = serve(memory)
    for (const tab of tabs) expect(await tab.join(next)).toContain("1  restored 0")
  })

  it("is outdated once its page was shown what nobody could keep", async () => {
    const { told } = listen()
    const { store, state } = moodyStore()
    const node = () => serve({ store, interval: "1h" }, { keys, checkpoints: { count: true } })
    const tab = await Tab.open(node(), { keeps: false })
    await tab.push("inc")
    state.mood = "down"
    const blind = node()
    expect(await tab.join(blind)).toContain("0  fresh 0")
    // its page joins anew, so that it counts one more than the store knows, and what it did is there
    tab.wire.send(tab.topic, "event", { type: "click", event: "other", value: {} }, "1")
    tab.wire.send(tab.topic, "event", { type: "click", event: "inc", value: {} }, "1")
    await tab.wire.wait(([, , , event]) => event === "phx_error")
    expect(await tab.join(blind)).toContain("1  restored 0")
    // and from then on it goes on
    await tab.push("inc")
    state.mood = "well"
    expect(await tab.join(node())).toContain("0  fresh 0")
    expect(told).toEqual([
      "failed",
      "failed",
      "failed",
      "restored from memory",
      "failed",
      "outdated",
    ])
  })

  it("is that of a view which could not read it, as soon as it can be written", async () => {
    const { store, state } = moodyStore()
    const node = () => serve({ store, interval: 5 }, { keys, checkpoints: { count: true } })
    const tab = await Tab.open(node(), { keeps: false })
    await tab.push("inc")
    state.mood = "down"
    expect(await tab.join(node())).toContain("0  fresh 0")
    state.mood = "well"
    for (let times = 0; times < 3; times++) await tab.push("inc")
    expect(await tab.join(node())).toContain("3  restored 0")
  })

  it("is forgotten when it grew too large, and what the page keeps of before with it", async () => {
    const { told } = listen()
    const options = { store: memoryStore(), maxBytes: 100, interval: "1h" } as const
    const tab = await Tab.open(serve(options, { keys, checkpoints: { draft: true } }))
    await tab.push("type", { text: "short" })
    const { kept } = tab
    await tab.push("type", { text: "x".repeat(200) })
    expect(tab.wire.frames.at(-1)?.[4]).toMatchObject({
      response: { diff: { e: [["bennu:stash", { stash: null }]] } },
    })
    // whoever brings the older one back all the same
    tab.kept = kept
    expect(await tab.lost(serve(options))).toContain("0  fresh 0")
    expect(told.slice(-1)).toEqual(["outdated"])
  })

  it("may take 32 kB where nothing is said", async () => {
    const options = { store: memoryStore(), interval: "1h" } as const
    const tab = await Tab.open(serve(options, { keys, checkpoints: { draft: true } }))
    const last = () => JSON.stringify(tab.wire.frames.at(-1))
    await tab.push("type", { text: "x".repeat(32_600) })
    expect(last()).toMatch(/"bennu:stash",{"id":"[^"]+","stash":"/)
    await tab.push("type", { text: "x".repeat(32_768) })
    expect(tab.wire.frames.at(-1)?.[4]).toMatchObject({
      response: { diff: { e: [["bennu:stash", { stash: null }]] } },
    })
  })

  it("does with a store that cannot compare and set", async () => {
    const { get: read, set, delete: remove } = memoryStore()
    const store = { get: read, set, delete: remove }
    const one = serve(store)
    const tab = await Tab.open(one, { keeps: false })
    await tab.push("inc")
    await one.drain()
    expect(await tab.lost(serve(store))).toContain("1  restored 0")
  })

  it("keeps the views in a view too", async () => {
    const store = memoryStore()
    const kid = async (tab: Tab, joins: number) => {
      const session = /data-phx-session=\\"([^"\\]+)/.exec(tab.shown)?.[1] ?? ""
      const params = { _csrf_token: tab.page.csrf, _mounts: joins, _mount_attempts: 0 }
      const payload = { session, static: null, sticky: false, params }
      return JSON.stringify(await tab.wire.ask("lv:kid", "phx_join", payload, "2"))
    }
    const one = serve(store)
    const tab = await Tab.open(one, { keeps: false, at: "/outer" })
    await kid(tab, 0)
    await tab.wire.ask("lv:kid", "event", { type: "click", event: "inc", value: {} }, "2")
    await one.drain()
    await tab.lost(serve(store))
    expect(await kid(tab, 1)).toContain("1  restored 0")
  })
})

describe("a declaration of a stash", () => {
  it("counts its versions from 1, and has its checkpoints among its keys", () => {
    for (const version of [0, -1, 1.5, Number.NaN]) {
      expect(() => counterThat({ keys, version })).toThrow(DefinitionError)
    }
    expect(() => counterThat({ keys, checkpoints: { other: true } })).toThrow(/"other"/)
  })

  it("is served with options that are some", () => {
    for (const wrong of [
      { maxAge: "11m" },
      { maxBytes: 100_000 },
      { batch: Number.NaN },
      { oh: 1 },
    ]) {
      expect(() => serve(wrong as StashOptions)).toThrow("liveSocket's stash")
    }
  })
})
