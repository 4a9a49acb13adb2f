import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../../fixtures/app.ts"
import { type Mood, moodyStore } from "../../fixtures/wandering/store.ts"
import { type DeadPage, get, joinPayload, Wire } from "../../fixtures/wire.ts"
import { live, liveSocket, type ParkOptions, type StashKeeping } from "../index.ts"

const Counter = liveView({
  public: true,
  events: { set: z.object({ n: z.number() }) },
  mount: () => ({ n: 0 }),
  stash: { keys: { n: z.number() }, checkpoints: { n: true } },
  handleEvent: { set: (socket, { n }) => socket.assign({ n }) },
  render: ({ n }) => html`<b>${`[${n}]`}</b>`,
})
const Elsewhere = liveView({ public: true, render: () => html`<i>elsewhere</i>` })
const path = paths({ counter: "/visited", elsewhere: "/elsewhere" })
const app = router(
  scope("/", browser, { layout: root }, [
    live(path.counter, Counter),
    live(path.elsewhere, Elsewhere),
  ]),
)
const pubsub = await startPubSub()

const stop: (() => unknown)[] = []
afterEach(async () => {
  for (const each of stop.splice(0)) await each()
})
/** One process of the app. */
function serve(store: StashKeeping, park: ParkOptions | false = false) {
  const stash = { store, browser: false, timeout: 20 }
  const handler = liveSocket({ router: app, pubsub, secret, stash, park })
  stop.push(() => handler.stop?.())
  return handler
}
type Server = ReturnType<typeof serve>

/** A tab that goes from view to view in one document, as the client does. */
class Tab {
  readonly page: DeadPage
  wire!: Wire
  /** How often it has joined the view that it shows. */
  #mounts = 0
  #at = "/visited"
  #referer: string | undefined = undefined

  private constructor(page: DeadPage) {
    this.page = page
  }

  static async open(server: Server, cookie = "") {
    const page = await get(app, "/visited", { cookie })
    const tab = new Tab(cookie === "" ? page : { ...page, cookie })
    await tab.connect(server)
    return tab
  }

  /** @returns What it shows, or is told. */
  async connect(server: Server) {
    const wire = await Wire.open(server, this.page)
    stop.push(() => wire.close())
    this.wire = wire
    return this.#join()
  }

  navigate(at: string, goodbye = true) {
    if (goodbye) this.wire.send(this.#topic, "phx_leave", {}, "1")
    this.#referer = `http://app.example${this.#at}`
    this.#at = at
    this.#mounts = 0
    return goodbye ? this.#join() : null
  }

  set(n: number) {
    const event = { type: "click", event: "set", value: { n } }
    return this.wire.ask(this.#topic, "event", event, "1")
  }

  /** Sets it, and is told to join anew. */
  async refused(n: number) {
    const event = { type: "click", event: "set", value: { n } }
    this.wire.send(this.#topic, "event", event, "1")
    await this.wire.wait(([, , , heard]) => heard === "phx_error")
  }

  /** Joins by the connection that it has. */
  again() {
    return this.#join()
  }

  get #topic() {
    return `lv:${this.page.id}`
  }

  async #join() {
    const { csrf } = this.page
    const counted = { _mounts: this.#mounts, _mount_attempts: 0 }
    const params = { _csrf_token: csrf, ...counted, _live_referer: this.#referer }
    const url = `http://app.example${this.#at}`
    const where =
      this.#referer === undefined ? { url } : { url: undefined, redirect: url, static: null }
    const payload = joinPayload(this.page, this.#at, { params, ...where })
    const answer = await this.wire.ask(this.#topic, "phx_join", payload, "1")
    if (answer["status"] === "ok") this.#mounts++
    return /\[\d+\]|elsewhere|"reason":"\w+"/.exec(JSON.stringify(answer))?.[0]
  }
}
const told = (n: number) => ({ status: "ok", response: { diff: { 0: `[${n}]` } } })
const troubles: readonly Mood[] = ["down", "silent", "mute"]

describe.each(troubles)("a page that goes away and back while its store is %s", (mood) => {
  const broken = () => {
    const { store, state } = moodyStore()
    const turn = (next: Mood) => () => {
      state.mood = next
    }
    return { store, fail: turn(mood), heal: turn("well") }
  }

  it("is not shown what the view of its first visit had kept", async () => {
    const { store, fail, heal } = broken()
    const tab = await Tab.open(serve(store))
    expect(await tab.set(5)).toEqual(told(5))
    fail()
    expect(await tab.navigate("/elsewhere")).toBe("elsewhere")
    expect(await tab.navigate("/visited")).toBe('"reason":"stale"')
    // which is a page of its own, for which there is nothing to be put away
    const loaded = await Tab.open(serve(store), tab.page.cookie)
    expect(await loaded.set(1)).toEqual(told(1))
    heal()
    expect(await loaded.connect(serve(store))).not.toBe("[5]")
  })

  it("is not shown what a visit in between had kept either, of which there may have been many", async () => {
    const { store, fail, heal } = broken()
    const first = serve(store)
    const tab = await Tab.open(first)
    await tab.navigate("/elsewhere")
    expect(await tab.navigate("/visited")).toBe("[0]")
    expect(await tab.set(5)).toEqual(told(5))
    for (const n of [6, 7]) {
      tab.wire.drop()
      expect(await tab.connect(first)).toBe(`[${n - 1}]`)
      expect(await tab.set(n)).toEqual(told(n))
    }
    await tab.navigate("/elsewhere")
    fail()
    expect(await tab.navigate("/visited")).toBe('"reason":"stale"')
    heal()
    expect(await tab.navigate("/visited")).toBe("[0]")
    expect(await tab.set(1)).toEqual(told(1))
    expect(await tab.connect(serve(store))).toBe("[1]")
  })

  it.each([
    ["since its first visit", false],
    ["since a visit from the same place", true],
  ])("is not shown a view that waits for it %s", async (_, been) => {
    const { store, fail } = broken()
    const park = { anonymous: "1h" } as const
    const [one, other] = [serve(store, park), serve(store, park)]
    const tab = await Tab.open(one)
    if (been) {
      await tab.navigate("/elsewhere")
      expect(await tab.navigate("/visited")).toBe("[0]")
    }
    expect(await tab.set(5)).toEqual(told(5))
    // its connection breaks before its goodbye is heard, and it comes back to another process
    tab.navigate("/elsewhere", false)
    tab.wire.drop()
    expect(await tab.connect(other)).toBe("elsewhere")
    expect(await tab.navigate("/visited")).toBe("[0]")
    expect(await tab.set(1)).toEqual(told(1))
    fail()
    tab.wire.drop()
    // of what the other has it cannot know here
    expect(await tab.connect(one)).toBe("[0]")
  })
})

describe.each(troubles)(
  "a view that was gone to while its store is well, and is %s then",
  (mood) => {
    it("is not told of a checkpoint that cannot be kept, finds it in its process, and goes on", async () => {
      const { store, state } = moodyStore()
      const tab = await Tab.open(serve(store))
      await tab.navigate("/elsewhere")
      expect(await tab.navigate("/visited")).toBe("[0]")
      expect(await tab.set(1)).toEqual(told(1))
      state.mood = mood
      await tab.refused(2)
      expect(await tab.again()).toBe("[2]")
      expect(await tab.set(3)).toEqual(told(3))
      state.mood = "well"
      // the store knows of 1 only
      expect(await tab.connect(serve(store))).toBe("[0]")
    })
  },
)

describe("a page that goes away and back", () => {
  it("finds what it had told the view that it shows, and is counted from there", async () => {
    const { store } = moodyStore()
    const tab = await Tab.open(serve(store))
    await tab.set(5)
    await tab.navigate("/elsewhere")
    expect(await tab.navigate("/visited")).toBe("[0]")
    expect(await tab.connect(serve(store))).toBe("[0]")
    await tab.set(1)
    expect(await tab.connect(serve(store))).toBe("[1]")
  })
})
